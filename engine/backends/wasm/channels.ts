import { sizeOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import type { Context } from './context.ts'

/** Elements of a part that is summed by itself: what the cache holds, so that each column may pass over it. */
const PART = 4096
/** What an element costs, in floating-point operations, memory traffic included. */
const WORK = 10

/** What batch normalisation is made of: the last axis stays, and memory is passed over once. */
export const channels = (context: Context) =>
  ({
    // Less the first value of each channel, which is as large as the others: then a small variance keeps its digits
    // beside a large mean.
    moments(x) {
      const first = context.storage.at(x)
      const { array, at } = context.storage.allocate([2, x.shape.at(-1)!], 'float32')
      const n = sizeOf(x.shape.slice(0, -1))
      sums(context, { y: first, p: first, x: first, m: first }, x, (c, sum, square) => {
        const { floats } = context.memory
        const d = sum / n
        floats[at / 4 + c] = floats[first / 4 + c] + d
        floats[at / 4 + x.shape.at(-1)! + c] = Math.max(0, square / n - d * d)
      })
      return array
    },

    channelSums(y, x, m) {
      const width = x.shape.at(-1)!
      const { array, at } = context.storage.allocate([2, width], 'float32')
      context.memory.temporary(width * 4, zeros => {
        context.memory.floats.fill(0, zeros / 4, zeros / 4 + width)
        sums(
          context,
          { y: context.storage.at(y), p: zeros, x: context.storage.at(x), m: context.storage.at(m) },
          x,
          (c, sum, product) => {
            context.memory.floats[at / 4 + c] = sum
            context.memory.floats[at / 4 + width + c] = product
          },
        )
      })
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

/** Addresses: of y and x as arrays, of what is taken off them by channel. */
interface Operands {
  readonly y: number
  readonly p: number
  readonly x: number
  readonly m: number
}

/**
 * Each channel's sums of y - p and (y - p) (x - m): by parts whose size does not depend on the number of threads, and
 * the parts' in their order.
 */
function sums(
  context: Context,
  { y, p, x, m }: Operands,
  { shape }: NDArray,
  each: (channel: number, sum: number, product: number) => void,
): void {
  const [width, n] = [shape.at(-1)!, sizeOf(shape.slice(0, -1))]
  if (width === 0) return
  const rows = Math.max(1, Math.ceil(PART / width))
  const parts = Math.ceil(n / rows)
  const half = Math.ceil(width / 8) * 8
  context.memory.temporary(parts * half * 16, at => {
    context.threads.run('channelSums', parts, n * width * WORK, y, p, x, m, n, width, rows, at)
    const partial = new Float64Array(context.memory.shared.buffer, at, parts * half * 2)
    for (let c = 0; c < width; c++) {
      let [sum, product] = [0, 0]
      for (let i = c; i < partial.length; i += 2 * half) {
        sum += partial[i]
        product += partial[i + half]
      }
      each(c, sum, product)
    }
  })
}
