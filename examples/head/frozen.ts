import { generator } from '../../engine/index.ts'
import { softmaxLoss } from '../../losses/index.ts'
import { adam, exportOnnx, smallNet, Trainer } from '../../models/index.ts'
import type { Images } from '../long-tail/images.ts'
import { splitBy } from '../long-tail/split.ts'
import { images } from '../long-tail/training.ts'

/** What the frozen model was made for, and what it has never seen. */
export const KNOWN = [0, 1, 2, 3, 4]
export const NEW = [5, 6, 7, 8, 9]
const IMAGES = 100
export const INPUT = [28, 28, 1]

/** Images of these digits to train on, 100 of each, and others to test on; the first digit is class 0. */
export function digitsOf(lists: readonly Images[], digits: readonly number[]) {
  const { train, test } = splitBy(
    lists,
    generator(0),
    digits,
    digits.map(() => IMAGES),
  )
  return { train: { x: images(train), y: train.y }, test: { x: images(test), y: test.y } }
}

/** Stands for a model that others trained: an ONNX file of a small net, images [N,1,28,28] -> vectors [N,32], trained on the known digits. */
export function frozenModel(lists: readonly Images[]): Uint8Array {
  const { x, y } = digitsOf(lists, KNOWN).train
  const net = smallNet({ dim: 32, seed: 0 })
  const loss = softmaxLoss({ classes: KNOWN.length, dim: 32 })
  const optimizer = adam({ ...net.parameters, ...loss.parameters }, { lr: 2e-3 })
  const trainer = new Trainer({ net, loss, optimizer, x, y, batch: 50, seed: 0 })
  for (let step = 0; step < 60; step++) trainer.step()
  return exportOnnx(net, INPUT)
}
