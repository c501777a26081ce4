import { type Shape, stridesOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import { around } from '../layout.ts'
import type { Context } from './context.ts'
import { type Axis, copy } from './copy.ts'
import { elementwise } from './elementwise.ts'

/** What only moves: words, whatever they mean. */
export const movement = (context: Context, { fill } = elementwise(context)) =>
  ({
    slice(x, begin, step, shape) {
      const { array, at } = context.storage.allocate(shape, x.dtype)
      const { start, apart } = region(x.shape, begin, step)
      const strides = stridesOf(shape)
      copy(
        context,
        context.storage.at(x) + start * 4,
        at,
        shape.map((n, i) => ({ n, from: apart[i], to: strides[i] })),
      )
      return array
    },

    interiorPad(x, begin, step, shape, value) {
      const array = fill(value, shape, x.dtype)
      const { start, apart } = region(shape, begin, step)
      const strides = stridesOf(x.shape)
      copy(
        context,
        context.storage.at(x),
        context.storage.at(array) + start * 4,
        x.shape.map((n, i) => ({ n, from: strides[i], to: apart[i] })),
      )
      return array
    },

    permute(x, axes) {
      const shape = axes.map(i => x.shape[i])
      const { array, at } = context.storage.allocate(shape, x.dtype)
      const [from, to] = [stridesOf(x.shape), stridesOf(shape)]
      copy(
        context,
        context.storage.at(x),
        at,
        axes.map((axis, i) => ({ n: shape[i], from: from[axis], to: to[i] })),
      )
      return array
    },

    concat(xs, axis) {
      const total = xs.reduce((n, x) => n + x.shape[axis], 0)
      const { array, at } = context.storage.allocate(xs[0].shape.with(axis, total), xs[0].dtype)
      let offset = 0
      for (const x of xs) {
        const { outer, n, inner } = around(x.shape, axis)
        const rows: Axis[] = [
          { n: outer, from: n * inner, to: total * inner },
          { n: n * inner, from: 1, to: 1 },
        ]
        copy(context, context.storage.at(x), at + offset * 4, rows)
        offset += n * inner
      }
      return array
    },
  }) satisfies Partial<Backend>

/** Where the places begin + i * step of an array of `shape` start, and how far they lie apart along each axis. */
function region(shape: Shape, begin: readonly number[], step: readonly number[]) {
  const strides = stridesOf(shape)
  return {
    start: begin.reduce((sum, b, i) => sum + b * strides[i], 0),
    apart: strides.map((s, i) => s * step[i]),
  }
}
