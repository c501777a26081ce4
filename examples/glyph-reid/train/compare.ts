import { join } from 'node:path'
import { writeWhole } from '../../../models/node/writeWhole.ts'
import { INTERRUPTED } from '../../jobs/interrupt.ts'
import { isDone, type Outcome } from '../../jobs/job.ts'
import { ledgerIn } from '../../jobs/ledger.ts'
import { runJobs } from '../../jobs/runJobs.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { report } from '../report/report.ts'
import { jobsOf, type Options } from './options.ts'
import { partsOf } from './parts.ts'
import { type Job, lineOf, type Result } from './results.ts'
import { table, titleOf } from './table.ts'

type Done = Outcome<Job, Result>

export interface Setting {
  readonly set: GlyphSet
  /** What a run's process starts with. */
  readonly worker: URL
  /** Aborted when the training is to end early. */
  readonly signal: AbortSignal
}

/**
 * Does the runs that the options ask for, prints their figures and writes <out>/index.html and <out>/results.json; each run
 * goes to <out>/runs.jsonl as it ends. Gives the exit code of the process.
 */
export async function compare(options: Options, { set, worker, signal }: Setting): Promise<number> {
  const { out, json, resume } = options
  const jobs = jobsOf(options, partsOf(set, options).train.length)
  // An angle that is not defined is null; every other null is a NaN, as a group without classes has.
  const ledger = ledgerIn<Job, Result>(join(out, 'runs.jsonl'), key => key !== 'angle')
  const { outcomes, unkept } = await runJobs<Job, Result>(jobs, {
    worker,
    args: [join(out, 'checkpoints'), resume ? 'resume' : 'afresh'],
    parallel: options.jobs,
    signal,
    titleOf,
    lineOf: json ? lineOf : undefined,
    ledger,
    resume,
  })
  const done = outcomes.filter(isDone)
  // Before anything is written, which may fail. A net half trained would spoil the means.
  if (!json && done.length > 0) console.log(table(done.flatMap(({ run }) => run ?? [])))
  if (unkept !== undefined) throw unkept
  write(out, set, outcomes)
  const partial = done.length < jobs.length
  const kind = partial ? `partial report (${done.length} of ${jobs.length} runs done)` : 'report'
  console.error(`${kind}: ${join(out, 'index.html')}`)
  return signal.aborted ? INTERRUPTED : partial ? 1 : 0
}

function write(out: string, set: GlyphSet, outcomes: readonly Done[]): void {
  const { loss, seed, ...job } = outcomes[0].job
  const runs = outcomes.flatMap(({ run }) => run ?? [])
  const partial = outcomes.filter(outcome => !isDone(outcome)).map(unfinished)
  writeWhole(join(out, 'results.json'), `${JSON.stringify({ job, partial, runs })}\n`)
  writeWhole(join(out, 'index.html'), report(runs, set, { job, partial }))
}

const unfinished = ({ job, step, error }: Done): string =>
  `${titleOf(job.loss)}, seed ${job.seed} (${error ?? `stopped at step ${step} of ${job.steps}`})`
