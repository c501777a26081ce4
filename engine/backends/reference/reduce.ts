import { sizeOf } from '../../shape.ts'
import type { Backend, Reduction, TypedArray } from '../backend.ts'
import { around, broadcastStrides, rowStarts } from './layout.ts'
import { allocate, valuesOf } from './storage.ts'

type Kernels = Pick<Backend, 'reduce' | 'argmax'>

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

export const reduction: Kernels = {
  reduce(f, x, axes) {
    const shape = x.shape.map((n, i) => (axes.includes(i) ? 1 : n))
    const { values: z, array } = allocate(shape, x.dtype)
    const xs = valuesOf(x)
    const fold = FOLD[f]
    const lines = linesByOutput(x.shape, shape, z.length)
    const n = z.length === 0 ? 0 : sizeOf(x.shape) / z.length
    const line = new Float64Array(n)
    for (let o = 0; o < z.length; o++) {
      for (let i = 0; i < n; i++) line[i] = xs[lines[o * n + i]]
      z[o] = fold(line)
    }
    return array
  },

  argmax(x, axis) {
    const { outer, n, inner } = around(x.shape, axis)
    const { values: z, array } = allocate(
      x.shape.filter((_, i) => i !== axis),
      'int32',
    )
    const xs = valuesOf(x)
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) z[o * inner + i] = largestAlong(xs, o * n * inner + i, n, inner)
    }
    return array
  },
}

function largestAlong(xs: TypedArray, start: number, n: number, stride: number): number {
  let best = 0
  for (let j = 1; j < n; j++) if (xs[start + j * stride] > xs[start + best * stride]) best = j
  return best
}

/** The places of x that go into each output, output by output, each in the order of x. */
function linesByOutput(shape: readonly number[], reduced: readonly number[], outputs: number): Int32Array {
  const size = sizeOf(shape)
  const lines = new Int32Array(size)
  const n = outputs === 0 ? 0 : size / outputs
  const filled = new Int32Array(outputs)
  const strides = broadcastStrides(reduced, shape)
  const starts = rowStarts(shape, strides)
  const width = shape.at(-1) ?? 1
  const step = strides.at(-1) ?? 0
  for (let i = 0; i < size; i++) {
    const o = starts[Math.floor(i / width)] + (i % width) * step
    lines[o * n + filled[o]++] = i
  }
  return lines
}
