import { generator, setBackend, startBackend } from '../../../engine/index.ts'
import {
  adam,
  bySize,
  classSizes,
  embed,
  erase,
  inTurn,
  noise,
  pixels,
  scale,
  shift,
  Trainer,
  warmupCosine,
} from '../../../models/index.ts'
import { Curve } from '../../jobs/curve.ts'
import type { OnStep } from '../../jobs/serve.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { classFigures, closed, openSet } from './evaluate.ts'
import { matchesOf } from './matches.ts'
import { NETS } from './nets.ts'
import { classesOf, partsOf } from './parts.ts'
import type { Job, Result } from './results.ts'
import { SAMPLINGS } from './samplings.ts'
import { createLoss, variantOf } from './variants.ts'

const RATE = 2e-3
const WARM_UP = 50
const AUGMENTATION = inTurn(shift(), scale(), noise(), erase())
/** Points on a curve of the loss, at most. */
const CURVE = 100

/**
 * A net learns the training images of the protocol by one loss, and is judged on the others. Everything random comes from
 * the job's seed: two losses of one seed see the same images in the same order and start from the same net.
 */
export async function run(set: GlyphSet, job: Job, onStep: OnStep = () => true): Promise<Result> {
  const began = performance.now()
  setBackend(await startBackend(job.backend))
  const parts = partsOf(set, job)
  const classes = classesOf(set, parts.train)
  const labels = { train: classes.of(parts.train), closed: classes.of(parts.closed) }
  const variant = variantOf(job.loss)
  const seeds = generator(job.seed)
  const net = NETS[job.net]({ dim: job.dim, rng: generator(seeds.seed()) })
  const loss = createLoss(
    variant,
    { classes: classes.count, dim: job.dim, seed: seeds.seed() },
    { sizes: classSizes(labels.train, classes.count), stepsAnEpoch: job.steps / job.epochs },
  )
  const trainer = new Trainer({
    net,
    loss,
    optimizer: adam(
      [{ parameters: net.parameters }, { parameters: loss.parameters, lr: RATE * (variant.wRate ?? 1) }],
      { lr: RATE },
    ),
    x: pixels(set.images, {
      of: parts.train,
      augment: job.augment ? AUGMENTATION : undefined,
      seed: seeds.seed(),
    }),
    y: labels.train,
    batch: job.batch,
    seed: seeds.seed(),
    sampling: SAMPLINGS[job.sampling](),
    schedule: warmupCosine({ warmup: WARM_UP, steps: job.steps }),
  })
  const embedded = (images: Int32Array) => embed(net, pixels(set.images, { of: images }))

  const curve = new Curve(Math.ceil(job.steps / CURVE))
  const evaluations: [number, number, number][] = []
  let judging = 0
  await trainer.run({
    steps: job.steps,
    async onStep({ step, loss }) {
      curve.add(step, loss)
      if (job.evaluateEvery > 0 && step % job.evaluateEvery === 0) {
        const from = performance.now()
        const { rank1, map } = await openSet(embedded(parts.p1), set, parts.p1)
        evaluations.push([step, rank1, map])
        judging += performance.now() - from
      }
      return onStep(step, loss)
    },
  })
  const trainSeconds = seconds(performance.now() - began - judging)

  const judged = await closed(
    loss,
    { x: embedded(parts.train), y: labels.train },
    { x: embedded(parts.closed), y: labels.closed },
    classes.count,
  )
  const p1 = await openSet(embedded(parts.p1), set, parts.p1)
  const x2 = embedded(parts.p2)
  const p2 = await openSet(x2, set, parts.p2)
  const { loss: name, protocol, net: netName, dim, seed } = job
  return {
    run: {
      ...{ loss: name, protocol, net: netName, dim, seed, p1, p2, closed: judged.figures },
      angle: bySize(judged.angles, judged.sizes),
      matches: await matchesOf(x2, set, parts.p2),
      classes: classFigures(classes.names, judged.sizes, judged.angles),
      curve: curve.points,
      evaluations,
      steps: trainer.steps,
      trainSeconds,
      seconds: seconds(performance.now() - began),
    },
  }
}

const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000
