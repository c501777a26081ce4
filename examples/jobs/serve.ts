import { setThreads } from '../../engine/index.ts'
import { type AnyJob, type AnyResult, type Message, STOP } from './job.ts'

/** Steps are told at most this often, in milliseconds. */
const PACE = 100

/** Hears of each step; `false` ends the training. */
export type OnStep = (step: number, loss: number) => boolean

/**
 * What a worker does: one run in a process of its own, so that nothing which it leaves behind can reach another. The job, its number of
 * threads and `runAll`'s `args` are in the process's arguments. Ends the process.
 */
export async function serve<Job extends AnyJob, Result extends AnyResult>(
  run: (job: Job, onStep: OnStep, args: readonly string[]) => Promise<Result>,
): Promise<never> {
  const tell = (message: Message<Result>): Promise<void> =>
    new Promise(resolve => {
      if (process.send === undefined) resolve()
      else process.send(message, () => resolve())
    })

  // Without the main process there is nobody to work for. It alone answers Ctrl-C, which reaches us too.
  process.on('disconnect', () => process.exit())
  // It may have ended while this process started, before anyone listened.
  if (process.connected === false) process.exit()
  process.on('SIGINT', () => {})
  let stopped = false
  process.on('message', message => {
    stopped ||= message === STOP
  })

  const job = JSON.parse(process.argv[2]) as Job
  setThreads(Number(process.argv[3]))
  let told = 0
  try {
    const onStep: OnStep = (step, loss) => {
      if (performance.now() - told >= PACE || step === job.steps) {
        told = performance.now()
        void tell({ kind: 'step', step, loss })
      }
      return !stopped
    }
    const result = await run(job, onStep, process.argv.slice(4))
    await tell({ kind: 'done', result })
  } catch (error) {
    await tell({ kind: 'failed', error: error instanceof Error ? error.message : String(error) })
  }
  process.exit()
}
