import { join } from 'node:path'
import { setBackend, setThreads, startBackend, type Tensor } from '../../engine/index.ts'
import type { EmbeddingLoss, Loss } from '../../losses/index.ts'
import { imageFolder, readImages } from '../../models/images/index.ts'
import {
  adam,
  classMeans,
  classSizes,
  closedSet,
  convNet,
  embed,
  type layers,
  meanOver,
  nearestClassMean,
  pairScores,
  predict,
  retrieval,
  smallestClasses,
  Trainer,
  tarAtFar,
  warmupCosine,
} from '../../models/index.ts'
import type { OnStep } from '../jobs/serve.ts'
import { shapesFolder } from './folder.ts'
import type { Figures, Job, Result } from './results.ts'
import { rowOf } from './rows.ts'

export const EPOCHS = 20
export const BATCH = 32
/** How many of the smallest classes are the tail. */
const TAIL = 4
export const DIM = 32
const FAR = 0.01

/** The README's program for a folder of images, with the loss of that name. `out` has the images. */
export async function run(
  { loss: name, seed, steps, lr, times }: Job,
  onStep: OnStep,
  out: string,
): Promise<Result> {
  const began = performance.now()
  // One thread: then the processor's time is that of the step, whatever runs beside it.
  setThreads(1)
  setBackend(await startBackend('wasm'))
  const folder = shapesFolder(join(out, `seed-${seed}`), seed)
  const part = (name: string) => {
    const { classes, train } = imageFolder(join(folder, name))
    return { classes: classes.length, x: readImages(train.files, { size: SIZE }), y: train.y }
  }
  const train = part('train')
  const row = rowOf(name)
  const bare = convNet({ input: [SIZE.height, SIZE.width, 3], dim: DIM, seed })
  const net = row.around?.(bare, DIM) ?? bare
  const sizes = classSizes(train.y, train.classes)
  const loss = row.create({ classes: train.classes, dim: DIM, seed, sizes })
  const trainer = new Trainer({
    net,
    loss,
    optimizer: adam(
      [{ parameters: net.parameters }, { parameters: loss.parameters, lr: (times ?? 1) * lr }],
      { lr },
    ),
    schedule: warmupCosine({ warmup: 5, steps }),
    x: train.x,
    y: train.y,
    batch: BATCH,
    seed,
    ...(row.sampling && { sampling: row.sampling }),
  })
  const durations: number[] = []
  let peakBytes = 0
  let since = processorMs()
  await trainer.run({
    steps,
    onStep(report) {
      durations.push(processorMs() - since)
      peakBytes = Math.max(peakBytes, report.peakBytes ?? 0)
      const goOn = onStep(report.step, report.loss)
      since = processorMs()
      return goOn
    },
  })
  const figures = await judged(net, loss, { train, test: part('test'), strangers: part('strangers'), sizes })
  const seconds = Math.round(performance.now() - began) / 1000
  const learned = times === undefined ? {} : { times }
  const cost = { stepMs: median(durations), peakBytes, seconds }
  return { run: { loss: name, seed, lr, ...learned, ...figures, ...cost, steps: trainer.steps } }
}

const SIZE = { height: 32, width: 32 }

interface Part {
  readonly classes: number
  readonly x: Tensor
  readonly y: Int32Array
}

interface Parts {
  readonly train: Part
  readonly test: Part
  readonly strangers: Part
  readonly sizes: ArrayLike<number>
}

type Judged = Pick<Figures, 'accuracy' | 'tail' | 'train' | 'ncm' | 'mAP' | 'tar'>

async function judged(
  net: layers.Layer,
  loss: EmbeddingLoss,
  { train, test, strangers, sizes }: Parts,
): Promise<Judged> {
  const [known, unknown, others] = [train, test, strangers].map(({ x }) => embed(net, x))
  const means = classMeans(known, train.y, train.classes)
  const byMean = async (x: Tensor, y: Int32Array) =>
    closedSet(await nearestClassMean(x, means), y, train.classes)
  const own = async (x: Tensor, y: Int32Array) =>
    canClassify(loss) ? closedSet(await predict(loss, x), y, train.classes) : byMean(x, y)
  const { balanced, byClass } = await own(unknown, test.y)
  return {
    accuracy: balanced,
    tail: meanOver(byClass, smallestClasses(sizes, TAIL)),
    train: (await own(known, train.y)).balanced,
    ncm: (await byMean(unknown, test.y)).balanced,
    mAP: (await retrieval(others, strangers.y)).mAP,
    tar: tarAtFar(await pairScores(others, strangers.y), FAR),
  }
}

/** Does it classify by itself? Losses of pairs have nothing to classify with. */
export const canClassify = (loss: EmbeddingLoss): loss is Loss => 'logits' in loss

/** Of all threads of this process, in milliseconds. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
