import { shown } from '../../engine/check.ts'

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
  checkList(op, `${what} as finite numbers`, list)
  for (let i = 0; i < list.length; i++) {
    if (Number.isFinite(list[i]) || (orNaN && Number.isNaN(list[i]))) continue
    throw new Error(`${op}: ${what} as finite numbers expected, got ${shown(list[i])} at ${of} ${i}`)
  }
}

/** The numbers in ascending order: `list` itself where it is in order. Throws unless they are finite. */
export function ascending(op: string, what: string, list: ArrayLike<number>, of: string): ArrayLike<number> {
  checkNumbers(op, what, list, of)
  for (let i = 1; i < list.length; i++) if (list[i] < list[i - 1]) return Float64Array.from(list).sort()
  return list
}

/** Throws unless `list` is an array or a typed array. */
export function checkList(op: string, expected: string, list: unknown): void {
  if (Array.isArray(list) || (ArrayBuffer.isView(list) && !(list instanceof DataView))) return
  throw new Error(`${op}: ${expected} in an array expected, got ${shown(list)}`)
}
