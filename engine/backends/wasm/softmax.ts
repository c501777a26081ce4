import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import type { Context } from './context.ts'
import { checkedAround } from './indexing.ts'

/** What an element costs, in floating-point operations: e^x and what goes with it. */
const WORK = 80

/** In one pass what ops would compose of several, which memory would be the limit of. */
export const softmax = (context: Context) => {
  const { storage, threads } = context
  return {
    softmax(x) {
      const { array, at } = storage.allocate(x.shape, x.dtype)
      const n = x.shape.at(-1)!
      const size = sizeOf(x.shape)
      if (size > 0) threads.run('softmaxRows', size / n, size * WORK, storage.at(x), n, at)
      return array
    },

    softmaxCrossEntropy(z, y) {
      const { outer, n } = checkedAround(context, 'softmaxCrossEntropy', z.shape, y, 1)
      const { array, at } = storage.allocate([outer], z.dtype)
      threads.run('crossEntropy', outer, outer * n * WORK, storage.at(z), n, storage.at(y), at)
      return array
    },

    softmaxCrossEntropyGrad(dl, z, y, l) {
      const { outer, n } = checkedAround(context, 'softmaxCrossEntropyGrad', z.shape, y, 1)
      const { array, at } = storage.allocate(z.shape, z.dtype)
      // biome-ignore format: arguments by what they describe
      threads.run(
        'crossEntropyGrad', outer, outer * n * WORK,
        storage.at(dl), storage.at(z), n, storage.at(y), storage.at(l), at,
      )
      return array
    },
  } satisfies Partial<Backend>
}
