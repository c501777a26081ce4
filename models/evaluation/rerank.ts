import { checkInteger, checkName, checkNumber, checkOptions, type OptionNames } from '../../engine/check.ts'
import type { TypedArray } from '../../engine/index.ts'
import { FlatIndex } from './flatIndex.ts'
import {
  expandedReciprocal,
  meanOfRows,
  type Neighbours,
  nearestRows,
  type SparseRow,
  transposed,
} from './reciprocal.ts'
import { cosineRows } from './similarities.ts'
import { type Embeddings, unitPair } from './unitRows.ts'

export interface RerankOptions {
  /** How many nearest neighbours of an image are its candidates. Default 20. */
  readonly k1?: number
  /** How many nearest images, itself the first of them, an image's encoding is averaged over; 1 for none. Default 6. */
  readonly k2?: number
  /** The weight of the distance as it was. Default 0.3. */
  readonly lambda?: number
  /** `squared`, d = ‖u - v‖², the default, as the authors have it; `squaredTwice`, d = ‖u - v‖⁴, as torchreid has it. */
  readonly distance?: 'squared' | 'squaredTwice'
}

const KNOWN = { k1: true, k2: true, lambda: true, distance: true } satisfies OptionNames<RerankOptions>

const withDefaults = ({ k1 = 20, k2 = 6, lambda = 0.3, distance = 'squared' }: RerankOptions) => ({
  k1,
  k2,
  lambda,
  distance,
})

/** Some rows of the distances, whole. */
export interface DistanceRows {
  /** The first row. */
  readonly start: number
  readonly rows: number
  /** d*(query_i, gallery_j) for start <= i < start + rows and every j, row-major. */
  readonly distances: Float64Array
}

/**
 * k-reciprocal re-ranking. Among all N + M rows, queries and gallery together, with d_ij = 2 - 2 cos(x_i, x_j), the
 * ‖u_i - u_j‖² of their unit vectors, and e_ij = d_ij / max_j d_ij:
 *   R(i) = {j : j is among the k1 + 1 nearest of i, and i among those of j}, an image itself among its nearest;
 *   R*(i) = R(i) and all R'(j), as R but of the floor(k1 / 2) + 1 nearest, j in R(i) with |R(i) ∩ R'(j)| > 2/3 |R'(j)|;
 *   V_ij = exp(-e_ij) / sum_k exp(-e_ik) over R*(i), and 0 elsewhere; then V_i = the mean of V over the k2 nearest of i;
 *   J_ij = 1 - s / (2 - s), s = sum_k min(V_ik, V_jk), the Jaccard distance of rows that sum to 1;
 *   d*_ij = (1 - lambda) J_ij + lambda e_ij
 * query[N,D] gallery[M,D] -> distances [rows,M] in turn, smaller for the more similar. `reid` takes the same options.
 *
 * Source: Zhong, Zheng, Cao, Li, "Re-ranking Person Re-identification with k-reciprocal Encoding", CVPR 2017
 * (arXiv:1701.08398), as its code `re_ranking.m` has it: d is squared and divided by each row's largest, V sums to 1, and more
 * than 2/3 are asked for. The authors' Python squares the Euclidean distances that it is given, for the same d; torchreid gives
 * it squared ones, so that its d is ‖u - v‖⁴, here `distance: 'squaredTwice'` (and it normalises features only when told to).
 * For k1 = 3, 7, 11, .. the Python takes one image more into R'. A row whose d are all 0 has e = 0, which is ours.
 *
 * Cost: all (N + M)² similarities once and N M of them again, in tiles of which one stands in memory at a time. Beside the
 * embeddings three times that is 12 (N + M) max(k1 + 1, k2) bytes for the rankings, and 12 bytes for each entry of V that is
 * not 0: (N + M) k2 |R*| at most.
 * Throws on k1, k2 < 1, on lambda outside 0..1, and on embeddings that are not finite.
 */
export async function* rerank(
  query: Embeddings,
  gallery: Embeddings,
  options: RerankOptions = {},
): AsyncGenerator<DistanceRows> {
  checkRerank('rerank', options)
  const { u, v, dispose } = await unitPair('rerank', ['query', query], ['gallery', gallery])
  try {
    yield* rerankedRows(u, v, options)
  } finally {
    dispose()
  }
}

/** Throws unless the options of `rerank` are right. */
export function checkRerank(op: string, options: RerankOptions): void {
  checkOptions(op, options, KNOWN)
  const { k1, k2, lambda, distance } = withDefaults(options)
  checkInteger(op, 'k1', k1, 1)
  checkInteger(op, 'k2', k2, 1)
  checkNumber(op, 'lambda', lambda, 0, 1)
  checkName(op, 'distance', distance, ['squared', 'squaredTwice'])
}

/** The same of unit rows, and of options that are right.  q[N,D] g[M,D] -> tiles of [rows,M] */
export async function* rerankedRows(
  q: FlatIndex,
  g: FlatIndex,
  options: RerankOptions,
): AsyncGenerator<DistanceRows> {
  const { k1, k2, lambda, distance } = withDefaults(options)
  const [n, m] = [q.size, g.size]
  const all = FlatIndex.over(q, g)
  const near = await nearestRows(all, Math.min(Math.max(k1 + 1, k2), n + m))
  const toDistance = distance === 'squared' ? (d: number): number => d : (d: number): number => d * d
  const distanceOf = (cosine: number): number => toDistance(Math.max(0, 2 - 2 * cosine))
  const scale = near.lowest.map(cosine => (cosine < 1 ? 1 / distanceOf(cosine) : 0))
  const encoded = encoding(near, k1, k2, await all.data(), (i, cosine) => distanceOf(cosine) * scale[i])
  const images = transposed(encoded.slice(n), n + m)
  for await (const { start, rows, cosines } of cosineRows(q, g)) {
    const distances = new Float64Array(rows * m)
    for (let r = 0; r < rows; r++) {
      const row = distances.subarray(r * m, (r + 1) * m)
      addShared(encoded[start + r], images, row)
      for (let j = 0; j < m; j++) {
        const e = distanceOf(cosines[r * m + j]) * scale[start + r]
        row[j] = (1 - lambda) * (1 - row[j] / (2 - row[j])) + lambda * e
      }
    }
    yield { start, rows, distances }
  }
}

/** V of every row: the weights of its expanded neighbours, then the mean over its k2 nearest. */
function encoding(
  near: Neighbours,
  k1: number,
  k2: number,
  u: TypedArray,
  distance: (i: number, cosine: number) => number,
): SparseRow[] {
  const n = near.lowest.length
  const d = u.length / n
  const rows = Array.from({ length: n }, (_, i) => {
    const columns = expandedReciprocal(near, i, k1)
    const weights = Float64Array.from(columns, j => Math.exp(-distance(i, dot(u, i * d, j * d, d))))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { columns, weights: weights.map(weight => weight / sum) }
  })
  if (k2 === 1) return rows
  return rows.map((_, i) => {
    const line = i * near.count
    return meanOfRows(Array.from(near.ranking.subarray(line, line + Math.min(k2, near.count)), j => rows[j]))
  })
}

function dot(u: TypedArray, a: number, b: number, d: number): number {
  let sum = 0
  for (let k = 0; k < d; k++) sum += u[a + k] * u[b + k]
  return sum
}

/** sums_j += sum_k min(V_k, V_jk) */
function addShared({ columns, weights }: SparseRow, images: readonly SparseRow[], sums: Float64Array): void {
  columns.forEach((column, at) => {
    const { columns: rows, weights: theirs } = images[column]
    for (let a = 0; a < rows.length; a++) sums[rows[a]] += Math.min(weights[at], theirs[a])
  })
}
