import { checkFinite, checkFlag, checkName, checkOptions, type OptionNames } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkTensor } from '../../engine/tensor.ts'
import { checkLabels, type Labels } from '../labels.ts'

/** Triplets by places in the batch: anchors, others of their class, and samples of another.  a[T] p[T] n[T] */
export interface Triplets {
  readonly a: Int32Array
  readonly p: Int32Array
  readonly n: Int32Array
}

export interface MinerOptions {
  /** Distances of x / ‖x‖. Default true. */
  normalized?: boolean
}

const MINER = { normalized: ['normalised', 'normalize'] } satisfies OptionNames<MinerOptions>

type Distance = (i: number, j: number) => number
type Found = [a: number, p: number, n: number][]

/** All triplets of a batch, by anchors.  y[N] -> a[T] p[T] n[T] */
export function allTriplets(y: Labels): Triplets {
  return listed(every(checkLabels('allTriplets', y)))
}

/**
 * For each anchor that has both, the furthest of its class and the nearest of another: Hermans 2017, arXiv:1703.07737; as
 * pytorch-metric-learning's BatchHardMiner. Of equals the first.  x[N,D] y[N] -> a[T] p[T] n[T]
 */
export async function batchHardTriplets(x: Tensor, y: Labels, options: MinerOptions = {}): Promise<Triplets> {
  const op = 'batchHardTriplets'
  checkOptions(op, options, MINER)
  const labels = checkLabels(op, y)
  const d = await distances(op, x, labels, options)
  const all = Array.from(labels, (_, i) => i)
  const found = all.flatMap((i): Found => {
    const same = all.filter(j => j !== i && labels[j] === labels[i])
    const other = all.filter(j => labels[j] !== labels[i])
    if (same.length === 0 || other.length === 0) return []
    const p = same.reduce((most, j) => (d(i, j) > d(i, most) ? j : most))
    const n = other.reduce((least, j) => (d(i, j) < d(i, least) ? j : least))
    return [[i, p, n]]
  })
  return listed(found)
}

export interface MarginTripletsOptions extends MinerOptions {
  /** > 0. Default 0.2. */
  margin?: number
  /**
   * With v = d(a,n) - d(a,p): `violating`, the default, v <= margin; of these `hard` v <= 0 and `semihard` v > 0; `easy` all others.
   */
  kind?: 'violating' | 'hard' | 'semihard' | 'easy'
}

const MARGIN = {
  ...MINER,
  margin: true,
  kind: ['typeOfTriplets', 'type'],
} satisfies OptionNames<MarginTripletsOptions>

/**
 * Triplets by how far the other class is beyond the own: semi-hard ones are those of Schroff 2015, arXiv:1503.03832; as
 * pytorch-metric-learning's TripletMarginMiner, whose `all` is `violating` here.  x[N,D] y[N] -> a[T] p[T] n[T]
 */
export async function marginTriplets(
  x: Tensor,
  y: Labels,
  options: MarginTripletsOptions = {},
): Promise<Triplets> {
  const op = 'marginTriplets'
  checkOptions(op, options, MARGIN)
  const { margin = 0.2, kind = 'violating' } = options
  checkFinite(op, 'margin', margin)
  checkName(op, 'kind', kind, ['violating', 'hard', 'semihard', 'easy'])
  const labels = checkLabels(op, y)
  const d = await distances(op, x, labels, options)
  const taken = {
    violating: (v: number) => v <= margin,
    hard: (v: number) => v <= 0,
    semihard: (v: number) => v > 0 && v <= margin,
    easy: (v: number) => v > margin,
  }[kind]
  return listed(every(labels).filter(([a, p, n]) => taken(d(a, n) - d(a, p))))
}

function every(y: Int32Array): Found {
  const all = Array.from(y, (_, i) => i)
  return all.flatMap(a =>
    all
      .filter(p => p !== a && y[p] === y[a])
      .flatMap(p => all.filter(n => y[n] !== y[a]).map((n): Found[number] => [a, p, n])),
  )
}

const listed = (found: Found): Triplets => {
  const column = (k: 0 | 1 | 2): Int32Array => Int32Array.from(found, one => one[k])
  return { a: column(0), p: column(1), n: column(2) }
}

/** ‖x_i - x_j‖, by differences in float64. */
async function distances(
  op: string,
  x: Tensor,
  y: Int32Array,
  { normalized = true }: MinerOptions,
): Promise<Distance> {
  checkTensor(op, 'x', x)
  checkFlag(op, 'normalized', normalized)
  if (x.rank !== 2) throw new Error(`${op}: x[N,D] expected, got shape [${x.shape}]`)
  const [n, dim] = x.shape
  if (y.length !== n) throw new Error(`${op}: ${n} labels expected, got ${y.length}`)
  const values = Float64Array.from(await x.data())
  const odd = values.findIndex(v => !Number.isFinite(v))
  if (odd >= 0) {
    throw new Error(
      `${op}: finite embeddings expected, got ${values[odd]} for sample ${Math.floor(odd / dim)}`,
    )
  }
  const rows = Array.from({ length: n }, (_, i) => values.subarray(i * dim, (i + 1) * dim))
  if (normalized) {
    for (const row of rows) {
      const length = Math.hypot(...row)
      if (length > 0) row.set(row.map(v => v / length))
    }
  }
  return (i, j) => Math.sqrt(rows[i].reduce((total, v, k) => total + (v - rows[j][k]) ** 2, 0))
}
