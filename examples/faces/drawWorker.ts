/** A process that draws a share of the people; see ../jobs/serve.ts. */
import { serve } from '../jobs/serve.ts'
import { drawnShare } from './drawing.ts'

await serve(drawnShare)
