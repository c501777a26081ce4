import type { Backend } from '../backend.ts'
import type { Context } from './context.ts'

/** What an element costs, in floating-point operations: bringing it and its result to and from memory, mostly. */
const WORK = 10

/** A quadratic above a bound, and its gradient, each in one pass over memory. */
export const quadraticAbove = (context: Context) => {
  const { storage, threads } = context
  return {
    quadraticAbove(x, bound, a, b, c) {
      const { array, at } = storage.allocate(x.shape, x.dtype)
      const [rows, n] = x.shape
      // biome-ignore format: arguments by what they describe
      threads.run(
        'quadraticAbove', rows, rows * n * WORK,
        storage.at(x), n, storage.at(bound), storage.at(a), storage.at(b), storage.at(c), at,
      )
      return array
    },

    quadraticAboveGrad(y, x, bound, b, c) {
      const { array, at } = storage.allocate(x.shape, x.dtype)
      const [rows, n] = x.shape
      // biome-ignore format: arguments by what they describe
      threads.run(
        'quadraticAboveGrad', rows, rows * n * WORK,
        storage.at(y), storage.at(x), n, storage.at(bound), storage.at(b), storage.at(c), at,
      )
      return array
    },
  } satisfies Partial<Backend>
}
