import { type Shape, sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import type { Context } from './context.ts'
import { isCut } from './reduce.ts'

/** What an element costs, in floating-point operations, memory traffic included. */
const WORK = 15

/** Lengths of the last axis, in one pass over memory, to the bits of what ops compose. */
export const normalize = (context: Context) =>
  ({
    normalize(x, eps) {
      const [count, n] = rowsOf(x.shape)
      if (isCut(count, n, 1)) return undefined
      const { array, at } = context.storage.allocate(x.shape, x.dtype)
      if (count * n > 0)
        context.threads.run('normalizeRows', count, count * n * WORK, context.storage.at(x), n, eps, at)
      return array
    },

    normalizeGrad(y, x, eps) {
      const [count, n] = rowsOf(x.shape)
      if (isCut(count, n, 1)) return undefined
      const { storage, threads } = context
      const { array, at } = storage.allocate(x.shape, x.dtype)
      const scratch = Math.ceil(n / 4) * 16
      // biome-ignore format: arguments by what they describe
      if (count * n > 0) threads.runWithScratch(
        'normalizeGradRows', count, 2 * count * n * WORK, scratch, storage.at(y), storage.at(x), n, eps, at,
      )
      return array
    },
  }) satisfies Partial<Backend>

function rowsOf(shape: Shape): [count: number, n: number] {
  const n = shape.at(-1)!
  return [n === 0 ? 0 : sizeOf(shape) / n, n]
}
