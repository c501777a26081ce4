import { meanOf } from './closedSet.ts'

/** Upper bounds, both included, of the few-shot and the medium-shot classes' number of training samples. */
export interface SizeBounds {
  readonly few: number
  readonly medium: number
}

export interface SizeGroups {
  readonly few: number
  readonly medium: number
  readonly many: number
}

/**
 * The mean of a figure by class over the classes of few (n_j <= few), medium (few < n_j <= medium) and many
 * (n_j > medium) training samples. Classes of which the figure is NaN are left out; a group with none is NaN.
 */
export function bySize(
  byClass: ArrayLike<number>,
  sizes: ArrayLike<number>,
  { few, medium }: SizeBounds = { few: 5, medium: 29 },
): SizeGroups {
  checkSizes('bySize', byClass, sizes)
  if (!(few <= medium)) throw new Error(`bySize: few <= medium expected, got ${few} and ${medium}`)
  const mean = (low: number, high: number): number =>
    meanOf(Array.from(byClass).filter((_, j) => sizes[j] > low && sizes[j] <= high))
  return { few: mean(-Infinity, few), medium: mean(few, medium), many: mean(medium, Infinity) }
}

/**
 * The `count` smallest classes, smallest first; of classes of one size the later index counts as smaller, so
 * that in a profile sorted from large to small the tail is its end.
 */
export function smallestClasses(sizes: ArrayLike<number>, count: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > sizes.length) {
    throw new Error(`smallestClasses: a count from 1 to ${sizes.length} expected, got ${count}`)
  }
  const order = Array.from(sizes, (_, j) => j).sort((a, b) => sizes[a] - sizes[b] || b - a)
  return order.slice(0, count)
}

/** The mean of a figure by class over some classes; those where it is NaN are left out. */
export const meanOver = (byClass: ArrayLike<number>, classes: readonly number[]): number =>
  meanOf(classes.map(j => byClass[j]))

function checkSizes(op: string, byClass: ArrayLike<number>, sizes: ArrayLike<number>): void {
  if (byClass.length !== sizes.length) {
    throw new Error(`${op}: one size a class expected, got ${sizes.length} for ${byClass.length} classes`)
  }
}
