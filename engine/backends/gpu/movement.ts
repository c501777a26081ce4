import { type Shape, stridesOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { around, mergeAxes } from '../layout.ts'
import type { Range } from './buffer.ts'
import { concatRows } from './concat.ts'
import { bufferOf, type Context } from './context.ts'
import { interiorPad } from './interiorPad.ts'
import { stridedArguments, stridedIndexing } from './stridedIndexing.ts'

/** What only moves: values keep their bounds. */
export const movement = (
  context: Context,
): Pick<Backend, 'slice' | 'interiorPad' | 'permute' | 'concat'> => ({
  slice(x, begin, step, shape) {
    const strides = stridesOf(x.shape)
    const offset = begin.reduce((sum, b, i) => sum + b * strides[i], 0)
    const apart = strides.map((s, i) => s * step[i])
    return stridedCopy(context, x, offset, shape, apart)
  },

  permute(x, axes) {
    const strides = stridesOf(x.shape)
    const shape = axes.map(axis => x.shape[axis])
    const moved = axes.map(axis => strides[axis])
    return stridedCopy(context, x, 0, shape, moved)
  },

  interiorPad: (x, begin, step, shape, value) => interiorPad(context, x, begin, step, shape, value),

  concat(xs, axis) {
    const total = xs.reduce((n, x) => n + x.shape[axis], 0)
    const shape = xs[0].shape.map((n, i) => (i === axis ? total : n))
    const { outer, inner } = around(shape, axis)
    const pieces = xs.map(x => ({ buffer: bufferOf(x), n: x.shape[axis] * inner }))
    const range = xs.map(x => bufferOf(x).range).reduce(union)
    return { shape, dtype: xs[0].dtype, buffer: concatRows(context, outer, pieces, range) }
  },
})

/** z[i] = x[offset + the sum of i times strides], for i in `shape`. */
function stridedCopy(
  context: Context,
  x: NDArray,
  offset: number,
  shape: Shape,
  strides: readonly number[],
): NDArray {
  const merged = mergeAxes(shape, [strides])
  const { parameters, lines, functions } = stridedIndexing(merged.sizes.length, ['x'])
  const source = `function (${['xs', 'offset', parameters].filter(Boolean).join(', ')}) {
    // z[i] = xs[offset + i x], coordinates i times strides x
    ${lines}
    return xs[offset + xAt];
  }`
  const args = [x, offset, ...stridedArguments(merged.sizes, merged.strides)]
  return context.run({ source, functions }, shape, x.dtype, args, bufferOf(x).range)
}

/** Bounds of values within either. */
const union = (a: Range, b: Range): Range => [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
