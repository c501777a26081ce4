import { type Generator, matmul, randn, type Tensor, tensor } from '../../engine/index.ts'

export const float64 = { dtype: 'float64' } as const

export const rowsOf = (x: Tensor): number[][] => x.toArray()

export const cosine = (a: number[], b: number[]): number =>
  a.reduce((t, v, k) => t + v * b[k], 0) / Math.hypot(...a) / Math.hypot(...b)

/** The rows of x in another order. */
export const reordered = (x: Tensor, order: ArrayLike<number>): Tensor =>
  tensor(
    Array.from(order, i => rowsOf(x)[i]),
    { dtype: x.dtype },
  )

/** A random rotation of d-space: a product of plane rotations, one for each pair of axes. */
export function rotation(d: number, rng: Generator): Tensor {
  const q = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => Number(i === j)))
  for (let a = 0; a < d; a++) {
    for (let b = 0; b < a; b++) {
      const angle = rng.uniform(0, 2 * Math.PI)
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      for (const row of q) [row[a], row[b]] = [c * row[a] - s * row[b], s * row[a] + c * row[b]]
    }
  }
  return tensor(q, float64)
}

export const rotated = (x: Tensor, q: Tensor): Tensor => matmul(x, q)

/** Directions in the plane, at angles in degrees. */
export const at = (...degrees: number[]): Tensor =>
  tensor(
    degrees.map(a => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]),
    float64,
  )

/** Axes of the plane, of either sign and any length: their similarities are 0, 1 and -1, and equal ones abound. */
export const axes = (n: number, rng: Generator): Tensor =>
  tensor(
    Array.from({ length: n }, () => {
      const length = 2 ** rng.integer(-3, 3)
      return [
        [length, 0],
        [0, length],
        [-length, 0],
      ][rng.integer(0, 2)]
    }),
    float64,
  )

export const labels = (n: number, low: number, high: number, rng: Generator): number[] =>
  Array.from({ length: n }, () => rng.integer(low, high))

export const gaussian = (n: number, d: number, rng: Generator): Tensor => randn([n, d], rng, float64)
