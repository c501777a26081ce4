/** A process for one run; see ../jobs/serve.ts. Its argument is the folder of the images. */
import { serve } from '../jobs/serve.ts'
import type { Job, Result } from './results.ts'
import { run } from './run.ts'

await serve<Job, Result>((job, onStep, [out]) => run(job, onStep, out))
