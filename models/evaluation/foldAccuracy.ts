import { checkLabels, type Labels } from '../../losses/labels.ts'
import { descendingOrder } from './order.ts'
import { checkScored, type ImagePairs } from './pairs.ts'

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
export const foldAccuracy = (scores: ArrayLike<number>, pairs: ImagePairs, folds: Labels): FoldAccuracy =>
  accuracyOf('foldAccuracy', scores, pairs, folds)

/** The same, for another function's errors. */
export function accuracyOf(
  op: string,
  scores: ArrayLike<number>,
  pairs: ImagePairs,
  folds: Labels,
): FoldAccuracy {
  const same = checkScored(op, scores, pairs)
  const fold = checkLabels(`${op}: folds`, folds, same.length)
  const used = new Set(fold)
  for (let f = 0; f < used.size; f++) {
    if (!used.has(f)) throw new Error(`${op}: pairs in every fold expected, got none in ${f}`)
  }
  if (used.size < 2) throw new Error(`${op}: at least 2 folds expected, got ${used.size}`)
  const sorted = inDescendingOrder(scores, same, fold)
  const thresholds = Array.from(used, (_, f) => bestThreshold(sorted, f))
  const accuracies = accuraciesAt(sorted, thresholds)
  const results = thresholds.map((threshold, f) => ({ accuracy: accuracies[f], threshold }))
  const count = results.length
  const mean = results.reduce((sum, { accuracy }) => sum + accuracy, 0) / count
  const squares = results.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (count - 1)) / Math.sqrt(count), folds: results }
}

/** Pairs in descending order of their scores. */
interface Sorted {
  readonly scores: Float64Array
  /** 1 for a pair of one identity, -1 for others. */
  readonly gains: Int8Array
  readonly folds: Int32Array
}

function inDescendingOrder(scores: ArrayLike<number>, same: Uint8Array, folds: Int32Array): Sorted {
  const order = descendingOrder(scores)
  const n = order.length
  const sorted = { scores: new Float64Array(n), gains: new Int8Array(n), folds: new Int32Array(n) }
  for (let i = 0; i < n; i++) {
    const p = order[i]
    sorted.scores[i] = scores[p]
    sorted.gains[i] = same[p] === 1 ? 1 : -1
    sorted.folds[i] = folds[p]
  }
  return sorted
}

/** The highest of the thresholds that get the most pairs of other folds than `fold` right. */
function bestThreshold({ scores, gains, folds }: Sorted, fold: number): number {
  // Right pairs, up to a constant: each accepted one gains if it is of one identity, and loses if not.
  let [gain, best, threshold, lowest] = [0, 0, Infinity, Infinity]
  for (let i = 0; i < scores.length; i++) {
    if (folds[i] === fold) continue
    if (gain > best && scores[i] !== lowest) {
      best = gain
      threshold = between(scores[i], lowest)
    }
    gain += gains[i]
    lowest = scores[i]
  }
  return gain > best ? -Infinity : threshold
}

/** The share of each fold's pairs that its threshold gets right. */
function accuraciesAt({ scores, gains, folds }: Sorted, thresholds: readonly number[]): number[] {
  const [right, all] = [0, 0].map(() => new Float64Array(thresholds.length))
  for (let i = 0; i < scores.length; i++) {
    const fold = folds[i]
    all[fold]++
    if (scores[i] >= thresholds[fold] === gains[i] > 0) right[fold]++
  }
  return thresholds.map((_, f) => right[f] / all[f])
}

/** A threshold that refuses `low` and accepts `high`. */
function between(low: number, high: number): number {
  // Halves, whose sum is finite; of neighbours it may round to the lower.
  const middle = low / 2 + high / 2
  return middle > low && middle <= high ? middle : high
}
