/** A run's process that is slow to start; it says so with its number, and "trains" as long as it is let. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '../../../examples/jobs/serve.ts'

const folder = process.argv[4]
writeFileSync(join(folder, 'starting'), `${process.pid}`)
await new Promise(resolve => setTimeout(resolve, 2000))
await serve(async (_, onStep) => {
  for (let step = 1; onStep(step, 0); step++) {
    writeFileSync(join(folder, 'step'), `${step}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return { run: { steps: 0, seconds: 0 } }
})
