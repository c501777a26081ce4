import { abs, max, sub, type Tensor } from '../../engine/index.ts'
import type { Loss } from '../../losses/index.ts'
import { closedSet, embed, predict, type VectorCache } from '../../models/index.ts'
import type { Images } from '../long-tail/images.ts'
import { digitsOf, frozenModel, NEW } from './frozen.ts'
import { trainHead } from './head.ts'
import { type Ort, runModel } from './ort.ts'

export interface Figures {
  /** Images that went through the frozen model: none where all vectors were in the cache. */
  readonly asked: number
  /** Accuracy on images of the test, of class centres of the frozen model's vectors, and of the head's file on top of it. */
  readonly centers: number
  readonly head: number
  /** The largest difference between onnxruntime and the net, of the head's own file and of the one of both. */
  readonly alone: number
  readonly both: number
}

/** Trains a head for digits that the frozen model has never seen, and has onnxruntime check both files. */
export async function run(ort: Ort, lists: readonly Images[], cache: VectorCache) {
  const frozen = frozenModel(lists)
  const { train, test } = digitsOf(lists, NEW)
  const classes = NEW.length
  const made = await trainHead({ ort, frozen, ...train, classes, cache })
  const vectors = await runModel(ort, frozen, test.x)
  const expected = embed(made.net, vectors)
  const [alone, both] = [await runModel(ort, made.alone, vectors), await runModel(ort, made.both, test.x)]
  const accuracy = async (loss: Loss, x: Tensor) =>
    closedSet(await predict(loss, x), test.y, classes).accuracy
  const figures: Figures = {
    asked: made.asked,
    centers: await accuracy(made.centers, vectors),
    head: await accuracy(made.loss, both),
    alone: apart(alone, expected),
    both: apart(both, expected),
  }
  return { figures, files: { 'frozen.onnx': frozen, 'head.onnx': made.alone, 'both.onnx': made.both } }
}

const apart = (a: Tensor, b: Tensor): number => max(abs(sub(a, b))).item()

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** What both the command and the page print. */
export const told = ({ asked, centers, head, alone, both }: Figures): string =>
  [
    `${asked} images went through the frozen model, the vectors of the others were kept`,
    `right on new images of the digits 5 to 9, which it has never seen: ${percent(head)}; without a head, by class centres: ${percent(centers)}`,
    `onnxruntime and the net differ by ${alone.toExponential(1)} at most, and by ${both.toExponential(1)} in one file with the model`,
  ].join('\n')
