import type { Outcome } from './pool.ts'
import type { Figures, Job } from './results.ts'

/**
 * Prints a run's line as soon as those before it have ended: at once, and yet in the order of the jobs. One that was
 * stopped before its last step has no line.
 */
export function jsonLines(jobs: readonly Job[]): (outcome: Outcome) => void {
  const ended = new Map<Job, Outcome>()
  let next = 0
  return outcome => {
    ended.set(outcome.job, outcome)
    for (let first = ended.get(jobs[next]); first !== undefined; first = ended.get(jobs[++next])) {
      if (first.run?.steps === first.job.steps) console.log(JSON.stringify(figuresOf(first.run)))
    }
  }
}

const figuresOf = (run: Figures): Figures => {
  const { loss, seed, accuracy, tail, ncm, angleHead, angleTail, seconds } = run
  return { loss, seed, accuracy, tail, ncm, angleHead, angleTail, seconds }
}
