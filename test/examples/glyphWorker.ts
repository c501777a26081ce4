/** A worker that trains on the tests' set. */

import type { Job, Result } from '../../examples/glyph-reid/train/results.ts'
import { run } from '../../examples/glyph-reid/train/run.ts'
import { serve } from '../../examples/jobs/serve.ts'
import { patternSet } from './glyphTraining.ts'

await serve<Job, Result>((job, onStep, [checkpoints, resume]) =>
  run(patternSet(), job, { onStep, checkpoints, resume: resume === 'resume' }),
)
