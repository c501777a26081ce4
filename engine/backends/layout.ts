import { type Shape, sizeOf, stridesOf } from '../shape.ts'

/** Strides with which to read `from` as if it had been broadcast to `to`: 0 where it stretches. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from)
  const extra = to.length - from.length
  return to.map((_, i) => (i < extra || from[i - extra] === 1 ? 0 : strides[i - extra]))
}

/** For each row (the last axis) of `shape`, in order, where it starts when axes lie `strides` apart. */
export function rowStarts(shape: Shape, strides: readonly number[], base = 0): Int32Array {
  let starts = Int32Array.of(base)
  for (let axis = 0; axis < shape.length - 1; axis++) {
    const [n, stride] = [shape[axis], strides[axis]]
    const next = new Int32Array(starts.length * n)
    for (let i = 0; i < starts.length; i++)
      for (let j = 0; j < n; j++) next[i * n + j] = starts[i] + j * stride
    starts = next
  }
  return starts
}

/** Operands that broadcast to a shape, as rows of n elements: operand k's r-th starts at starts[k][r], in steps[k]. */
export interface Rows {
  readonly n: number
  readonly count: number
  readonly starts: readonly Int32Array[]
  readonly steps: readonly number[]
}

/** Rows as long as they get. */
export function rowsOf(shape: Shape, operands: readonly Shape[]): Rows {
  const { sizes, strides } = collapse(shape, operands)
  const n = sizes.at(-1) ?? 1
  return {
    n,
    count: n === 0 ? 0 : sizeOf(shape) / n,
    starts: strides.map(s => rowStarts(sizes, s)),
    steps: strides.map(s => s.at(-1) ?? 0),
  }
}

interface Axes {
  readonly sizes: readonly number[]
  readonly strides: readonly (readonly number[])[]
}

/** `shape` with as few axes as possible, and along them the strides of operands that broadcast to it. */
export const collapse = (shape: Shape, operands: readonly Shape[]): Axes =>
  mergeAxes(
    shape,
    operands.map(operand => broadcastStrides(operand, shape)),
  )

/** As few axes as possible: those of size 1 go, and neighbours are one where every operand runs on from one to the other. */
export function mergeAxes(shape: Shape, operands: readonly (readonly number[])[]): Axes {
  const kept = shape.flatMap((n, i) => (n === 1 ? [] : [i]))
  const sizes = kept.map(i => shape[i])
  const strides = operands.map(all => kept.map(i => all[i]))
  for (let i = sizes.length - 2; i >= 0; i--) {
    if (!strides.every(s => s[i] === s[i + 1] * sizes[i + 1])) continue
    sizes.splice(i, 2, sizes[i] * sizes[i + 1])
    for (const s of strides) s.splice(i, 1)
  }
  return { sizes, strides }
}

/** `shape` as three sizes: what lies before the axis, the axis, and what lies behind it. */
export function around(shape: Shape, axis: number): { outer: number; n: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), n: shape[axis], inner: sizeOf(shape.slice(axis + 1)) }
}
