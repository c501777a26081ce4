import { checkInteger, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import { checkLabels, type Labels } from '../../losses/labels.ts'
import { checkClasses } from '../labels.ts'
import { checkArray, checkNumbers } from './numbers.ts'

export interface ClosedSet {
  /** The share of all rows that are right. */
  readonly accuracy: number
  /** The mean of `byClass` over the classes that `y` holds: every class counts alike, however rare. */
  readonly balanced: number
  /** The share that is right of each class; NaN where `y` holds none of it. */
  readonly byClass: Float64Array
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

/** Upper bounds, both included, of the few-shot and the medium-shot classes' number of training samples. */
export interface SizeBounds {
  readonly few: number
  readonly medium: number
}

const KNOWN = { few: true, medium: true } satisfies OptionNames<SizeBounds>

export interface SizeGroups {
  readonly few: number
  readonly medium: number
  readonly many: number
}

/**
 * The mean of a figure by class over the classes of few (n_j <= few), medium (few < n_j <= medium) and many
 * (n_j > medium) training samples. Classes of which the figure is NaN are left out; a group with none is NaN. Throws on
 * an infinite figure, and on sizes or bounds that are not finite.
 */
export function bySize(
  byClass: ArrayLike<number>,
  sizes: ArrayLike<number>,
  bounds: SizeBounds = { few: 5, medium: 29 },
): SizeGroups {
  checkOptions('bySize', bounds, KNOWN)
  const { few, medium } = bounds
  checkNumbers('bySize', 'byClass', byClass, 'class', { orNaN: true })
  checkClassSizes('bySize', sizes)
  if (byClass.length !== sizes.length) {
    throw new Error(`bySize: one size a class expected, got ${sizes.length} for ${byClass.length} classes`)
  }
  checkNumbers('bySize', 'few and medium', [few, medium], 'bound')
  if (few > medium) throw new Error(`bySize: few <= medium expected, got ${few} and ${medium}`)
  const mean = (low: number, high: number): number =>
    meanOf(Array.from(byClass).filter((_, j) => sizes[j] > low && sizes[j] <= high))
  return { few: mean(-Infinity, few), medium: mean(few, medium), many: mean(medium, Infinity) }
}

/**
 * The `count` smallest classes, smallest first; of classes of one size the later index counts as smaller, so
 * that in a profile sorted from large to small the tail is its end.
 */
export function smallestClasses(sizes: ArrayLike<number>, count: number): number[] {
  checkClassSizes('smallestClasses', sizes)
  if (!Number.isInteger(count) || count < 1 || count > sizes.length) {
    throw refusal('smallestClasses', `a count from 1 to ${sizes.length}`, count)
  }
  const order = Array.from(sizes, (_, j) => j).sort((a, b) => sizes[a] - sizes[b] || b - a)
  return order.slice(0, count)
}

/**
 * The mean of a figure by class over some classes; those where it is NaN are left out. Throws on an infinite figure, and
 * on a class that is not there.
 */
export function meanOver(byClass: ArrayLike<number>, classes: ArrayLike<number>): number {
  checkNumbers('meanOver', 'byClass', byClass, 'class', { orNaN: true })
  checkArray('meanOver', 'classes', classes)
  return meanOf(
    Array.from(classes, (j, k) => {
      checkInteger('meanOver', `classes[${k}]`, j, 0, byClass.length - 1)
      return byClass[j]
    }),
  )
}

function checkClassSizes(op: string, sizes: ArrayLike<number>): void {
  checkNumbers(op, 'sizes', sizes, 'class')
  const odd = Array.from(sizes).findIndex(size => size < 0)
  if (odd >= 0) throw new Error(`${op}: sizes >= 0 expected, got ${sizes[odd]} at class ${odd}`)
}
