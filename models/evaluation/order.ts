type Sorted = ArrayLike<number>

/** How many of an ascending list are > value. */
export const aboveCount = (sorted: Sorted, value: number): number =>
  sorted.length - firstWhere(sorted, v => v > value)

/** How many of an ascending list are >= value. */
export const atLeastCount = (sorted: Sorted, value: number): number =>
  sorted.length - firstWhere(sorted, v => v >= value)

/** The first index at which a condition holds that goes on to hold, by bisection; the length if it never does. */
function firstWhere(sorted: Sorted, holds: (v: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(sorted[middle])) high = middle
    else low = middle + 1
  }
  return low
}
