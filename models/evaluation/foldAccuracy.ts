import { checkLabels, type Labels } from '../../losses/labels.ts'
import { checkScored, type ImagePair } from './verificationPairs.ts'

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
