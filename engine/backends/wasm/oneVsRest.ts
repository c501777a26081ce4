import type { Backend } from '../backend.ts'
import type { Context } from './context.ts'
import { checkedAround } from './indexing.ts'

/** What an element costs, in floating-point operations: e^x and what goes with it. */
const WORK = 80

/** A cross-entropy of each class by itself, in one pass. */
export const oneVsRest = (context: Context) => {
  const { storage, threads } = context
  return {
    oneVsRestCrossEntropy(z, y, positive, negative) {
      const { outer, n } = checkedAround(context, 'oneVsRestCrossEntropy', z.shape, y, 1)
      const { array, at } = storage.allocate([outer], z.dtype)
      // biome-ignore format: arguments by what they describe
      threads.run(
        'oneVsRest', outer, outer * n * WORK,
        storage.at(z), n, storage.at(y), positive, negative, at,
      )
      return array
    },

    oneVsRestCrossEntropyGrad(dl, z, y, positive, negative) {
      const { outer, n } = checkedAround(context, 'oneVsRestCrossEntropyGrad', z.shape, y, 1)
      const { array, at } = storage.allocate(z.shape, z.dtype)
      // biome-ignore format: arguments by what they describe
      threads.run(
        'oneVsRestGrad', outer, outer * n * WORK,
        storage.at(dl), storage.at(z), n, storage.at(y), positive, negative, at,
      )
      return array
    },
  } satisfies Partial<Backend>
}
