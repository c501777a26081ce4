/** Coefficients of PPND7, from the constant up: numerator and denominator, with 1 first. */
const CENTRAL = [
  [3.3871327179, 50.434271938, 159.29113202, 59.10937472],
  [1, 17.895169469, 78.757757664, 67.1875636],
] as const
const TAIL = [
  [1.4234372777, 2.75681539, 1.3067284816, 0.17023821103],
  [1, 0.7370016425, 0.12021132975],
] as const
const FAR_TAIL = [
  [6.657905115, 3.081226386, 0.42868294337, 0.017337203997],
  [1, 0.24197894225, 0.012258202635],
] as const

const polynomial = (x: number, terms: readonly number[]): number =>
  terms.reduceRight((sum, c) => sum * x + c, 0)

const ratio = (x: number, [above, below]: readonly (readonly number[])[]): number =>
  polynomial(x, above) / polynomial(x, below)

/**
 * Φ^-1(p), the quantile of the normal distribution, to about 1e-7: -Infinity for 0 and Infinity for 1.
 * Source: Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), PPND7.
 */
export function probit(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) return q * ratio(0.180625 - q * q, CENTRAL)
  const tail = Math.min(p, 1 - p)
  if (tail <= 0) return q < 0 ? -Infinity : Infinity
  const r = Math.sqrt(-Math.log(tail))
  const size = r <= 5 ? ratio(r - 1.6, TAIL) : ratio(r - 5, FAR_TAIL)
  return q < 0 ? -size : size
}
