/** `npm run faces`: see options.ts for what it takes, drawing.ts and run.ts for what it does. */
import { join } from 'node:path'
import { writeWhole } from '../../models/node/writeWhole.ts'
import { INTERRUPTED, onInterrupt } from '../jobs/interrupt.ts'
import { isDone, type Outcome, unfinishedOf } from '../jobs/job.ts'
import { type Ledger, ledgerIn } from '../jobs/ledger.ts'
import { lockFolder } from '../jobs/lock.ts'
import { runJobs } from '../jobs/runJobs.ts'
import { titleOf } from '../page/names.ts'
import { textTable } from '../page/tables.ts'
import { drawSet } from './drawing.ts'
import type { FaceSet } from './files/set.ts'
import { jobsOf, type Options, parseOptions, sizeOf } from './options.ts'
import { page } from './page/page.ts'
import { type Job, lineOf, type Results, type Run } from './results.ts'
import { figuresTable } from './table.ts'

const WORKER = new URL('./worker.ts', import.meta.url)
/** Of the people; the seeds of options are of trainings. */
const SEED = 0

process.exitCode = await main(parseOptions(process.argv.slice(2)))

async function main(options: Options): Promise<number> {
  const { out, jobs: parallel } = options
  const set: FaceSet = { folder: options.set, size: sizeOf(options), seed: SEED }
  const signal = onInterrupt()
  let ledger: Ledger<Job, { run: Run }>
  try {
    lockFolder(out)
    ledger = ledgerIn(join(out, 'runs.jsonl'))
    if (!(await drawSet(set, parallel, signal))) return signal.aborted ? INTERRUPTED : 1
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    return 1
  }
  const { outcomes, unkept } = await runJobs<Job, { run: Run }>(jobsOf(options), {
    worker: WORKER,
    parallel,
    signal,
    titleOf,
    lineOf: options.json ? lineOf : undefined,
    ledger,
    resume: options.resume,
  })
  const results = resultsOf(options, outcomes)
  if (!options.json && results.runs.length > 0) console.log(textTable(figuresTable(results.runs)))
  const partial = results.unfinished.length > 0
  try {
    writeWhole(join(out, 'results.json'), `${JSON.stringify(results)}\n`)
    writeWhole(join(out, 'index.html'), await page(results, set))
    if (unkept !== undefined) throw unkept
    console.error(`${partial ? 'partial report' : 'report'}: ${join(out, 'index.html')}`)
  } catch (error) {
    console.error(`error: report: ${(error as Error).message}`)
    return 1
  }
  return signal.aborted ? INTERRUPTED : partial ? 1 : 0
}

/** A net half trained would spoil the comparison: what was stopped counts as not done. */
function resultsOf(options: Options, outcomes: readonly Outcome<Job, { run: Run }>[]): Results {
  const { losses, seeds, net, batch, rate } = options
  const steps = outcomes[0]?.job.steps ?? 0
  return {
    options: { losses, seeds, steps, batch, net, rate, size: sizeOf(options) },
    runs: outcomes.filter(isDone).flatMap(({ run }) => run ?? []),
    unfinished: outcomes.filter(outcome => !isDone(outcome)).map(unfinishedOf),
  }
}
