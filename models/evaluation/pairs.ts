import { isRecord, refusal, shown } from '../../engine/check.ts'
import { checkArray, checkNumbers } from './numbers.ts'
import { type Embeddings, unitRows } from './unitRows.ts'
import type { PairScores } from './verification.ts'

/** Two images, by their rows, and whether they show one identity; 1 and 0 count as true and false. */
export interface ImagePair {
  readonly a: number
  readonly b: number
  readonly same: boolean
}

/** The same of many pairs, in 9 bytes each: IJB-C has 15,658,489. `same` is 1 or 0. */
export interface PairColumns {
  readonly a: Int32Array
  readonly b: Int32Array
  readonly same: Uint8Array
}

export type ImagePairs = readonly ImagePair[] | PairColumns

/**
 * s_p = cos(x_a, x_b) of each given pair p = (a, b), in its order: what verification lists such as LFW's pairs.txt ask for.
 * Summed in float64.  x[N,D] pairs[P] -> s[P]
 * A row of 0 has similarity 0 with all; a pair that is listed twice counts twice.
 * Throws on rows outside 0..N-1, and on embeddings that are not finite.
 */
export async function pairCosines(x: Embeddings, pairs: ImagePairs): Promise<Float64Array> {
  const { length, rowsOf } = listOf('pairCosines', pairs)
  const units = await unitRows('pairCosines', 'x', x)
  const [n, d] = [units.size, units.dimension]
  const u = await units.data().finally(() => units.dispose())
  const scores = new Float64Array(length)
  for (let p = 0; p < length; p++) {
    const [a, b] = rowsOf(p)
    for (const row of [a, b]) {
      if (!Number.isInteger(row) || row < 0 || row >= n) {
        throw new Error(`pairCosines: rows from 0 to ${n - 1} expected, got ${shown(row)} in pair ${p}`)
      }
    }
    let sum = 0
    for (let k = 0; k < d; k++) sum += u[a * d + k] * u[b * d + k]
    scores[p] = sum
  }
  return scores
}

/**
 * The scores of given pairs sorted out by whether they show one identity: what `roc`, `auc` and `tarAtFar` take.
 * s[P] pairs[P] -> two ascending lists.  Throws unless there is one score a pair, a finite number.
 *
 * LFW's curves average the rates of the folds at each threshold (results page, "averaged over 10 folds of View 2").
 * Folds with equally many pairs of each kind, as LFW's, make that the same as `roc` of all pairs together.
 */
export const splitScores = (scores: ArrayLike<number>, pairs: ImagePairs): PairScores<Float64Array> =>
  splitOf('splitScores', scores, pairs)

/** The same, for another function's errors. */
export function splitOf(op: string, scores: ArrayLike<number>, pairs: ImagePairs): PairScores<Float64Array> {
  const same = checkScored(op, scores, pairs)
  const of = (kind: 0 | 1): Float64Array =>
    Float64Array.from(scores)
      .filter((_, p) => same[p] === kind)
      .sort()
  return { same: of(1), different: of(0) }
}

/** 1 for each pair that shows one identity. Throws unless there is one score a pair, and all are finite numbers. */
export function checkScored(op: string, scores: ArrayLike<number>, pairs: ImagePairs): Uint8Array {
  checkNumbers(op, 'scores', scores, 'pair')
  const { length, sameOf } = listOf(op, pairs)
  if (scores.length !== length) {
    throw new Error(`${op}: one score a pair expected, got ${scores.length} for ${length} pairs`)
  }
  const same = new Uint8Array(length)
  for (let p = 0; p < length; p++) same[p] = Number(checkSame(op, sameOf(p), p))
  return same
}

/** Whether pair p shows one identity: true and false, or 1 and 0. Throws on all else. */
export function checkSame(op: string, same: unknown, p: number): boolean {
  if (same === true || same === 1) return true
  if (same === false || same === 0) return false
  throw new Error(`${op}: same as true or false expected, got ${shown(same)} in pair ${p}`)
}

/** What is asked of pairs, however they are listed. */
interface PairList {
  readonly length: number
  rowsOf(p: number): readonly [a: number, b: number]
  sameOf(p: number): unknown
}

function listOf(op: string, pairs: ImagePairs): PairList {
  if (!Array.isArray(pairs)) return columnsOf(op, pairs as PairColumns)
  for (let p = 0; p < pairs.length; p++) {
    if (typeof pairs[p] === 'object' && pairs[p] !== null && !Array.isArray(pairs[p])) continue
    throw new Error(`${op}: { a, b, same } expected, got ${shown(pairs[p])} as pair ${p}`)
  }
  return { length: pairs.length, rowsOf: p => [pairs[p].a, pairs[p].b], sameOf: p => pairs[p].same }
}

function columnsOf(op: string, pairs: PairColumns): PairList {
  if (!isRecord(pairs) || !('a' in pairs && 'b' in pairs && 'same' in pairs)) {
    throw refusal(op, 'pairs as an array of { a, b, same }, or { a[P], b[P], same[P] },', pairs)
  }
  const { a, b, same } = pairs
  for (const [name, column] of Object.entries({ a, b, same })) checkArray(op, `${name} as integers`, column)
  if (a.length !== b.length || a.length !== same.length) {
    throw new Error(`${op}: a[P] b[P] same[P] expected, got ${a.length}, ${b.length} and ${same.length}`)
  }
  return { length: a.length, rowsOf: p => [a[p], b[p]], sameOf: p => same[p] }
}
