import { join } from 'node:path'
import { setBackend, startBackend } from '../../engine/index.ts'
import { type Loss, type LossOptions, lossByName } from '../../losses/index.ts'
import { imageFolder, readImages } from '../../models/images/index.ts'
import {
  adam,
  classMeans,
  classSizes,
  closedSet,
  convNet,
  embed,
  meanOver,
  nearestClassMean,
  predict,
  smallestClasses,
  Trainer,
  warmupCosine,
} from '../../models/index.ts'
import type { OnStep } from '../jobs/serve.ts'
import { shapesFolder } from './folder.ts'

export const EPOCHS = 20
export const BATCH = 32
/** How many of the smallest classes are the tail. */
const TAIL = 4
const DIM = 32
const RATE = 2e-3
/** The rate of learned weights, in rates of the net: at the net's own, those of rare classes hardly move. */
const W_RATE = 30
/** After the name of a learned loss: the length of x in place of its scale, as over class centres. */
export const NORM = '-norm'

const createLoss = (name: string, sizes: LossOptions): Loss =>
  name.endsWith(NORM)
    ? lossByName(name.slice(0, -NORM.length)).create({ ...sizes, s: 'norm' })
    : lossByName(name).create(sizes)

export interface Job {
  readonly loss: string
  readonly seed: number
  readonly steps: number
  /** Where the images are written. */
  readonly out: string
}

/** Accuracies in 0..1, each the mean of the classes' own. */
export interface Figures {
  readonly loss: string
  readonly seed: number
  readonly accuracy: number
  /** The same over the four classes of the fewest training images. */
  readonly tail: number
  /** Of the training images. */
  readonly train: number
  /** By the nearest class mean. */
  readonly ncm: number
  readonly seconds: number
}

export interface Run extends Figures {
  readonly steps: number
}

/** The README's program for a folder of images, with the loss of that name. */
export async function run({ loss: name, seed, steps, out }: Job, onStep: OnStep = () => true) {
  const began = performance.now()
  setBackend(await startBackend('wasm'))
  const folder = shapesFolder(join(out, `seed-${seed}`), seed)
  const size = { height: 32, width: 32 }
  const [train, test] = ['train', 'test'].map(part => {
    const { classes, train } = imageFolder(join(folder, part))
    return { classes, x: readImages(train.files, { size }), y: train.y }
  })
  const classes = train.classes.length
  const net = convNet({ input: [32, 32, 3], dim: DIM, seed })
  const loss = createLoss(name, { classes, dim: DIM, seed })
  const optimizer = adam(
    [{ parameters: net.parameters }, { parameters: loss.parameters, lr: W_RATE * RATE }],
    { lr: RATE },
  )
  const schedule = warmupCosine({ warmup: 5, steps })
  const trainer = new Trainer({ net, loss, optimizer, schedule, x: train.x, y: train.y, batch: BATCH, seed })
  await trainer.run({ steps, onStep: report => onStep(report.step, report.loss) })

  const [known, unknown] = [embed(net, train.x), embed(net, test.x)]
  const judged = closedSet(await predict(loss, unknown), test.y, classes)
  const tail = smallestClasses(classSizes(train.y, classes), TAIL)
  const means = await nearestClassMean(unknown, classMeans(known, train.y, classes))
  const result: Run = {
    loss: name,
    seed,
    accuracy: judged.balanced,
    tail: meanOver(judged.byClass, tail),
    train: closedSet(await predict(loss, known), train.y, classes).balanced,
    ncm: closedSet(means, test.y, classes).balanced,
    seconds: Math.round(performance.now() - began) / 1000,
    steps: trainer.steps,
  }
  return { run: result }
}
