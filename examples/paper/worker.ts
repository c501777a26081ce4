/** A process for one run; see ../jobs/serve.ts. */
import { serve } from '../jobs/serve.ts'
import type { Job, Result } from './results.ts'
import { run } from './run.ts'

await serve<Job, Result>((job, onStep) => run(job, onStep))
