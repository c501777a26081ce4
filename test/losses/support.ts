import fc from 'fast-check'
import { type Generator, generator, Tensor, tensor, uniform } from '../../engine/index.ts'
import { LOSSES, type Loss, type LossRow } from '../../losses/index.ts'

export const MARGINS = LOSSES.filter(row => row.name !== 'centerLoss')
/** Those that a psi and a scale make, and softmax cross-entropy. */
export const OF_PSI = MARGINS.filter(
  ({ defaultMargin: m }) => !(m?.others || m?.binary || m?.penalty || m?.memory || m?.counted),
)
export const LEARNED = MARGINS.filter(row => row.prototypes === 'learned')
export const CENTERS = MARGINS.filter(row => row.prototypes === 'classCenters')
export const named = (rows: readonly LossRow[]): [string, LossRow][] => rows.map(row => [row.name, row])

/** A generator of chance for a property: fast-check draws, and reports, the seed. */
export const seeds = fc.integer({ min: 0, max: 1e6 })

export const f64 = (values: readonly number[], shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(values), { shape })

export const draw = (rng: Generator, shape: readonly number[]): Tensor =>
  uniform(shape, rng, { low: -2, high: 2, dtype: 'float64' })

export interface Case {
  rng: Generator
  classes: number
  dim: number
  n: number
  x: Tensor
  W: Tensor
  y: number[]
}

/** Random embeddings, prototypes and labels in float64; two classes and two dimensions at least. */
export function drawCase(seed: number): Case {
  const rng = generator(seed)
  const [classes, dim, n] = [rng.integer(2, 6), rng.integer(2, 5), rng.integer(1, 8)]
  const y = Array.from({ length: n }, () => rng.integer(0, classes - 1))
  return { rng, classes, dim, n, y, x: draw(rng, [n, dim]), W: draw(rng, [classes, dim]) }
}

const OF_MARGINS = ['s', 'm', 'm1', 'm2', 'm3', 'beyondPi']

/** Without the options of other margins. */
function ofRow(row: LossRow, options: object): object {
  const seamed = ['arcFace', 'combinedMargin'].includes(row.margin)
  const own = {
    ...row.defaults,
    ...(row.margin === 'sphereFace' && { s: 1 }),
    ...(seamed && { beyondPi: '' }),
  }
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => !OF_MARGINS.includes(name) || name in own),
  )
}

/** A loss of the row, in float64, with W (or the centres) set; of the margins' options those that it has. */
export function lossWith(row: LossRow, W: Tensor, options: object = {}): Loss {
  const [classes, dim] = W.shape
  const loss = row.create({ classes, dim, dtype: W.dtype as 'float64', ...ofRow(row, options) })
  const { tensors, values } = loss.state()
  const set = Object.fromEntries(
    Object.entries(tensors).map(([name, t]) => [name, /^(W|centers)/.test(name) ? W : t]),
  )
  loss.load({ tensors: set, values })
  return loss
}

export const values = (t: Tensor): number[] => [...t.dataSync()]

/** The largest |a - b| relative to 1 + |b|. */
export function farthest(a: Tensor | readonly number[], b: Tensor | readonly number[]): number {
  const [p, q] = [a, b].map(v => (v instanceof Tensor ? values(v) : v))
  if (p.length !== q.length) return Infinity
  return Math.max(
    0,
    ...p.map((v, i) => (Number.isNaN(v) ? Infinity : Math.abs(v - q[i]) / (1 + Math.abs(q[i])))),
  )
}

export const finite = (t: Tensor): boolean => values(t).every(Number.isFinite)

/** Rows to or from nested arrays. */
export const rowsOf = (t: Tensor): number[][] => t.toArray()
export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((s, v, i) => s + v * b[i], 0)
export const length = (a: readonly number[]): number => Math.sqrt(dot(a, a))
export const unit = (a: readonly number[]): number[] => a.map(v => v / length(a))

/** An orthogonal matrix [D,D], by Gram and Schmidt. */
export function rotation(rng: Generator, dim: number): Tensor {
  const basis: number[][] = []
  while (basis.length < dim) {
    let v = Array.from({ length: dim }, () => rng.normal())
    for (const b of basis) v = v.map((e, i) => e - dot(v, b) * b[i])
    if (length(v) > 0.1) basis.push(unit(v))
  }
  // A second pass takes out what rounding left of the first.
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j < i; j++) {
      const overlap = dot(basis[i], basis[j])
      basis[i] = unit(basis[i].map((e, k) => e - overlap * basis[j][k]))
    }
  }
  return f64(basis.flat(), [dim, dim])
}
