/** The main job: `npm start`. See options.ts for what it takes and run.ts for what it does. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { jsonLines } from './jsonLines.ts'
import { jobsOf, type Options, parseOptions } from './options.ts'
import { page } from './page/page.ts'
import { type Listener, type Outcome, runAll, unfinishedOf } from './pool.ts'
import { progressOf } from './progress.ts'
import { type Results, writeWhole } from './results.ts'
import { table } from './table.ts'

/** One Ctrl-C may reach us twice, from the terminal and from npm; only a later one means "at once". */
const SAME_PRESS = 1000
const INTERRUPTED = 130

const options = parseOptions(process.argv.slice(2))
process.exitCode = await main(options)

async function main(options: Options): Promise<number> {
  try {
    mkdirSync(options.out, { recursive: true })
  } catch (error) {
    console.error(`error: --out: a folder expected, got ${options.out} (${(error as Error).message})`)
    return 1
  }
  const jobs = jobsOf(options)
  // Bars would draw over the lines of JSON where both go to one terminal.
  const progress = progressOf(jobs, { bars: process.stderr.isTTY && !(options.json && process.stdout.isTTY) })
  const interrupted = onInterrupt()
  const print = jsonLines(jobs)
  const listener: Listener = {
    ...progress,
    ended(outcome) {
      progress.ended(outcome)
      if (options.json) print(outcome)
    },
  }
  const outcomes = await runAll(jobs, options.jobs, listener, interrupted)
  progress.stop()
  const results = report(options, outcomes)
  if (!options.json && results.runs.length > 0) console.log(table(results.runs))
  const done = results.runs.filter(run => run.steps === options.steps).length
  const kind = results.partial ? `partial report (${done} of ${jobs.length} runs done)` : 'report'
  console.error(`${kind}: ${join(options.out, 'index.html')}`)
  return interrupted.aborted ? INTERRUPTED : results.partial ? 1 : 0
}

/** Writes what there is; the runs stand in the order of the options, whichever ended first. */
function report(
  { losses, seeds, steps, imbalance, dim, backend, out }: Options,
  outcomes: Outcome[],
): Results {
  const results: Results = {
    options: { losses, seeds, steps, imbalance, dim, backend },
    partial: outcomes.some(({ job, run }) => run?.steps !== job.steps),
    runs: outcomes.flatMap(({ run }) => run ?? []),
    unfinished: outcomes.filter(({ run }) => run === undefined).map(unfinishedOf),
  }
  writeWhole(join(out, 'results.json'), `${JSON.stringify(results, null, 1)}\n`)
  writeWhole(join(out, 'index.html'), page(results, outcomes))
  return results
}

/** Aborted by Ctrl-C and by SIGTERM. */
function onInterrupt(): AbortSignal {
  const controller = new AbortController()
  let first = 0
  const stop = (): void => {
    if (!controller.signal.aborted) {
      first = performance.now()
      controller.abort()
    } else if (performance.now() - first > SAME_PRESS) process.exit(INTERRUPTED)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
