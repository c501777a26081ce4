import { type AnyJob, type AnyResult, isDone, type Outcome } from './job.ts'
import { jsonLines } from './jsonLines.ts'
import type { Ledger } from './ledger.ts'
import { progressOf } from './progress.ts'
import { runAll, type WorkerOptions } from './workers.ts'

export interface RunJobsOptions<Job extends AnyJob, Result extends AnyResult>
  extends Omit<WorkerOptions<Job, Result>, 'listener'> {
  /** Of a loss. */
  readonly titleOf: (loss: string) => string
  /** What stands on a run's line of JSON; without it, there are no lines. */
  readonly lineOf?: (run: Result['run']) => unknown
  /** Where runs are noted as they end. */
  readonly ledger?: Ledger<Job, Result>
  /** Do not do again what the ledger has. */
  readonly resume?: boolean
}

export interface Ran<Job extends AnyJob, Result extends AnyResult> {
  readonly outcomes: Outcome<Job, Result>[]
  /** The first run that the ledger could not take: a full disk does not end the others. */
  readonly unkept?: Error
}

/**
 * Runs the jobs in processes of their own, says on standard error how they get on, and prints their lines of JSON. The outcomes
 * stand in the order of the jobs.
 */
export async function runJobs<Job extends AnyJob, Result extends AnyResult>(
  jobs: readonly Job[],
  { titleOf, lineOf, ledger, resume = false, ...workers }: RunJobsOptions<Job, Result>,
): Promise<Ran<Job, Result>> {
  const before = resume ? jobs.flatMap(job => ledger?.find(job) ?? []) : []
  const left = jobs.filter(job => !before.some(outcome => outcome.job === job))
  // Bars would draw over the lines of JSON where both go to one terminal.
  const bars = process.stderr.isTTY && !(lineOf && process.stdout.isTTY)
  const progress = progressOf(left, { bars, titleOf })
  const print = lineOf && jsonLines<Job, Result>(jobs, lineOf)
  for (const outcome of before) print?.(outcome)
  let unkept: Error | undefined
  const note = (outcome: Outcome<Job, Result>): void => {
    try {
      ledger?.add(outcome)
    } catch (error) {
      unkept ??= error as Error
    }
  }
  const ran = await runAll<Job, Result>(left, {
    ...workers,
    listener: {
      ...progress,
      ended(outcome) {
        progress.ended(outcome)
        print?.(outcome)
        if (isDone(outcome)) note(outcome)
      },
    },
  })
  progress.stop()
  const all = [...before, ...ran]
  return { outcomes: jobs.flatMap(job => all.filter(outcome => outcome.job === job)), unkept }
}
