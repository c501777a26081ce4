/** A main process with one run: `main.ts FOLDER`. */
import { runAll } from '../../../examples/jobs/workers.ts'

const nothing = (): void => {}
await runAll([{ loss: 'none', seed: 0, steps: 1_000_000 }], {
  worker: new URL('./worker.ts', import.meta.url),
  args: [process.argv[2]],
  parallel: 1,
  listener: { started: nothing, step: nothing, ended: nothing },
  signal: new AbortController().signal,
})
