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
 * transforms. F(2, 3) x F(2, 3), of 0, 1 and -1: 2.5e-7. By the weights of F(4, 3), F(3, 3) has 8.2e-7 and F(2, 3) 5.1e-7.
 */
const SIX = [0, 5 / 8, -5 / 8, 3 / 2, -3 / 2]
const FEWER = [0, 1, -1, 1 / 2]

/**
 * Toom's and Cook's algorithm: a correlation is the transpose of a product of polynomials, and that is known by its values
 * at n points, a value at infinity being the highest coefficient. Throws when these are more than six.
 *
 * With `whole`, F(m, r) by the weights of F(whole, r): at the first of its points and infinity. A and B have zeros for the
 * others, and B makes up for what their denominators have of them.  A[m,N] B[N,n] G[N,r], N = whole + r - 1
 */
export function minimal(m: number, r: number, whole: number = m): Minimal {
  const [n, N] = [m + r - 1, whole + r - 1]
  if (N > SIX.length + 1) throw new Error(`minimal: m + r at most ${SIX.length + 2}, got ${whole} and ${r}`)
  const points = N === 6 ? SIX : FEWER.slice(0, N - 1)
  const [taken, left] = [points.slice(0, n - 1), points.slice(n - 1)]
  const others = (a: number): number[] => points.filter(b => b !== a)
  const product = (a: number, roots: readonly number[]): number => roots.reduce((d, b) => d * (a - b), 1)
  return {
    A: upTo(m).map(i => [...taken.map(a => a ** i), ...left.map(() => 0), last(i, m)]),
    // Lagrange's polynomials, their denominators with the weights.
    B: [
      ...taken.map(a =>
        lagrange(
          taken.filter(b => b !== a),
          n,
        ).map(c => c * product(a, left)),
      ),
      ...left.map(() => upTo(n).map(() => 0)),
      lagrange(taken, n),
    ],
    G: [...points.map(a => upTo(r).map(k => a ** k / product(a, others(a)))), upTo(r).map(k => last(k, r))],
  }
}

/** Coefficients of the polynomial with these roots, and zeros: n of them. */
const lagrange = (roots: readonly number[], n: number): number[] =>
  upTo(n).map(k => coefficients(roots)[k] ?? 0)

/** Of the product of x - a, the constant first. */
const coefficients = (roots: readonly number[]): number[] =>
  roots.reduce<number[]>((p, a) => upTo(p.length + 1).map(k => (p[k - 1] ?? 0) - a * (p[k] ?? 0)), [1])

const last = (i: number, count: number): number => (i === count - 1 ? 1 : 0)

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
