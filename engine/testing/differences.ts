/**
 * The step of the differences. Their error is h^4 |F^(5)| / 30 from the series that is cut off, and about
 * 2 eps |F| / h from the rounding of F, eps = 2.2e-16. For an F that changes over distances of L the two meet near
 * h = eps^(1/5) L = 7e-4 L; L = 1/4 is how near the ops' domains come to a singularity. There both are about 1e-12,
 * and some 1e-9 of a gradient that happens to be small. A power of two, so that x + h v is exact for dyadic x and v.
 */
export const STEP = 2 ** -12

/**
 * dF/dt at t = 0 by central differences of fourth order, element by element:
 * (8 (F(h) - F(-h)) - (F(2h) - F(-2h))) / 12h.
 */
export function slope(F: (t: number) => Float64Array, h: number): Float64Array {
  const [a, b, c, d] = [F(h), F(-h), F(2 * h), F(-2 * h)]
  return a.map((_, i) => (8 * (a[i] - b[i]) - (c[i] - d[i])) / (12 * h))
}

/** What rounding alone may put into <u, slope(F, h)>: a few eps of each element of F, over h. */
export function rounding(value: Float64Array, u: Float64Array, h: number): number {
  return (4 * Number.EPSILON * norm(value.map((y, i) => y * u[i]))) / h
}

/**
 * Does phi look as if it had a kink or a jump within 2h of 0? For a smooth phi, halving h leaves the slope where it
 * was and halves the difference between the slopes on either side; anything else that is as large as the
 * disagreement to be explained is not smooth.
 */
export function looksNonSmooth(phi: (t: number) => number, h: number, disagreement: number): boolean {
  const central = (step: number): number => slope(t => Float64Array.of(phi(t)), step)[0]
  const sides = (step: number): number => Math.abs(phi(step) - 2 * phi(0) + phi(-step)) / step
  const large = 0.1 * disagreement
  if (Math.abs(central(h) - central(h / 2)) > large) return true
  return sides(h / 2) > large && sides(h / 2) > 0.75 * sides(h)
}

export const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0)
export const norm = (a: Float64Array): number => a.reduce((length, x) => Math.hypot(length, x), 0)

/** x + t v, in the k-th of several arrays. */
export function moved(point: readonly Float64Array[], k: number, v: Float64Array, t: number): Float64Array[] {
  return point.map((x, i) => (i === k ? x.map((xi, j) => xi + t * v[j]) : x))
}
