/** Fig. 2 and equation 2 of the paper: `npm run paper`. See options.ts for what it takes and run.ts for what a run does. */
import { join } from 'node:path'
import { writeWhole } from '../../models/node/writeWhole.ts'
import { INTERRUPTED, onInterrupt } from '../jobs/interrupt.ts'
import { isDone, type Outcome, unfinishedOf } from '../jobs/job.ts'
import { type Ledger, ledgerIn } from '../jobs/ledger.ts'
import { lockFolder } from '../jobs/lock.ts'
import { runJobs } from '../jobs/runJobs.ts'
import { jobsOf, type Options, parseOptions } from './options.ts'
import { page } from './page/page.ts'
import { type Job, lineOf, type Result, type Results } from './results.ts'
import { titleOf } from './settings.ts'
import { table } from './table.ts'

const WORKER = new URL('./worker.ts', import.meta.url)

process.exitCode = await main(parseOptions(process.argv.slice(2)))

async function main(options: Options): Promise<number> {
  const { out } = options
  let ledger: Ledger<Job, Result>
  try {
    lockFolder(out)
    ledger = ledgerIn(join(out, 'runs.jsonl'))
  } catch (error) {
    console.error(`error: --out: a folder expected, got ${out} (${(error as Error).message})`)
    return 1
  }
  const signal = onInterrupt()
  const { outcomes, unkept } = await runJobs<Job, Result>(jobsOf(options), {
    worker: WORKER,
    parallel: options.jobs,
    signal,
    titleOf,
    lineOf: options.json ? lineOf : undefined,
    ledger,
    resume: options.resume,
  })
  const results = resultsOf(options, outcomes)
  // Before anything is written, which may fail.
  if (!options.json && results.runs.length > 0) console.log(table(results.runs))
  const partial = results.unfinished.length > 0
  const kind = partial ? `partial report (${results.runs.length} of ${outcomes.length} runs done)` : 'report'
  try {
    writeWhole(join(out, 'results.json'), `${JSON.stringify(results)}\n`)
    writeWhole(join(out, 'index.html'), page(results, outcomes.filter(isDone)))
    if (unkept !== undefined) throw unkept
    console.error(`${kind}: ${join(out, 'index.html')}`)
  } catch (error) {
    console.error(`error: ${kind}: ${(error as Error).message}`)
    return 1
  }
  return signal.aborted ? INTERRUPTED : partial ? 1 : 0
}

/** A net half trained would spoil the means: what was stopped counts as not done. */
function resultsOf(
  { losses, seeds, steps, backend }: Options,
  outcomes: readonly Outcome<Job, Result>[],
): Results {
  return {
    options: { losses, seeds, steps, backend },
    runs: outcomes.filter(isDone).flatMap(({ run }) => run ?? []),
    unfinished: outcomes.filter(outcome => !isDone(outcome)).map(unfinishedOf),
  }
}
