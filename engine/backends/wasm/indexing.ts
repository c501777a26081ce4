import { type Shape, sizeOf } from '../../shape.ts'
import type { Backend, NDArray, TypedArray } from '../backend.ts'
import { around } from '../layout.ts'
import { ravel, SCATTER } from '../placing.ts'
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
      const [from, picks, m] = [context.storage.at(x) / 4, context.storage.at(index) / 4, sizeOf(index.shape)]
      // After all that may move memory.
      const { ints } = context.memory
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

    // By the host: no training step has these.
    scatter(f, x, index, src, axis) {
      const { outer, n, m, inner } = checkedAround(context, 'scatter', x.shape, index, axis)
      const { array, at } = context.storage.allocate(x.shape, x.dtype)
      const [from, picks, terms] = [x, index, src].map(array => context.storage.at(array) / 4)
      const { floats, ints } = context.memory
      const values: TypedArray = x.dtype === 'int32' ? ints : floats
      const to = at / 4
      const g = SCATTER[f]
      ints.copyWithin(to, from, from + sizeOf(x.shape))
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < inner; j++) {
            const source = (o * m + i) * inner + j
            const place = to + (o * n + ints[picks + source]) * inner + j
            values[place] = g(values[place], values[terms + source])
          }
        }
      }
      return array
    },

    ravelIndex(op, index, sizes, shape) {
      const count = sizeOf(index.shape)
      if (sizes.length === 1) {
        const address = context.storage.at(index)
        if (context.threads.kernels.firstOutside(address, count, sizes[0]) < 0) return undefined
      }
      const { array, at } = context.storage.allocate(shape, 'int32')
      const from = context.storage.at(index) / 4
      const { ints } = context.memory
      const z = ints.subarray(at / 4, at / 4 + sizeOf(shape))
      ravel(op, ints.subarray(from, from + count), sizes, z)
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
