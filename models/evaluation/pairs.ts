import { refusal, shown } from '../../engine/check.ts'
import { checkLabels, type Labels } from '../../losses/labels.ts'
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
function checkScored(op: string, scores: ArrayLike<number>, pairs: readonly ImagePair[]): readonly boolean[] {
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

export interface FoldAccuracy {
  /** The mean over the folds of their accuracies. */
  readonly mean: number
  /** The standard error of that mean. */
  readonly standardError: number
  /** Each fold's accuracy, at the threshold that is best on all the others. */
  readonly folds: readonly { readonly accuracy: number; readonly threshold: number }[]
}

/**
 * p_f = share of the pairs of fold f with [s >= t_f] = same, where t_f is the threshold of highest accuracy on all
 * other folds together;  mean = (1/F) sum_f p_f,  standardError = sqrt(sum_f (p_f - mean)² / (F - 1)) / sqrt(F).
 * s[P] pairs[P] fold[P] in 0..F-1 -> F accuracies in 0..1, their mean and its standard error; F = 10 for LFW.
 *
 * Source: LFW's View 2 (Huang et al. 2007, UMass Amherst 07-49), whose results page reports
 * `mean ± standardError`. How a threshold is chosen is left open there. Ours: all thresholds that tell the training
 * pairs apart are tried, each in the middle between two neighbouring scores, and of equally accurate ones the
 * highest wins. Throws on fewer than 2 folds, on a fold without pairs and on scores that are not finite.
 */
export function foldAccuracy(
  scores: ArrayLike<number>,
  pairs: readonly ImagePair[],
  folds: Labels,
): FoldAccuracy {
  const same = checkScored('foldAccuracy', scores, pairs)
  const fold = checkLabels('foldAccuracy: folds', folds, pairs.length)
  const used = new Set(fold)
  for (let f = 0; f < used.size; f++) {
    if (!used.has(f)) throw new Error(`foldAccuracy: pairs in every fold expected, got none in ${f}`)
  }
  if (used.size < 2) throw new Error(`foldAccuracy: at least 2 folds expected, got ${used.size}`)
  const descending = Array.from(fold, (_, p) => p).sort((p, q) => scores[q] - scores[p])
  const results = Array.from(used, (_, f) => {
    const tested = descending.filter(p => fold[p] === f)
    const others = descending.filter(p => fold[p] !== f)
    const threshold = bestThreshold(scores, same, others)
    const right = tested.filter(p => scores[p] >= threshold === same[p]).length
    return { accuracy: right / tested.length, threshold }
  })
  const count = results.length
  const mean = results.reduce((sum, { accuracy }) => sum + accuracy, 0) / count
  const squares = results.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (count - 1)) / Math.sqrt(count), folds: results }
}

/** The highest of the thresholds that get the most of `order` right, pairs in descending order of their scores. */
function bestThreshold(
  scores: ArrayLike<number>,
  same: readonly boolean[],
  order: readonly number[],
): number {
  // Right pairs, up to a constant: each accepted one gains if it is of one identity, and loses if not.
  let [gain, best, threshold] = [0, 0, Infinity]
  order.forEach((p, i) => {
    gain += same[p] ? 1 : -1
    const next = i + 1 < order.length ? scores[order[i + 1]] : -Infinity
    if (next === scores[p] || gain <= best) return
    best = gain
    threshold = between(next, scores[p])
  })
  return threshold
}

/** A threshold that refuses `low` and accepts `high`; no score at all is refused where `low` is -Infinity. */
function between(low: number, high: number): number {
  if (low === -Infinity) return low
  // Halves, whose sum is finite; of neighbours it may round to the lower.
  const middle = low / 2 + high / 2
  return middle > low && middle <= high ? middle : high
}
