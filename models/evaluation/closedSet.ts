import type { Tensor } from '../../engine/index.ts'
import { argmax } from '../../engine/index.ts'
import { checkLabels, type Labels } from '../../losses/labels.ts'
import { checkClasses } from '../labels.ts'
import { checkLogits, checkMatrix } from './finiteRows.ts'

export interface ClosedSet {
  /** The share of all rows that are right. */
  readonly accuracy: number
  /** The mean of `byClass` over the classes that `y` holds: every class counts alike, however rare. */
  readonly balanced: number
  /** The share that is right of each class; NaN where `y` holds none of it. */
  readonly byClass: Float64Array
}

/**
 * argmax_j logits_ij, the first of equals.  logits[N,C] -> N class indices
 * A class whose logit is -Infinity is never chosen: so classes are masked. Throws on NaN and Infinity, and where no class
 * of a row is left.
 */
export async function predict(logits: Tensor): Promise<Int32Array> {
  checkMatrix('predict', 'logits[N,C]', logits)
  await checkLogits('predict', 'logits[N,C]', logits)
  return largestInRows(logits)
}

/** The column of the largest number in each row, the first of equals.  x[N,C] -> N columns */
export async function largestInRows(x: Tensor): Promise<Int32Array> {
  const best = argmax(x)
  const columns = Int32Array.from(await best.data())
  best.release()
  return columns
}

/**
 * accuracy = (1/N) sum_i [p_i = y_i],  byClass_j = (1/n_j) sum_{i: y_i = j} [p_i = j],
 * balanced = mean over the j with n_j > 0 of byClass_j.  p[N] y[N] -> figures in 0..1
 * Throws when there are no rows, or on labels outside 0..classes-1.
 */
export function closedSet(predicted: Labels, y: Labels, classes: number): ClosedSet {
  checkClasses('closedSet', classes)
  const truth = checkLabels('closedSet', y, undefined, classes)
  if (truth.length === 0) throw new Error('closedSet: at least one row expected, got 0')
  const p = checkLabels('closedSet: predicted', predicted, truth.length, classes)
  const right = new Float64Array(classes)
  const seen = new Float64Array(classes)
  for (let i = 0; i < p.length; i++) {
    seen[truth[i]]++
    if (p[i] === truth[i]) right[truth[i]]++
  }
  const byClass = right.map((r, j) => r / seen[j])
  const accuracy = right.reduce((a, b) => a + b) / p.length
  return { accuracy, balanced: meanOf(byClass), byClass }
}

/** The mean of the values that are not NaN; NaN when there is none. */
export function meanOf(values: Iterable<number>): number {
  let total = 0
  let n = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    total += value
    n++
  }
  return total / n
}
