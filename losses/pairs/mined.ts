import { checkFlag, type OptionNames } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkTensor } from '../../engine/tensor.ts'

/** Triplets by places in the batch: anchors, others of their class, and samples of another.  a[T] p[T] n[T] */
export interface Triplets {
  readonly a: Int32Array
  readonly p: Int32Array
  readonly n: Int32Array
}

/** Pairs by places in the batch: anchors with others of their class, and anchors with samples of another.  a1[P] p[P] a2[Q] n[Q] */
export interface MinedPairs {
  readonly a1: Int32Array
  readonly p: Int32Array
  readonly a2: Int32Array
  readonly n: Int32Array
}

/** Throws unless each anchor of `MinedPairs` has its other. */
export function checkEqualLengths(op: string, ...[a1, p, a2, n]: readonly Int32Array[]): void {
  if (p.length === a1.length && n.length === a2.length) return
  throw new Error(
    `${op}: as many a1 as p and a2 as n expected, got ${a1.length} and ${p.length}, ${a2.length} and ${n.length}`,
  )
}

export interface MinerOptions {
  /** Distances of x / ‖x‖. Default true. */
  normalized?: boolean
}

export const MINER = { normalized: ['normalised', 'normalize'] } satisfies OptionNames<MinerOptions>

export type Found = [a: number, p: number, n: number][]

export const listed = (found: Found): Triplets => {
  const column = (k: 0 | 1 | 2): Int32Array => Int32Array.from(found, one => one[k])
  return { a: column(0), p: column(1), n: column(2) }
}

/** The places of the others of its class, and of those of another, for each sample. */
export function partnersOf(y: Int32Array): { same: number[]; other: number[] }[] {
  const all = Array.from(y, (_, i) => i)
  return all.map(i => ({
    same: all.filter(j => j !== i && y[j] === y[i]),
    other: all.filter(j => y[j] !== y[i]),
  }))
}

/** What a miner compares, in float64. */
export interface Compared {
  readonly dim: number
  /** ‖x_i - x_j‖, by differences. */
  distance(i: number, j: number): number
  /** <x_i, x_j> */
  product(i: number, j: number): number
}

/** Throws unless x is [N,D] of finite numbers, and has N labels. */
export async function compared(
  op: string,
  x: Tensor,
  y: Int32Array,
  { normalized = true }: MinerOptions,
): Promise<Compared> {
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
  return {
    dim,
    distance: (i, j) => Math.sqrt(rows[i].reduce((total, v, k) => total + (v - rows[j][k]) ** 2, 0)),
    product: (i, j) => rows[i].reduce((total, v, k) => total + v * rows[j][k], 0),
  }
}
