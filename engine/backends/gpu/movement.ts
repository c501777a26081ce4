import { type Shape, stridesOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { around } from '../layout.ts'
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
    return strided(context, x, offset, shape, apart)
  },

  permute(x, axes) {
    const strides = stridesOf(x.shape)
    const shape = axes.map(axis => x.shape[axis])
    const moved = axes.map(axis => strides[axis])
    return strided(context, x, 0, shape, moved)
  },

  interiorPad: (x, begin, step, shape, value) => interiorPad(context, x, begin, step, shape, value),

  concat(xs, axis) {
    const total = xs.reduce((n, x) => n + x.shape[axis], 0)
    const shape = xs[0].shape.map((n, i) => (i === axis ? total : n))
    const { outer, inner } = around(shape, axis)
    const parts = xs.map(x => ({ buffer: bufferOf(x), n: x.shape[axis] * inner }))
    const range = xs.map(x => bufferOf(x).range).reduce(union)
    return { shape, dtype: xs[0].dtype, buffer: concatRows(context, outer, parts, range) }
  },
})

/** z[i] = x[offset + the sum of i times strides], for i in `shape`. */
function strided(
  context: Context,
  x: NDArray,
  offset: number,
  shape: Shape,
  strides: readonly number[],
): NDArray {
  const runs = runsOf(shape, strides)
  const { parameters, lines, functions } = stridedIndexing(runs.sizes.length, ['x'])
  const source = `function (${['xs', 'offset', parameters].filter(Boolean).join(', ')}) {
    // z[i] = xs[offset + i x], coordinates i times strides x
    ${lines}
    return xs[offset + xAt];
  }`
  const args = [x, offset, ...stridedArguments(runs.sizes, [runs.strides])]
  return context.run({ source, functions }, shape, x.dtype, args, bufferOf(x).range)
}

/** As few axes as possible: those of size 1 go, and neighbours are one where the outer's steps go on from the inner's. */
function runsOf(shape: Shape, strides: readonly number[]): { sizes: number[]; strides: number[] } {
  const kept = shape.flatMap((n, i) => (n === 1 ? [] : [i]))
  const runs = { sizes: kept.map(i => shape[i]), strides: kept.map(i => strides[i]) }
  for (let i = kept.length - 2; i >= 0; i--) {
    if (runs.strides[i] !== runs.strides[i + 1] * runs.sizes[i + 1]) continue
    runs.sizes.splice(i, 2, runs.sizes[i] * runs.sizes[i + 1])
    runs.strides.splice(i, 1)
  }
  return runs
}

/** Bounds of values within either. */
const union = (a: Range, b: Range): Range => [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
