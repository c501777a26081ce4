/** `npm run losses`: see options.ts for what it takes and run.ts for what a run does. */
import { join } from 'node:path'
import { writeWhole } from '../../models/node/writeWhole.ts'
import { INTERRUPTED, onInterrupt } from '../jobs/interrupt.ts'
import { isDone, type Outcome, unfinishedOf } from '../jobs/job.ts'
import { ledgerIn } from '../jobs/ledger.ts'
import { lockFolder } from '../jobs/lock.ts'
import { runJobs } from '../jobs/runJobs.ts'
import { shapesFolder } from './folder.ts'
import { type Options, parseOptions } from './options.ts'
import { page } from './page/page.ts'
import { jobsOf, type RateOptions, ratesOf, trialsOf } from './rates.ts'
import { figuresOf, type Job, type Result, type Results, type Run } from './results.ts'
import { table } from './table.ts'

const WORKER = new URL('./worker.ts', import.meta.url)

process.exitCode = await main(parseOptions(process.argv.slice(2)))

async function main(options: Options & RateOptions): Promise<number> {
  try {
    lockFolder(options.out)
  } catch (error) {
    console.error(`error: --out: a folder expected, got ${options.out} (${(error as Error).message})`)
    return 1
  }
  try {
    return await compare(options, onInterrupt())
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    return 1
  }
}

async function compare(options: Options & RateOptions, signal: AbortSignal): Promise<number> {
  const { out, seeds, choice } = options
  const ledger = ledgerIn<Job, Result>(join(out, 'runs.jsonl'))
  const ran = (jobs: readonly Job[], lineOf?: typeof figuresOf) => {
    // Before the runs, so that no two draw a set at once.
    for (const seed of new Set(jobs.map(job => job.seed))) shapesFolder(join(out, `seed-${seed}`), seed)
    return runJobs<Job, Result>(jobs, {
      worker: WORKER,
      args: [out],
      parallel: options.jobs,
      signal,
      titleOf: loss => loss,
      lineOf,
      ledger,
      resume: options.resume,
    })
  }
  const rates = await ratesOf(options)
  const tried = trialsOf(options, rates)
  if (tried.length > 0) console.error(`rates: ${tried.length} runs on seeds ${choice.join(', ')}`)
  const trials = await ran(tried)
  const jobs = signal.aborted ? [] : jobsOf(options, rates, runsOf(trials.outcomes))
  if (jobs.length > 0) console.error(`figures: ${jobs.length} runs on seeds ${seeds.join(', ')}`)
  const { outcomes, unkept = trials.unkept } = await ran(jobs, options.json ? figuresOf : undefined)

  const results = resultsOf(options, trials.outcomes, outcomes)
  // Before anything is written, which may fail.
  if (!options.json && results.runs.length > 0) console.log(table(results.runs))
  const wanted = options.losses.length * seeds.length
  const partial = results.runs.length < wanted
  const kind = partial ? `partial report (${results.runs.length} of ${wanted} runs done)` : 'report'
  try {
    writeWhole(join(out, 'results.json'), `${JSON.stringify(results)}\n`)
    writeWhole(join(out, 'index.html'), page(results))
    if (unkept !== undefined) throw unkept
    console.error(`${kind}: ${join(out, 'index.html')}`)
  } catch (error) {
    console.error(`error: ${kind}: ${(error as Error).message}`)
    return 1
  }
  return signal.aborted ? INTERRUPTED : partial ? 1 : 0
}

type Outcomes = readonly Outcome<Job, Result>[]

/** A net half trained would spoil the means: what was stopped counts as not done. */
function runsOf(outcomes: Outcomes): Run[] {
  return outcomes.filter(isDone).flatMap(({ run }) => run ?? [])
}

function resultsOf(
  { losses, seeds, choice, rates, times, steps }: RateOptions,
  trials: Outcomes,
  outcomes: Outcomes,
): Results {
  return {
    options: { losses, seeds, choice, rates, times, steps },
    runs: runsOf(outcomes),
    trials: runsOf(trials),
    unfinished: [...trials, ...outcomes].filter(outcome => !isDone(outcome)).map(unfinishedOf),
  }
}
