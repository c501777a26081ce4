export const convert = (x: number): number => x

/** To the nearest integer, ties to the even one; keeps the sign of 0. */
export function nearest(x: number): number {
  // Adding 2^52 leaves no bit for a fraction, so the addition rounds.
  const whole = 2 ** 52
  if (!(Math.abs(x) < whole)) return x
  const size = Math.abs(x) + whole - whole
  return x < 0 || Object.is(x, -0) ? -size : size
}

/** Towards 0 into the range of int32; NaN is 0. */
export function saturate(x: number): number {
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, -(2 ** 31)), 2 ** 31 - 1))
}
