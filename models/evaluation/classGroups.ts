import { checkInteger, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import { meanOf } from './closedSet.ts'
import { checkArray, checkNumbers } from './numbers.ts'

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
  checkSizes('bySize', sizes)
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
  checkSizes('smallestClasses', sizes)
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

function checkSizes(op: string, sizes: ArrayLike<number>): void {
  checkNumbers(op, 'sizes', sizes, 'class')
  const odd = Array.from(sizes).findIndex(size => size < 0)
  if (odd >= 0) throw new Error(`${op}: sizes >= 0 expected, got ${sizes[odd]} at class ${odd}`)
}
