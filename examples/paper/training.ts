import { type Generator, generator } from '../../engine/index.ts'
import { layers, sgd, Trainer } from '../../models/index.ts'
import type { Images } from '../long-tail/images.ts'
import { LARGEST, type Split, splitBy } from '../long-tail/split.ts'
import { images } from '../long-tail/training.ts'
import type { Job } from './results.ts'
import { phaseOf } from './schedule.ts'
import { SETTINGS } from './settings.ts'

/** The digit that is rare, and its share of the images that the others have. */
export const RARE = 3
export const SHARE = 0.05
export const BATCH = 64

/** The LeNet of the authors' oldest code.  x[N,28,28,1] -> [N,2] */
const lenet = (rng: Generator) =>
  layers.sequential({
    conv1: layers.conv2d({ in: 1, out: 32, kernel: 5, rng }),
    act1: layers.relu(),
    pool1: layers.maxPool2d({ kernel: 2 }),
    conv2: layers.conv2d({ in: 32, out: 64, kernel: 5, rng }),
    act2: layers.relu(),
    pool2: layers.maxPool2d({ kernel: 2 }),
    flat: layers.flatten(),
    fc1: layers.linear({ in: 1024, out: 256, rng }),
    act3: layers.relu(),
    fc2: layers.linear({ in: 256, out: 2, rng }),
  })

/** Training images of each digit. */
export const sizesOf = (loss: string): number[] =>
  Array.from({ length: 10 }, (_, digit) =>
    digit === RARE && !SETTINGS[loss].balanced ? Math.round(SHARE * LARGEST) : LARGEST,
  )

/**
 * Fig. 2's training by the recipe of the authors' oldest code: SGD of rate 0.1, momentum 0.9, weight decay 5e-4, gradients
 * of norm 1 at most. Everything random comes from the job's seed: settings of one seed start from the same net, and see the same images.
 */
export function training(lists: readonly Images[], job: Job): { split: Split; trainer: Trainer } {
  const { loss: name, seed, steps } = job
  const rng = generator(seed)
  const digits = lists.map((_, digit) => digit)
  const split = splitBy(lists, rng, digits, sizesOf(name))
  const net = lenet(generator(rng.seed()))
  const loss = SETTINGS[name].create({ classes: lists.length, dim: 2, seed: rng.seed() }, steps)
  const trainer = new Trainer({
    net,
    loss,
    optimizer: sgd([{ parameters: net.parameters }, { parameters: loss.parameters }], {
      lr: 0.1,
      momentum: 0.9,
      weightDecay: 5e-4,
    }),
    x: images(split.train),
    y: split.train.y,
    batch: BATCH,
    seed: rng.seed(),
    schedule: t => 0.1 ** phaseOf(t, steps),
    clip: { norm: 1 },
  })
  return { split, trainer }
}
