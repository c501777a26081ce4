/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[]

/**
 * F(m, r): m positions of a correlation with r taps by n = m + r - 1 multiplications, where its definition has m r.
 *
 *   z = A ((G w) * (B x)),  z[i] = sum over k of x[i + k] w[k],  x[n] w[r] -> z[m],  B[n,n] G[n,r] A[m,n]
 *
 * Winograd, Arithmetic Complexity of Computations (1980); for nets Lavin & Gray, Fast Algorithms for Convolutional Neural
 * Networks (2016), arXiv:1509.09308. Rounding errors are small against the largest x of a tile, not against each.
 */
export interface Minimal {
  readonly A: Matrix
  readonly B: Matrix
  readonly G: Matrix
}

/**
 * Where polynomials are taken, beside infinity. Few digits and powers near 1 keep rounding errors small. For six points the
 * errors of float32, over 64 channels of random values of one size (standard deviation, relative to that of the results;
 * one sum of all products: 4.5e-7):
 *
 * | points                  | F(4, 3) x F(4, 3) | F(2, 5) x F(2, 5) |
 * |-------------------------|-------------------|-------------------|
 * | 0, 1, -1, 2, -2         | 18.0e-7           | 17.6e-7           |
 * | 0, 1, -1, 1/2, -1/2     | 18.6e-7           | 20.5e-7           |
 * | 0, 1, -1, 1/2, -2       | 11.3e-7           | 12.7e-7           |
 * | 0, 3/4, -3/4, 3/2, -3/2 | 8.6e-7            | 8.8e-7            |
 * | 0, 5/8, -5/8, 3/2, -3/2 | 7.7e-7            | 8.2e-7            |
 *
 * A and B hold the last ones' powers and products without rounding, and points of opposite sign share half of their
 * transforms. F(2, 3) x F(2, 3), of 0, 1 and -1: 2.5e-7.
 */
const SIX = [0, 5 / 8, -5 / 8, 3 / 2, -3 / 2]
const FEWER = [0, 1, -1, 1 / 2]

/**
 * Toom's and Cook's algorithm: a correlation is the transpose of a product of polynomials, and that is known by its values
 * at n points, a value at infinity being the highest coefficient. Throws when these are more than six.
 */
export function minimal(m: number, r: number): Minimal {
  const n = m + r - 1
  if (n > SIX.length + 1) throw new Error(`minimal: m + r at most ${SIX.length + 2}, got ${m} and ${r}`)
  const points = n === 6 ? SIX : FEWER.slice(0, n - 1)
  const others = points.map(a => points.filter(b => b !== a))
  return {
    A: upTo(m).map(i => [...points.map(a => a ** i), last(i, m)]),
    // Lagrange's polynomials, their denominators with the weights.
    B: [...others, points].map(roots => upTo(n).map(k => coefficients(roots)[k] ?? 0)),
    G: [
      ...points.map((a, j) => upTo(r).map(k => a ** k / others[j].reduce((d, b) => d * (a - b), 1))),
      upTo(r).map(k => last(k, r)),
    ],
  }
}

/** Of the product of x - a, the constant first. */
const coefficients = (roots: readonly number[]): number[] =>
  roots.reduce<number[]>((p, a) => upTo(p.length + 1).map(k => (p[k - 1] ?? 0) - a * (p[k] ?? 0)), [1])

const last = (i: number, count: number): number => (i === count - 1 ? 1 : 0)

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
