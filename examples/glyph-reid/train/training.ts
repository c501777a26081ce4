import { generator } from '../../../engine/index.ts'
import {
  adam,
  classSizes,
  erase,
  inTurn,
  noise,
  pixels,
  scale,
  shift,
  Trainer,
  warmupCosine,
} from '../../../models/index.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { withNeck } from './bnNeck.ts'
import { NETS, SAMPLINGS } from './choices.ts'
import { createLoss } from './losses.ts'
import { classesOf } from './parts.ts'
import type { Job } from './results.ts'
import { variantOf } from './variants.ts'

const RATE = 2e-3
const WARM_UP = 50
const AUGMENTATION = inTurn(shift(), scale(), noise(), erase())

/**
 * The job's training on those images of the set. Everything random comes from the job's seed: two losses of one seed see
 * the same images in the same order and start from the same net.
 */
export function training(set: GlyphSet, images: Int32Array, job: Job) {
  const classes = classesOf(set, images)
  const y = classes.of(images)
  const sizes = classSizes(y, classes.count)
  const variant = variantOf(job.loss)
  // Streams of their own: the prototypes must not start from the numbers that drew the net.
  const seeds = generator(job.seed)
  const known = { sizes, stepsAnEpoch: job.steps / job.epochs, steps: job.steps }
  const embedding = NETS[job.net]({ dim: job.dim, seed: seeds.seed() })
  const net = variant.neck === 'none' ? embedding : withNeck(embedding, job.dim)
  const loss = createLoss(variant, { classes: classes.count, dim: job.dim, seed: seeds.seed() }, known)
  const augment = job.augment ? AUGMENTATION : undefined
  const trainer = new Trainer({
    net,
    loss,
    optimizer: adam(
      [{ parameters: net.parameters }, { parameters: loss.parameters, lr: RATE * variant.wRate }],
      { lr: RATE },
    ),
    x: pixels(set.images, { of: images, augment, seed: seeds.seed() }),
    y,
    batch: job.batch,
    seed: seeds.seed(),
    sampling: SAMPLINGS[job.sampling](),
    schedule: warmupCosine({ warmup: WARM_UP, steps: job.steps }),
  })
  const retraining = { ...known, batch: job.batch, lr: RATE * variant.wRate, seed: seeds.seed() }
  return { trainer, variant, classes, y, sizes, retraining }
}
