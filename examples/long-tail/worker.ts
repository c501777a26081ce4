/** A process for one run, the job and its number of threads in the arguments: nothing that a run leaves behind can reach another. */
import { setThreads } from '../../engine/index.ts'
import { type Message, STOP } from './messages.ts'
import type { Job } from './results.ts'
import { run } from './run.ts'

/** Steps are told at most this often, in milliseconds. */
const PACE = 100

const tell = (message: Message): Promise<void> =>
  new Promise(resolve => {
    if (process.send === undefined) resolve()
    else process.send(message, () => resolve())
  })

// Without the main process there is nobody to work for. It alone answers Ctrl-C, which reaches us too.
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => {})

let stopped = false
process.on('message', message => {
  stopped ||= message === STOP
})

const job = JSON.parse(process.argv[2]) as Job
setThreads(Number(process.argv[3]))
let told = 0
try {
  const result = await run(job, (step, loss) => {
    if (performance.now() - told >= PACE || step === job.steps) {
      told = performance.now()
      void tell({ kind: 'step', step, loss })
    }
    return !stopped
  })
  await tell({ kind: 'done', ...result })
} catch (error) {
  await tell({ kind: 'failed', error: error instanceof Error ? error.message : String(error) })
}
process.exit()
