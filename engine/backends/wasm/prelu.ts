import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import { channelTotals } from './channelParts.ts'
import type { Context } from './context.ts'
import { lineOf, repeat } from './elementwise.ts'

/** What an element costs, in floating-point operations, memory traffic included. */
const WORK = 10

/** The gradients of prelu, each in one pass over memory. */
export const prelu = (context: Context) =>
  ({
    preluGrad(y, x, slope) {
      const { memory, storage, threads } = context
      const { array, at } = storage.allocate(y.shape, 'float32')
      const [size, n] = [sizeOf(y.shape), sizeOf(slope.shape)]
      if (size === 0) return array
      const length = lineOf(n)
      memory.temporary(length * 4, line => {
        repeat(context, storage.at(slope), n, line, length)
        const units = Math.ceil(size / length)
        threads.run('preluGrad', units, size * WORK, storage.at(y), storage.at(x), line, length, size, at)
      })
      return array
    },

    preluSlopeGrad(y, x, shape) {
      const { memory, storage, threads } = context
      const { array, at } = storage.allocate(shape, 'float32')
      const totals = channelTotals(context, x.shape, 1, ({ parts, n, width, rows, at: partial }) => {
        const [from, of] = [storage.at(y), storage.at(x)]
        threads.run('preluSlopeSums', parts, n * width * WORK, from, of, n, width, rows, partial)
      })
      const sums = sizeOf(shape) === 1 ? [totals.reduce((sum, total) => sum + total, 0)] : totals
      memory.floats.set(sums, at / 4)
      return array
    },
  }) satisfies Partial<Backend>
