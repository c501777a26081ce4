import { type Shape, stridesOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { around } from '../layout.ts'
import type { Range } from './cell.ts'
import { type Core, cellOf } from './core.ts'
import { interiorPad } from './interiorPad.ts'
import { join } from './join.ts'
import { numbers, walk } from './walk.ts'

type Kernels = Pick<Backend, 'slice' | 'interiorPad' | 'permute' | 'concat'>

/** What only moves: values keep their bounds. */
export const movement = (core: Core): Kernels => ({
  slice(x, begin, step, shape) {
    const strides = stridesOf(x.shape)
    const offset = begin.reduce((sum, b, i) => sum + b * strides[i], 0)
    const apart = strides.map((s, i) => s * step[i])
    return strided(core, x, offset, shape, apart)
  },

  permute(x, axes) {
    const strides = stridesOf(x.shape)
    const shape = axes.map(axis => x.shape[axis])
    const moved = axes.map(axis => strides[axis])
    return strided(core, x, 0, shape, moved)
  },

  interiorPad: (x, begin, step, shape, value) => interiorPad(core, x, begin, step, shape, value),

  concat(xs, axis) {
    const total = xs.reduce((n, x) => n + x.shape[axis], 0)
    const shape = xs[0].shape.map((n, i) => (i === axis ? total : n))
    const { outer, inner } = around(shape, axis)
    const parts = xs.map(x => ({ cell: cellOf(x), n: x.shape[axis] * inner }))
    const range = xs.map(x => cellOf(x).range).reduce(union)
    return core.array(join(core, outer, parts, range), shape, xs[0].dtype)
  },
})

/** z[i] = x[offset + the sum of i times strides], for i in `shape`. */
function strided(core: Core, x: NDArray, offset: number, shape: Shape, strides: readonly number[]): NDArray {
  const runs = runsOf(shape, strides)
  const { parameters, lines, functions } = walk(runs.sizes.length, ['x'])
  const source = `function (${['xs', 'offset', parameters].filter(Boolean).join(', ')}) {
    // z[i] = xs[offset + i x], coordinates i times strides x
    ${lines}
    return xs[offset + xAt];
  }`
  const args = [x, offset, ...numbers(runs.sizes, [runs.strides])]
  return core.run({ source, functions }, shape, x.dtype, args, cellOf(x).range)
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
