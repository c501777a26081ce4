import { type Shape, sizeOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { around } from '../layout.ts'
import type { Context } from './context.ts'

/** What a word costs, in floating-point operations. */
const WORK = 10
/** Columns that a thread adds up at a time: a line of the cache. */
const STRIP = 16
/** The most terms that are added in float32, each with a relative error of 2^-24 at most: 8e-6 together. */
const TERMS = 128

/** Rows of at least so many words are copied by a call. */
const COPIED = 16

/** What picks places along an axis. Indices are checked before anything is written. */
export const indexing = (context: Context) =>
  ({
    gather(x, index, axis) {
      const { outer, n, m, inner } = checkedAround(context, 'gather', x.shape, index, axis)
      const { array, at } = context.storage.allocate(index.shape, x.dtype)
      const work = sizeOf(index.shape) * WORK
      const [from, picks] = [context.storage.at(x), context.storage.at(index)]
      // One part of rows: each row is a part of its own.
      if (outer === 1) context.threads.run('gather', m, work, from, picks, at, 1, inner, 0)
      else context.threads.run('gather', outer, work, from, picks, at, m, inner, n * inner * 4)
      return array
    },

    // By the host: rows are copied as they lie, without an index for each of their words.
    take(x, index, axis, shape) {
      const { outer, n, inner } = checkedAround(context, 'take', x.shape, index, axis)
      const { array, at } = context.storage.allocate(shape, x.dtype)
      const { ints } = context.memory
      const [from, picks, m] = [context.storage.at(x) / 4, context.storage.at(index) / 4, sizeOf(index.shape)]
      let to = at / 4
      for (let i = 0; i < outer; i++) {
        for (let j = 0; j < m; j++) {
          const start = from + (i * n + ints[picks + j]) * inner
          if (inner < COPIED) for (let k = 0; k < inner; k++) ints[to + k] = ints[start + k]
          else ints.copyWithin(to, start, start + inner)
          to += inner
        }
      }
      return array
    },

    scatterAdd(x, index, src, axis) {
      const { outer, n, m, inner } = checkedAround(context, 'scatterAdd', x.shape, index, axis)
      const { array, at } = context.storage.allocate(x.shape, x.dtype)
      const [from, picks, terms] = [context.storage.at(x), context.storage.at(index), context.storage.at(src)]
      const columns = outer === 1 ? Math.min(STRIP, inner) : inner
      const parts = outer === 1 ? Math.ceil(inner / STRIP) : outer
      const all = outer * inner
      const zApart = (outer === 1 ? columns : n * inner) * 4
      const apart = (outer === 1 ? columns : m * inner) * 4
      const work = (sizeOf(x.shape) + sizeOf(index.shape)) * WORK
      const pitch = inner * 4
      const rest = [columns, all, pitch, zApart, apart] as const
      if (m > TERMS) {
        const bytes = (n * columns + 4) * 8
        context.threads.runWithScratch(
          'scatterSum',
          parts,
          work,
          bytes,
          from,
          at,
          picks,
          terms,
          n,
          m,
          ...rest,
        )
      } else {
        context.threads.kernels.copyWords(at, from, sizeOf(x.shape))
        context.threads.run('scatterAdd', parts, work, at, picks, terms, m, ...rest)
      }
      return array
    },
  }) satisfies Partial<Backend>

/** The sizes around the axis, n of x and m of the index. Throws on an index that is not in 0..n-1. */
export function checkedAround(context: Context, op: string, x: Shape, index: NDArray, axis: number) {
  const { outer, n, inner } = around(x, axis)
  const at = context.storage.at(index)
  const outside = context.threads.kernels.firstOutside(at, sizeOf(index.shape), n)
  if (outside >= 0) {
    const pick = context.memory.ints[at / 4 + outside]
    throw new Error(`${op}: an index from 0 to ${n - 1} expected, got ${pick}`)
  }
  return { outer, n, m: index.shape[axis], inner }
}
