import type { VerificationSet } from '../../models/index.ts'
import type { Mistake } from './results.ts'

/** How many of each kind a run keeps. */
const SHOWN = 6

/** The pairs furthest on the wrong side of their fold's threshold, some of one person and some of two. */
export function mistakesOf(
  cosines: ArrayLike<number>,
  { pairs, folds }: Pick<VerificationSet, 'pairs' | 'folds'>,
  thresholds: readonly { readonly threshold: number }[],
): Mistake[] {
  const all = pairs.map(({ same }, pair): Mistake => {
    const above = cosines[pair] - thresholds[folds[pair]].threshold
    return { pair, cosine: cosines[pair], same, by: same ? -above : above }
  })
  // Equal to the threshold is accepted.
  const wrong = all.filter(({ same, by }) => (same ? by > 0 : by >= 0)).sort((a, b) => b.by - a.by)
  return [true, false].flatMap(kind => wrong.filter(({ same }) => same === kind).slice(0, SHOWN))
}
