import { refusal, shown } from '../../engine/check.ts'

/**
 * Throws unless `list` is an array of finite numbers, or a typed one. `of` is what an entry belongs to, for errors;
 * with `orNaN` there may be none for it, and NaN stands in its place.
 */
export function checkNumbers(
  op: string,
  what: string,
  list: ArrayLike<number>,
  of: string,
  { orNaN = false } = {},
): void {
  checkArray(op, `${what} as finite numbers`, list)
  for (let i = 0; i < list.length; i++) {
    if (Number.isFinite(list[i]) || (orNaN && Number.isNaN(list[i]))) continue
    throw new Error(`${op}: ${what} as finite numbers expected, got ${shown(list[i])} at ${of} ${i}`)
  }
}

/** The numbers in ascending order: `list` itself where it is in order. Throws unless they are finite. */
export function ascending(op: string, what: string, list: ArrayLike<number>, of: string): ArrayLike<number> {
  if (list instanceof Float32Array || list instanceof Float64Array) {
    if (ascends(list)) return list
  }
  checkNumbers(op, what, list, of)
  const sorted = Float64Array.from(list)
  return ascends(sorted) ? sorted : sorted.sort()
}

/** Do finite numbers ascend? One comparison each: NaN is above nothing, and an infinity would stand at an end. */
function ascends(list: Float32Array | Float64Array): boolean {
  let last = -Infinity
  for (let i = 0; i < list.length; i++) {
    const value = list[i]
    if (!(value >= last)) return false
    last = value
  }
  return list.length === 0 || (list[0] > -Infinity && last < Infinity)
}

/** Throws unless `list` is an array or a typed array. */
export function checkArray(op: string, expected: string, list: unknown): void {
  if (Array.isArray(list) || (ArrayBuffer.isView(list) && !(list instanceof DataView))) return
  throw refusal(op, `${expected} in an array`, list)
}

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
