import { refusal, shown } from '../../engine/check.ts'
import { checkNumbers } from './numbers.ts'
import { type Embeddings, unitRows } from './unitRows.ts'
import type { PairScores } from './verification.ts'

/** Two images, by their rows, and whether they show one identity; 1 and 0 count as true and false. */
export interface ImagePair {
  readonly a: number
  readonly b: number
  readonly same: boolean
}

/**
 * s_p = cos(x_a, x_b) of each given pair p = (a, b), in its order: what verification lists such as LFW's pairs.txt
 * ask for. Summed in float64.  x[N,D] pairs[P] -> s[P]
 * A row of 0 has similarity 0 with all; a pair that is listed twice counts twice. Throws on rows outside 0..N-1, and on embeddings that are not finite.
 */
export async function pairCosines(x: Embeddings, pairs: readonly ImagePair[]): Promise<Float64Array> {
  checkPairs('pairCosines', pairs)
  const units = await unitRows('pairCosines', 'x', x)
  const [n, d] = [units.size, units.dimension]
  const u = await units.data().finally(() => units.dispose())
  return Float64Array.from(pairs, ({ a, b }, p) => {
    for (const row of [a, b]) {
      if (!Number.isInteger(row) || row < 0 || row >= n) {
        throw new Error(`pairCosines: rows from 0 to ${n - 1} expected, got ${shown(row)} in pair ${p}`)
      }
    }
    let sum = 0
    for (let k = 0; k < d; k++) sum += u[a * d + k] * u[b * d + k]
    return sum
  })
}

/**
 * The scores of given pairs sorted out by whether they show one identity: what `roc`, `auc` and `tarAtFar` take.
 * s[P] pairs[P] -> two ascending lists.  Throws unless there is one score a pair, a finite number.
 *
 * LFW's curves average the rates of the folds at each threshold (results page, "averaged over 10 folds of View 2").
 * Folds with equally many pairs of each kind, as LFW's, make that the same as `roc` of all pairs together.
 */
export function splitScores(scores: ArrayLike<number>, pairs: readonly ImagePair[]): PairScores {
  const same = checkScored('splitScores', scores, pairs)
  const of = (kind: boolean): Float64Array =>
    Float64Array.from(same.flatMap((isSame, p) => (isSame === kind ? [scores[p]] : []))).sort()
  return { same: of(true), different: of(false) }
}

/** Whether each pair shows one identity. Throws unless there is one score a pair, and all are finite numbers. */
export function checkScored(
  op: string,
  scores: ArrayLike<number>,
  pairs: readonly ImagePair[],
): readonly boolean[] {
  checkNumbers(op, 'scores', scores, 'pair')
  checkPairs(op, pairs)
  if (scores.length !== pairs.length) {
    throw new Error(`${op}: one score a pair expected, got ${scores.length} for ${pairs.length} pairs`)
  }
  return pairs.map(({ same }, p) => checkSame(op, same, p))
}

/** Whether pair p shows one identity: true and false, or 1 and 0. Throws on all else. */
export function checkSame(op: string, same: unknown, p: number): boolean {
  if (same === true || same === 1) return true
  if (same === false || same === 0) return false
  throw new Error(`${op}: same as true or false expected, got ${shown(same)} in pair ${p}`)
}

function checkPairs(op: string, pairs: readonly ImagePair[]): void {
  if (!Array.isArray(pairs)) {
    throw refusal(op, 'pairs as an array of { a, b, same }', pairs)
  }
  for (let p = 0; p < pairs.length; p++) {
    if (typeof pairs[p] === 'object' && pairs[p] !== null) continue
    throw new Error(`${op}: { a, b, same } expected, got ${shown(pairs[p])} as pair ${p}`)
  }
}
