import type { Backend, DType, NDArray } from '../../../engine/backends/backend.ts'
import type { Generator, Shape } from '../../../engine/index.ts'
import { sizeOf } from '../../../engine/shape.ts'

/** An array to be, its floats representable in float32. */
export interface Input {
  readonly shape: Shape
  readonly dtype: 'float32' | 'int32'
  readonly values: Float64Array
}

/** One call of a backend's kernel. */
export interface Drawn {
  readonly inputs: readonly Input[]
  /** Where results along two axes are computed together, `places` at a time: an error is as large as that of any of them. */
  readonly together?: { readonly axes: readonly number[]; readonly places: number }
  run(k: Backend, xs: readonly NDArray[]): NDArray
}

/** Random calls of one kernel of the backends. */
export interface Call {
  /** The kernel, and which of its kinds. */
  readonly name: string
  readonly kernel: keyof Backend
  /** The row of the op table whose exceptions hold; default `kernel`. */
  readonly op?: string
  /**
   * The inputs whose rounding reaches the result: all floats, unless said. None where the result is one of the
   * inputs' values, or the one float next to the true result: it is exact.
   */
  readonly rounded?: readonly number[]
  /** How far it may be off, relative to what goes in, where that is more than of other kernels, and why. */
  readonly tolerance?: number
  /** How many cases tests draw, where one takes so long that a few must do. */
  readonly cases?: number
  draw(rng: Generator): Drawn
}

/** A call's inputs on a backend, floats as `dtype`. */
export const upload = (k: Backend, { inputs }: Drawn, dtype: DType = 'float32'): NDArray[] =>
  inputs.map(x => k.upload(x.values, x.shape, x.dtype === 'int32' ? 'int32' : dtype))

/** Gives arrays back; each is held once. */
export const free = (k: Backend, arrays: readonly NDArray[]): void => {
  for (const { buffer } of arrays) k.free(buffer)
}

/** The values that a call gives, its shape and dtype; nothing of it stays on the backend. */
export function perform(k: Backend, drawn: Drawn, dtype: DType = 'float32') {
  const xs = upload(k, drawn, dtype)
  const z = drawn.run(k, xs)
  const values = k.readSync(z)
  free(k, [...xs, z])
  return { values, shape: z.shape, dtype: z.dtype }
}

/** Sizes at which vectors, tiles and blocks begin, end, or are left over. */
const SIZES = [0, 1, 1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 19, 31, 32, 33, 40, 63, 64, 65]

export const size = (rng: Generator, most = 65): number => {
  const allowed = SIZES.filter(n => n <= most)
  return allowed[rng.integer(0, allowed.length - 1)]
}

/** A shape of at most `most` elements; sizes of 0 are rare, since little is to be seen in them. */
export function shape(rng: Generator, { minRank = 0, maxRank = 4, most = 1500 } = {}): number[] {
  const rank = rng.integer(minRank, maxRank)
  const sizes: number[] = []
  for (let i = 0; i < rank; i++) {
    const n = size(rng)
    const left = most / Math.max(1, sizeOf(sizes))
    sizes.push(n === 0 && rng.uniform() < 0.7 ? 2 : n <= left ? n : 1)
  }
  // The long axis may be any.
  return Array.from(rng.permutation(rank), i => sizes[i])
}

export interface Values {
  low?: number
  high?: number
  /** Values that stand in between now and then. */
  edges?: readonly number[]
  /** Drawn from few values, so that equals meet. */
  coarse?: boolean
}

export function floats(
  rng: Generator,
  shape: Shape,
  { low = -3, high = 3, edges = [], coarse }: Values = {},
): Input {
  const rare = edges.length > 0 && rng.uniform() < 0.5 ? 0.15 : 0
  const values = Float64Array.from({ length: sizeOf(shape) }, () => {
    if (rng.uniform() < rare) return Math.fround(edges[rng.integer(0, edges.length - 1)])
    const x = rng.uniform(low, high)
    return Math.fround(coarse ? Math.round(2 * x) / 2 : x)
  })
  return { shape, dtype: 'float32', values }
}

export function ints(rng: Generator, shape: Shape, low: number, high: number): Input {
  const values = Float64Array.from({ length: sizeOf(shape) }, () => rng.integer(low, high))
  return { shape, dtype: 'int32', values }
}

/** Either kind, for kernels that only move values. */
export const either = (rng: Generator, shape: Shape): Input =>
  rng.uniform() < 0.5 ? floats(rng, shape, { edges: SPECIAL }) : ints(rng, shape, -(2 ** 31), 2 ** 31 - 1)

export const SPECIAL = [0, -0, Infinity, -Infinity, Number.NaN]
/** Beside them: subnormals, what overflows or vanishes under exp, and the ends of the range. */
export const EDGES = [...SPECIAL, 1, -1, 1e-40, -1e-40, 88.5, 88.75, -87.5, -95, -104.5, 1e4, 2e38, -2e38]

/** A shape that broadcasts to `to`. */
export function broadcasting(rng: Generator, to: Shape): number[] {
  const rank = rng.uniform() < 0.6 ? to.length : rng.integer(0, to.length)
  const kept = rng.uniform() < 0.4
  return to.slice(to.length - rank).map(n => (kept || rng.uniform() < 0.6 ? n : 1))
}
