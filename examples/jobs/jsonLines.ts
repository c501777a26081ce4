import { type AnyJob, type AnyResult, isDone, type Outcome } from './job.ts'

/**
 * Prints a run's line as soon as those before it have ended: at once, and yet in the order of the jobs. One that was
 * stopped before its last step has no line.
 */
export function jsonLines<Job extends AnyJob, Result extends AnyResult>(
  jobs: readonly Job[],
  figuresOf: (run: Result['run']) => unknown,
): (outcome: Outcome<Job, Result>) => void {
  const ended = new Map<Job, Outcome<Job, Result>>()
  let next = 0
  return outcome => {
    ended.set(outcome.job, outcome)
    for (let first = ended.get(jobs[next]); first !== undefined; first = ended.get(jobs[++next])) {
      if (first.run && isDone(first)) console.log(JSON.stringify(figuresOf(first.run)))
    }
  }
}
