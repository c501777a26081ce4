/** A process for one run; see ../jobs/serve.ts. */
import { serve } from '../jobs/serve.ts'
import { run } from './run.ts'

await serve(run)
