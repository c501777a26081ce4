import { checkArray, checkNumbers } from '../../evaluation/numbers.ts'
import { descendingOrder } from '../../evaluation/order.ts'
import { checkSame } from '../../evaluation/pairs.ts'

/** What is answered when only answers of a confidence >= threshold are given. */
export interface RiskPoint {
  readonly threshold: number
  /** The share that is answered. */
  readonly coverage: number
  /** The share of the answers that are wrong. */
  readonly risk: number
}

export interface RiskCoverage {
  /** A point for each confidence that occurs, from the highest. */
  readonly points: readonly RiskPoint[]
  /** The mean risk over the coverages 1/N .. 1: the area under the curve. */
  readonly aurc: number
}

/**
 * coverage(t) = share of confidence_i >= t,  risk(t) = share of these that are wrong.  confidence[N] right[N] -> curve
 * Of equal confidences the wrong answers are spread evenly, so that AURC does not depend on the order of the samples.
 *
 * Source: Geifman and El-Yaniv, "Selective classification for deep neural networks" (NeurIPS 2017, arXiv:1705.08500).
 */
export function riskCoverage(
  confidence: ArrayLike<number>,
  right: ArrayLike<boolean | number>,
): RiskCoverage {
  const op = 'riskCoverage'
  checkNumbers(op, 'confidence', confidence, 'sample')
  checkArray(op, 'right', right)
  const n = confidence.length
  if (n === 0) throw new Error(`${op}: at least one sample expected, got none`)
  if (right.length !== n) throw new Error(`${op}: ${n} flags of what is right expected, got ${right.length}`)
  const order = descendingOrder(confidence)
  const points: RiskPoint[] = []
  let [wrong, area] = [0, 0]
  for (let begin = 0, end = 0; begin < n; begin = end) {
    const threshold = confidence[order[begin]]
    let among = 0
    for (; end < n && confidence[order[end]] === threshold; end++) {
      if (!checkSame(op, right[order[end]], order[end])) among++
    }
    for (let i = begin; i < end; i++) area += (wrong + (among * (i + 1 - begin)) / (end - begin)) / (i + 1)
    wrong += among
    points.push({ threshold, coverage: end / n, risk: wrong / end })
  }
  return { points, aurc: area / n }
}
