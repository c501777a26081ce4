/** The main job: `npm start`. See options.ts for what it takes and run.ts for what it does. */
import { join } from 'node:path'
import { writeWhole } from '../../models/node/writeWhole.ts'
import { INTERRUPTED, onInterrupt } from '../jobs/interrupt.ts'
import { isDone, type Outcome, unfinishedOf } from '../jobs/job.ts'
import { lockFolder } from '../jobs/lock.ts'
import { runJobs } from '../jobs/runJobs.ts'
import { titleOf } from '../page/names.ts'
import { jobsOf, type Options, parseOptions } from './options.ts'
import { page } from './page/page.ts'
import { figuresOf, type Job, type Result, type Results } from './results.ts'
import { table } from './table.ts'

const WORKER = new URL('./worker.ts', import.meta.url)

const options = parseOptions(process.argv.slice(2))
process.exitCode = await main(options)

async function main(options: Options): Promise<number> {
  try {
    lockFolder(options.out)
  } catch (error) {
    console.error(`error: --out: a folder expected, got ${options.out} (${(error as Error).message})`)
    return 1
  }
  const jobs = jobsOf(options)
  const interrupted = onInterrupt()
  const { outcomes } = await runJobs<Job, Result>(jobs, {
    worker: WORKER,
    parallel: options.jobs,
    signal: interrupted,
    titleOf,
    lineOf: options.json ? figuresOf : undefined,
  })
  const results = resultsOf(options, outcomes)
  // Before anything is written, which may fail.
  if (!options.json && results.runs.length > 0) console.log(table(results.runs))
  const done = results.runs.filter(run => run.steps === options.steps).length
  const kind = results.partial ? `partial report (${done} of ${jobs.length} runs done)` : 'report'
  try {
    write(options.out, results, outcomes)
    console.error(`${kind}: ${join(options.out, 'index.html')}`)
  } catch (error) {
    console.error(`error: ${kind}: ${(error as Error).message}`)
    return 1
  }
  return interrupted.aborted ? INTERRUPTED : results.partial ? 1 : 0
}

/** What there is; the runs stand in the order of the options, whichever ended first. */
function resultsOf(
  { losses, seeds, steps, imbalance, dim, backend }: Options,
  outcomes: Outcome<Job, Result>[],
): Results {
  return {
    options: { losses, seeds, steps, imbalance, dim, backend },
    partial: !outcomes.every(isDone),
    runs: outcomes.flatMap(({ run }) => run ?? []),
    unfinished: outcomes.filter(({ run }) => run === undefined).map(unfinishedOf),
  }
}

function write(out: string, results: Results, outcomes: Outcome<Job, Result>[]): void {
  writeWhole(join(out, 'results.json'), `${JSON.stringify(results, null, 1)}\n`)
  writeWhole(join(out, 'index.html'), page(results, outcomes))
}
