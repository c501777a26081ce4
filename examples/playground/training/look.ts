import { concat, noGrad, slice, stopGradient, type Tensor, tidy } from '../../../engine/index.ts'
import {
  anglesBetween,
  classMeans,
  closedSet,
  embed,
  meanOver,
  predict,
  type Trainer,
} from '../../../models/index.ts'
import type { Part, Split } from '../../long-tail/split.ts'
import { images } from '../../long-tail/training.ts'
import type { Sight } from './messages.ts'
import { fewOf, firstOfEach, rowsOf } from './sample.ts'

/** Test images of each class that are drawn and, along the way, judged; training images that its centre is the mean of. */
const TEST = 32
const TRAIN = 16

/** The images that nets are looked at with, test images before training images. */
export interface Sample {
  readonly x: Tensor
  readonly test: Int32Array
  readonly train: Int32Array
}

const sampleOf = (test: Part, train: Part): Sample => ({
  x: tidy(() => concat([images(test), images(train)])),
  test: test.y,
  train: train.y,
})

/** A few of each class: cheap enough to look at every few steps. */
export const sampleOfFew = ({ test, train }: Split): Sample =>
  sampleOf(fewOf(test, TEST), fewOf(train, TRAIN))

/** All there are, as the main job's figures are of. */
export const sampleOfAll = ({ test, train }: Split): Sample => sampleOf(test, train)

/** The classes of the points that are drawn: the same of either sample. */
export const drawn = ({ test }: Sample): Int32Array => Int32Array.from(firstOfEach(test, TEST), i => test[i])

/** How the net stands, judged on `sample`. */
export async function look(
  { net, loss, steps }: Trainer,
  { x, test, train }: Sample,
  tail: readonly number[],
): Promise<Omit<Sight, 'whole'>> {
  const [classes, dim] = loss.prototypes.shape
  const made = noGrad(() =>
    tidy(() => {
      const embedded = embed(net, x)
      const seen = slice(embedded, [0], [test.length])
      const centres = classMeans(slice(embedded, [test.length]), train, classes)
      // An alias: what is made here is released, and learned prototypes are the loss's own.
      return { seen, logits: loss.logits(seen), centres, w: stopGradient(loss.prototypes) }
    }),
  )
  try {
    const { seen, logits, centres, w } = made
    const { balanced, byClass } = closedSet(await predict(logits), test, classes)
    return {
      step: steps,
      points: rowsOf(await seen.data(), dim, firstOfEach(test, TEST)),
      prototypes: Float32Array.from(await w.data()),
      centres: Float32Array.from(await centres.data()),
      angles: await anglesBetween(w, centres),
      byClass,
      balanced,
      tail: meanOver(byClass, tail),
    }
  } finally {
    for (const t of Object.values(made)) t.dispose()
  }
}
