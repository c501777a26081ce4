import { refusal } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkFiniteValues, checkMatrix } from './matrices.ts'

/**
 * angle(a_j, b_j) = 2 atan2(‖a' - b'‖, ‖a' + b'‖) in radians, a' and b' the normalised rows: the angle between
 * row j of a and row j of b, such as a class's prototype and its centre. (Kahan 2006, "How futile are mindless
 * assessments of roundoff", section 12: unlike arccos it is exact to rounding at 0 and pi too.)
 * a[C,D] b[C,D] -> C angles in 0..pi; NaN where a row is 0 and has no direction. Throws on numbers that are not finite.
 */
export async function anglesBetween(a: Tensor, b: Tensor): Promise<Float64Array> {
  checkMatrix('anglesBetween', 'a[C,D]', a)
  checkMatrix('anglesBetween', 'b[C,D]', b)
  if (a.shape[0] !== b.shape[0] || a.shape[1] !== b.shape[1]) {
    throw new Error(`anglesBetween: a[C,D] b[C,D]: shapes [${a.shape}] and [${b.shape}]`)
  }
  const [classes, d] = a.shape
  const [u, v] = [await a.data(), await b.data()]
  checkFiniteValues('anglesBetween', 'a[C,D]', a, u)
  checkFiniteValues('anglesBetween', 'b[C,D]', b, v)
  return Float64Array.from({ length: classes }, (_, j) => {
    const p = unit(u.subarray(j * d, (j + 1) * d))
    const q = unit(v.subarray(j * d, (j + 1) * d))
    return 2 * Math.atan2(Math.hypot(...p.map((x, k) => x - q[k])), Math.hypot(...p.map((x, k) => x + q[k])))
  })
}

/** x / ‖x‖; NaN for 0. */
function unit(x: ArrayLike<number>): number[] {
  const largest = Array.from(x).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  // By a power of two, which rounds nothing, to where a length is neither infinite nor short of digits.
  const scale = largest > 2 ** 500 ? 2 ** -600 : largest < 2 ** -500 ? 2 ** 600 : 1
  const values = Array.from(x, value => value * scale)
  const length = Math.hypot(...values)
  return values.map(value => value / length)
}

/** 180 / pi radians. NaN, the angle of what has no direction, stays NaN. Throws on what is no number or infinite. */
export function degrees(radians: number): number {
  if (Number.isFinite(radians) || Number.isNaN(radians)) return (radians * 180) / Math.PI
  throw refusal('degrees', 'a finite number', radians)
}
