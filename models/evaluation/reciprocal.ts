import type { FlatIndex } from './flatIndex.ts'
import { cosineTiles } from './similarities.ts'
import { TopK } from './topK.ts'

/** A row of a matrix whose other columns are 0. */
export interface SparseRow {
  /** Ascending. */
  readonly columns: Int32Array
  readonly weights: Float64Array
}

export interface Neighbours {
  /** The first `count` of row i's ranking, by cos(u_i, u_j), of equals the lower j: ranking[i * count], .. */
  readonly ranking: Int32Array
  readonly count: number
  /** The least similarity of each row with any. */
  readonly lowest: Float64Array
}

/** Each row's nearest among all rows, itself among them, without all similarities at once.  u[N,D] -> [N,count] */
export async function nearestRows(u: FlatIndex, count: number): Promise<Neighbours> {
  const n = u.size
  const best = new TopK(n, count)
  const lowest = new Float64Array(n).fill(Infinity)
  for await (const { start, rows, column, columns, cosines } of cosineTiles(u, u)) {
    for (let r = 0; r < rows; r++) {
      const [from, to] = [r * columns, (r + 1) * columns]
      best.offer(start + r, cosines, from, to, column)
      for (let at = from; at < to; at++) if (cosines[at] < lowest[start + r]) lowest[start + r] = cosines[at]
    }
  }
  return { ranking: best.result().indices, count, lowest }
}

/**
 * R(i) = {j : j among the first k1 + 1 of i, and i among those of j}, and added to it every R'(j), the same of the first
 * floor(k1 / 2) + 1, of a j in R(i) that has more than 2/3 of R'(j) in R(i).  Ascending.
 */
export function expandedReciprocal({ ranking, count }: Neighbours, i: number, k1: number): Int32Array {
  const reciprocal = (row: number, first: number): number[] => {
    const found = []
    for (let a = row * count; a < row * count + first; a++) {
      const line = ranking[a] * count
      if (holds(ranking, line, line + first, row)) found.push(ranking[a])
    }
    return found
  }
  const own = reciprocal(i, Math.min(k1 + 1, count))
  const all = new Set(own)
  for (const j of own) {
    const theirs = reciprocal(j, Math.min(Math.floor(k1 / 2) + 1, count))
    const shared = theirs.filter(row => own.includes(row)).length
    if (3 * shared > 2 * theirs.length) for (const row of theirs) all.add(row)
  }
  return Int32Array.from(all).sort()
}

function holds(list: Int32Array, from: number, to: number, value: number): boolean {
  for (let at = from; at < to; at++) if (list[at] === value) return true
  return false
}

/** The mean of some rows; columns that are in none of them stay out. */
export function meanOfRows(rows: readonly SparseRow[]): SparseRow {
  const sums = new Map<number, number>()
  for (const { columns, weights } of rows) {
    columns.forEach((column, at) => {
      sums.set(column, (sums.get(column) ?? 0) + weights[at])
    })
  }
  const columns = Int32Array.from(sums.keys()).sort()
  return { columns, weights: Float64Array.from(columns, c => (sums.get(c) as number) / rows.length) }
}

/** The columns as rows: of each column the rows, ascending, that have it, and their weights. */
export function transposed(rows: readonly SparseRow[], columnCount: number): SparseRow[] {
  const counts = new Int32Array(columnCount)
  for (const { columns } of rows) for (const column of columns) counts[column]++
  const lines = Array.from(counts, size => ({
    columns: new Int32Array(size),
    weights: new Float64Array(size),
  }))
  counts.fill(0)
  rows.forEach(({ columns, weights }, i) => {
    columns.forEach((column, at) => {
      lines[column].columns[counts[column]] = i
      lines[column].weights[counts[column]++] = weights[at]
    })
  })
  return lines
}
