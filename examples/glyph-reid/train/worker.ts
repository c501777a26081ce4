/** A process for one run; see ../../jobs/serve.ts. Its arguments: the folder of checkpoints, and whether to go on from there. */
import { serve } from '../../jobs/serve.ts'
import { loadGlyphs } from '../glyphs/load.ts'
import type { Job, Result } from './results.ts'
import { run } from './run.ts'

await serve<Job, Result>((job, onStep, [checkpoints, resume]) =>
  run(loadGlyphs(), job, { onStep, checkpoints, resume: resume === 'resume' }),
)
