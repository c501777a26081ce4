import { type Embeddings, unitRows } from './unitRows.ts'
import type { PairScores } from './verification.ts'

/** Two images, by their rows, and whether they show one identity. */
export interface ImagePair {
  readonly a: number
  readonly b: number
  readonly same: boolean
}

/**
 * s_p = cos(x_a, x_b) of each given pair p = (a, b), in its order: what verification lists such as LFW's pairs.txt
 * ask for. Summed in float64.  x[N,D] pairs[P] -> s[P]
 * A row of 0 has similarity 0 with all. Throws on rows outside 0..N-1, and on embeddings that are not finite.
 */
export async function pairCosines(x: Embeddings, pairs: readonly ImagePair[]): Promise<Float64Array> {
  const units = await unitRows('pairCosines', 'x', x)
  const [n, d] = units.shape
  const u = await units.data()
  units.release()
  return Float64Array.from(pairs, ({ a, b }, p) => {
    for (const row of [a, b]) {
      if (!Number.isInteger(row) || row < 0 || row >= n) {
        throw new Error(`pairCosines: rows from 0 to ${n - 1} expected, got ${row} in pair ${p}`)
      }
    }
    let sum = 0
    for (let k = 0; k < d; k++) sum += u[a * d + k] * u[b * d + k]
    return sum
  })
}

/**
 * The scores of given pairs sorted out by whether they show one identity: what `roc`, `auc` and `tarAtFar` take.
 * s[P] pairs[P] -> two ascending lists.  Throws unless there is one score a pair, and no NaN.
 *
 * LFW's curves average the rates of the folds at each threshold (results page, "averaged over 10 folds of View 2").
 * Folds with equally many pairs of each kind, as LFW's, make that the same as `roc` of all pairs together.
 */
export function splitScores(scores: ArrayLike<number>, pairs: readonly ImagePair[]): PairScores {
  checkScores('splitScores', scores, pairs)
  const of = (kind: boolean): Float64Array =>
    Float64Array.from(pairs.flatMap(({ same }, p) => (same === kind ? [scores[p]] : []))).sort()
  return { same: of(true), different: of(false) }
}

/** Throws unless there is one score a pair, and no NaN among them. */
export function checkScores(op: string, scores: ArrayLike<number>, pairs: readonly ImagePair[]): void {
  if (scores.length !== pairs.length) {
    throw new Error(`${op}: one score a pair expected, got ${scores.length} for ${pairs.length} pairs`)
  }
  const odd = Array.from(scores).findIndex(Number.isNaN)
  if (odd >= 0) throw new Error(`${op}: scores that are numbers expected, got NaN at pair ${odd}`)
}
