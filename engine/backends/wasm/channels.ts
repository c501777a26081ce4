import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import { channelTotals } from './channelParts.ts'
import type { Context } from './context.ts'

/** What an element costs, in floating-point operations, memory traffic included. */
const WORK = 10

/** What batch normalisation is made of: the last axis stays, and memory is passed over once. */
export const channels = (context: Context) =>
  ({
    // Less the first value of each channel, which is as large as the others: then a small variance keeps its digits
    // beside a large mean.
    moments(x) {
      const { memory, storage } = context
      const first = storage.at(x)
      const width = x.shape.at(-1)!
      const { array, at } = storage.allocate([2, width], 'float32')
      const n = sizeOf(x.shape) / width
      const totals = channelTotals(context, x.shape, 2, ({ parts, n, rows, at }) =>
        context.threads.run('channelMoments', parts, n * width * WORK, first, first, n, width, rows, at),
      )
      const { floats } = memory
      const [from, to] = [first / 4, at / 4]
      for (let c = 0; c < width; c++) {
        const d = totals[c] / n
        floats[to + c] = floats[from + c] + d
        floats[to + width + c] = Math.max(0, totals[width + c] / n - d * d)
      }
      return array
    },

    channelSums(y, x, m) {
      const { memory, storage } = context
      const width = x.shape.at(-1)!
      const { array, at } = storage.allocate([2, width], 'float32')
      const totals = channelTotals(context, x.shape, 2, ({ parts, n, rows, at: partial }) =>
        // biome-ignore format: arguments by what they describe
        context.threads.run(
          'channelSums', parts, n * width * WORK, storage.at(y), storage.at(x), storage.at(m), n, width, rows, partial,
        ),
      )
      memory.floats.set(totals, at / 4)
      return array
    },

    scaleShift(x, m, a, c) {
      const { array, at } = context.storage.allocate(x.shape, 'float32')
      const [width, size] = [x.shape.at(-1)!, sizeOf(x.shape)]
      if (size === 0) return array
      // biome-ignore format: arguments by what they describe
      context.threads.run(
      'scaleShift', size / width, size * WORK,
      context.storage.at(x), context.storage.at(m), context.storage.at(a), context.storage.at(c), width, at,
    )
      return array
    },

    scaleShiftAdd(x, m, a, c, y, b) {
      const { array, at } = context.storage.allocate(x.shape, 'float32')
      const [width, size] = [x.shape.at(-1)!, sizeOf(x.shape)]
      if (size === 0) return array
      // biome-ignore format: arguments by what they describe
      context.threads.run(
      'scaleShiftAdd', size / width, size * WORK,
      context.storage.at(x), context.storage.at(m), context.storage.at(a), context.storage.at(c), context.storage.at(y), context.storage.at(b), width, at,
    )
      return array
    },
  }) satisfies Partial<Backend>
