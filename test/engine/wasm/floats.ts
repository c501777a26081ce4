import { expect } from 'vitest'
import type { TypedArray } from '../../../engine/backends/backend.ts'

/** Half the distance between floats, relatively: what a single rounding costs. */
export const ROUNDING = 2 ** -24
const LARGEST = 2 ** 128 - 2 ** 104
/** The distance between subnormals. */
const LEAST = 2 ** -149

/** Values around which the functions change. */
export const EDGES = Float32Array.from(
  [
    ...[0, LEAST, 2 ** -126, LARGEST, Infinity, NaN, 1e-20, ROUNDING, 1 - ROUNDING, 1 + 2 * ROUNDING],
    // Where exp and its kin vanish, overflow, or round to a constant.
    ...[17.4, 87.4, 88.72, 88.73, 103.9, 104.1, 0.625],
    // Odd and even integers and halves, up to where all floats are even.
    ...[0.5, 1, 1.5, 2, 3, 2 ** 23 - 0.5, 2 ** 23 + 1, 2 ** 24, 2 ** 24 + 2],
    // Turns of a circle, and the large floats that come closest to whole quarters.
    ...[Math.PI, Math.PI / 2, 1e5, 2 ** 20, 7.72917892e28, 1.54583578e29, 1.75462316e34, 1.26145879e38],
  ].flatMap(x => [x, -x]),
)

/** Every `step`-th float by its bits from `from` on: all exponents, both signs, NaN and the infinities. */
export const sweep = (from: number, step: number): Float32Array =>
  new Float32Array(Uint32Array.from({ length: Math.floor(2 ** 32 / step) }, (_, i) => from + i * step).buffer)

/** Fails unless each actual value is within `tolerance` of the expected one, relatively; edges are the same. */
export function expectWithin(
  tolerance: number,
  actual: TypedArray,
  expected: TypedArray,
  of: (i: number) => string,
): void {
  for (let i = 0; i < expected.length; i++) {
    const [z, e] = [actual[i], expected[i]]
    // Zeros have a sign, but for what is too small for a float.
    if (Object.is(z, e) || (z === e && z !== 0)) continue
    // What is too large for a float rounds to Infinity, and what is nearly so may.
    const off = z === Math.sign(e) * Infinity ? LARGEST - Math.abs(e) : Math.abs(z - e)
    // A subnormal is rounded to a multiple of the least, twice where it is the result of an operation on another.
    const allowed = Number.isFinite(e) ? tolerance * Math.abs(e) + (tolerance > 0 ? LEAST : 0) : 0
    if (!(off <= allowed)) expect.fail(`${of(i)}: ${e} expected, got ${z}`)
  }
}
