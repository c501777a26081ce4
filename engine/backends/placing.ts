import type { Scatter, TypedArray } from './backend.ts'

/** What becomes of an element and one that is sent to it. */
export const SCATTER: Readonly<Record<Scatter, (z: number, x: number) => number>> = {
  set: (_, x) => x,
  mul: (z, x) => z * x,
  max: Math.max,
  min: Math.min,
}

/** z[i] = the place of index[i, 0..K-1] in an array of K sizes. Throws on an index that is not in -n..n-1. */
export function ravel(op: string, index: TypedArray, sizes: readonly number[], z: TypedArray): void {
  const k = sizes.length
  for (let i = 0; i < z.length; i++) {
    let place = 0
    for (let axis = 0; axis < k; axis++) {
      const n = sizes[axis]
      const pick = index[i * k + axis]
      if (!(pick >= -n && pick < n)) throw outside(op, pick, n)
      place = place * n + (pick < 0 ? pick + n : pick)
    }
    z[i] = place
  }
}

export const outside = (op: string, pick: number, n: number): Error =>
  new Error(`${op}: an index from ${-n} to ${n - 1} expected, got ${pick}`)
