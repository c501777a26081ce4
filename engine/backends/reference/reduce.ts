import { type Shape, stridesOf } from '../../shape.ts'
import type { Backend, Reduction, TypedArray } from '../backend.ts'
import { around, rowStarts } from '../layout.ts'
import { topPlaces } from '../topPlaces.ts'
import { allocate, valuesOf } from './storage.ts'

/** Each folds `n` values into one; sums in float64 and in order. */
const FOLD: Readonly<Record<Reduction, (line: Float64Array) => number>> = {
  sum(line) {
    let total = 0
    for (const x of line) total += x
    return total
  },
  max(line) {
    let best = -Infinity
    for (const x of line) best = Math.max(best, x)
    return best
  },
  min(line) {
    let best = Infinity
    for (const x of line) best = Math.min(best, x)
    return best
  },
  norm(line) {
    let largest = 0
    for (const x of line) largest = Math.max(largest, Math.abs(x))
    if (largest === 0 || !Number.isFinite(largest)) return largest
    let total = 0
    for (const x of line) total += (x / largest) ** 2
    return largest * Math.sqrt(total)
  },
  // log1p of all but the largest term: a result near 0, such as a small cross-entropy, keeps its digits.
  logSumExp(line) {
    const largest = FOLD.max(line)
    if (!Number.isFinite(largest)) return largest
    const at = line.indexOf(largest)
    let others = 0
    for (let i = 0; i < line.length; i++) if (i !== at) others += Math.exp(line[i] - largest)
    return largest + Math.log1p(others)
  },
}

export const reduction = {
  reduce(f, x, axes, shape) {
    const { values: z, array } = allocate(shape, x.dtype)
    const xs = valuesOf(x)
    const fold = FOLD[f]
    const kept = x.shape.map((_, i) => i).filter(i => !axes.includes(i))
    const [starts, places] = [offsets(x.shape, kept), offsets(x.shape, axes)]
    const line = new Float64Array(places.length)
    for (let o = 0; o < z.length; o++) {
      const start = starts[o]
      for (let i = 0; i < line.length; i++) line[i] = xs[start + places[i]]
      z[o] = fold(line)
    }
    return array
  },

  argmax(x, axis, shape) {
    const { outer, n, inner } = around(x.shape, axis)
    const { values: z, array } = allocate(shape, 'int32')
    const xs = valuesOf(x)
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) z[o * inner + i] = largestAlong(xs, o * n * inner + i, n, inner)
    }
    return array
  },

  topk(x, k, axis, largest) {
    const { outer, n, inner } = around(x.shape, axis)
    const { values: z, array } = allocate(x.shape.with(axis, k), 'int32')
    const xs = valuesOf(x)
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < inner; j++) {
        const line = { start: o * n * inner + j, stride: inner, n }
        topPlaces(xs, line, k, largest, z, o * k * inner + j)
      }
    }
    return array
  },
} satisfies Partial<Backend>

/** The first of the largest; a NaN, the first, is larger than all. */
function largestAlong(xs: TypedArray, start: number, n: number, stride: number): number {
  let best = 0
  for (let j = 1; j < n; j++) {
    const x = xs[start + best * stride]
    if (Number.isNaN(x)) break
    if (!(xs[start + j * stride] <= x)) best = j
  }
  return best
}

/** Where each element lies that differs from the first along these axes only, in row-major order. */
function offsets(shape: Shape, axes: readonly number[]): Int32Array {
  const strides = stridesOf(shape)
  return rowStarts([...axes.map(i => shape[i]), 1], [...axes.map(i => strides[i]), 0])
}
