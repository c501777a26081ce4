import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type AnyJob, type AnyResult, type Message, type Outcome, STOP } from './job.ts'

export interface Listener<Job extends AnyJob, Result extends AnyResult> {
  started(job: Job): void
  step(job: Job, step: number, loss: number): void
  ended(outcome: Outcome<Job, Result>): void
}

export interface WorkerOptions<Job extends AnyJob, Result extends AnyResult> {
  /** The module that a run's process starts with; it calls `serve`. */
  readonly worker: URL
  /** More for the run's process to know. */
  readonly args?: readonly string[]
  /** Runs at once; they share the cores evenly. */
  readonly parallel: number
  readonly listener: Listener<Job, Result>
  /** Ends the training of those that run where it is, and leaves out those that have not begun. */
  readonly signal: AbortSignal
}

/**
 * Runs the jobs, each in a process of its own. The outcomes stand in the order of the jobs, whichever ended first; a run
 * that fails does not stop the others.
 */
export async function runAll<Job extends AnyJob, Result extends AnyResult>(
  jobs: readonly Job[],
  options: WorkerOptions<Job, Result>,
): Promise<Outcome<Job, Result>[]> {
  const { parallel, listener, signal } = options
  const outcomes = jobs.map(job => ({ job, step: 0 }) as Outcome<Job, Result>)
  const lanes = Math.min(parallel, jobs.length)
  const threads = Math.max(1, Math.floor(availableParallelism() / lanes))
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < jobs.length && !signal.aborted) {
      const place = next++
      outcomes[place] = await runOne(jobs[place], threads, options)
      listener.ended(outcomes[place])
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return outcomes
}

function runOne<Job extends AnyJob, Result extends AnyResult>(
  job: Job,
  threads: number,
  { worker, args = [], listener, signal }: WorkerOptions<Job, Result>,
): Promise<Outcome<Job, Result>> {
  listener.started(job)
  let step = 0
  let ended: { result?: Result; error?: string } = {}
  return new Promise(resolve => {
    // A process and not a thread: it inherits the loader of TypeScript, which a thread of Node 20 does not.
    const child = fork(fileURLToPath(worker), [JSON.stringify(job), `${threads}`, ...args], {
      serialization: 'advanced',
    })
    const stop = (): void => {
      if (child.connected) child.send(STOP)
    }
    signal.addEventListener('abort', stop, { once: true })
    child.on('message', (message: Message<Result>) => {
      if (message.kind === 'step') {
        step = message.step
        listener.step(job, message.step, message.loss)
      } else if (message.kind === 'done') {
        step = message.result.run.steps
        ended = { result: message.result }
      } else ended = { error: message.error }
    })
    child.on('error', error => {
      ended = { error: error.message }
    })
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop)
      const { result, error } = ended
      const lost = result === undefined && error === undefined && !signal.aborted
      const why = lost ? `its process ended with ${killedBy ?? `code ${code}`}` : error
      resolve({ job, step, ...result, ...(why !== undefined && { error: why }) } as Outcome<Job, Result>)
    })
  })
}
