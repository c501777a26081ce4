import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Message, STOP } from './messages.ts'
import type { Job, Points, Run, Unfinished } from './results.ts'

export interface Outcome {
  readonly job: Job
  /** Steps taken. */
  readonly step: number
  readonly run?: Run
  readonly points?: Points
  readonly error?: string
}

export interface Listener {
  started(job: Job): void
  step(job: Job, step: number, loss: number): void
  ended(outcome: Outcome): void
}

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))

/**
 * Runs the jobs, `parallel` at once, each in a process of its own, the cores shared evenly. The outcomes stand in the order of the jobs,
 * whichever ended first; a run that fails does not stop the others. `signal` ends the training of those that run
 * where it is, and leaves out those that have not begun.
 */
export async function runAll(
  jobs: readonly Job[],
  parallel: number,
  listener: Listener,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = jobs.map(job => ({ job, step: 0 }))
  const lanes = Math.min(parallel, jobs.length)
  const threads = Math.max(1, Math.floor(availableParallelism() / lanes))
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < jobs.length && !signal.aborted) {
      const place = next++
      outcomes[place] = await runOne(jobs[place], threads, listener, signal)
      listener.ended(outcomes[place])
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return outcomes
}

function runOne(job: Job, threads: number, listener: Listener, signal: AbortSignal): Promise<Outcome> {
  listener.started(job)
  let outcome: Outcome = { job, step: 0 }
  return new Promise(resolve => {
    // A process and not a thread: it inherits the loader of TypeScript, which a thread of Node 20 does not.
    const child = fork(WORKER, [JSON.stringify(job), `${threads}`], { serialization: 'advanced' })
    const stop = (): void => {
      if (child.connected) child.send(STOP)
    }
    signal.addEventListener('abort', stop, { once: true })
    child.on('message', (message: Message) => {
      if (message.kind === 'step') {
        outcome = { job, step: message.step }
        listener.step(job, message.step, message.loss)
      } else if (message.kind === 'done') {
        outcome = { job, step: message.run.steps, run: message.run, points: message.points }
      } else outcome = { ...outcome, error: message.error }
    })
    child.on('error', error => {
      outcome = { ...outcome, error: error.message }
    })
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop)
      const { run, error } = outcome
      const lost = run === undefined && error === undefined && !signal.aborted
      resolve(lost ? { ...outcome, error: `its process ended with ${killedBy ?? `code ${code}`}` } : outcome)
    })
  })
}

export const unfinishedOf = ({ job, step, error }: Outcome): Unfinished => ({
  loss: job.loss,
  seed: job.seed,
  step,
  ...(error === undefined ? {} : { error }),
})
