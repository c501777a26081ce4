import { generator, setBackend, startBackend, tensor } from '../../engine/index.ts'
import {
  adam,
  anglesBetween,
  classMeans,
  closedSet,
  embed,
  meanOver,
  nearestClassMean,
  predict,
  smallestClasses,
  smallNet,
  Trainer,
  warmupCosine,
} from '../../models/index.ts'
import { readDigits } from './digits.ts'
import { createLoss } from './losses.ts'
import { type ClassFigures, END, type Job, type Points, type Run } from './results.ts'
import { type Part, splitDigits } from './split.ts'

const RATE = 2e-3
const WARM_UP = 50
const BATCH = 64
/** Points on a curve of the loss, at most. */
const CURVE = 100

/**
 * Protocol P1: a small net learns long-tailed digits by one loss. Everything random comes from the job's seed, so
 * that two losses of one seed see the same images in the same order and start from the same net. `onStep` may end
 * the training early by `false`.
 */
export async function run(
  job: Job,
  onStep: (step: number, loss: number) => boolean = () => true,
): Promise<{ run: Run; points?: Points }> {
  const began = performance.now()
  setBackend(await startBackend(job.backend))
  const { train, test, digits, sizes } = splitDigits(readDigits(), job.seed, job.imbalance)
  // Streams of their own: the net must not start from the numbers that drew the split.
  const seeds = generator(job.seed)
  const net = smallNet({ dim: job.dim, rng: generator(seeds.seed()) })
  const loss = createLoss(job.loss, { classes: digits.length, dim: job.dim, seed: seeds.seed() })
  const trainer = new Trainer({
    net,
    loss,
    optimizer: adam([{ parameters: net.parameters }, { parameters: loss.parameters }], { lr: RATE }),
    x: images(train),
    y: train.y,
    batch: BATCH,
    seed: seeds.seed(),
    schedule: warmupCosine({ warmup: WARM_UP, steps: job.steps }),
  })
  const curve = new Curve(Math.ceil(job.steps / CURVE))
  await trainer.run({
    steps: job.steps,
    onStep: report => {
      curve.add(report.step, report.loss)
      return onStep(report.step, report.loss)
    },
  })

  const [known, unknown] = [embed(net, images(train)), embed(net, images(test))]
  const centres = classMeans(known, train.y, digits.length)
  const byLogits = closedSet(await predict(loss.logits(unknown)), test.y, digits.length)
  const byMeans = closedSet(await nearestClassMean(unknown, centres), test.y, digits.length)
  const angles = await anglesBetween(loss.prototypes, centres)
  const tail = smallestClasses(sizes, END)
  const head = smallestClasses(sizes, sizes.length).slice(-END)
  const [w, c] = [await loss.prototypes.data(), await centres.data()]
  const row = (values: ArrayLike<number>, j: number): number[] =>
    Array.from({ length: job.dim }, (_, k) => values[j * job.dim + k])
  const classes = digits.map(
    (digit, j): ClassFigures => ({
      digit,
      trainSize: sizes[j],
      testSize: test.y.filter(label => label === j).length,
      accuracy: byLogits.byClass[j],
      ncm: byMeans.byClass[j],
      angle: angles[j],
      prototype: row(w, j),
      centre: row(c, j),
    }),
  )
  const result: Run = {
    loss: job.loss,
    seed: job.seed,
    accuracy: byLogits.balanced,
    tail: meanOver(byLogits.byClass, tail),
    ncm: byMeans.balanced,
    angleHead: meanOver(angles, head),
    angleTail: meanOver(angles, tail),
    seconds: Math.round(performance.now() - began) / 1000,
    steps: trainer.steps,
    classes,
    curve: curve.points,
  }
  return job.dim === 2 ? { run: result, points: { x: await unknown.data(), y: test.y } } : { run: result }
}

const images = ({ x, y }: Part) => tensor(x, { shape: [y.length, 28, 28, 1] })

/** The mean of every `width` losses. */
class Curve {
  readonly points: [number, number][] = []
  readonly #width: number
  #since: number[] = []

  constructor(width: number) {
    this.#width = width
  }

  add(step: number, loss: number): void {
    this.#since.push(loss)
    if (this.#since.length < this.#width) return
    this.points.push([step, this.#since.reduce((a, b) => a + b) / this.#width])
    this.#since = []
  }
}
