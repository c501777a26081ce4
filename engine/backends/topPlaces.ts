import type { TypedArray } from './backend.ts'

/** Up to so many places are kept in order while all are looked at; more are sorted. */
const FEW = 32

/** A line of n values, `stride` apart from `start` on. */
export interface Line {
  readonly start: number
  readonly stride: number
  readonly n: number
}

/**
 * Writes where the k largest values of a line lie, or the smallest, in their order, as far apart as the line's values from
 * `to` on in `z`. NaN is larger than all; of equals the first comes first.
 */
export function topPlaces(
  xs: TypedArray,
  line: Line,
  k: number,
  largest: boolean,
  z: TypedArray,
  to: number,
): void {
  const { start, stride, n } = line
  const values = new Float64Array(n)
  for (let i = 0; i < n; i++) values[i] = xs[start + i * stride]
  const places = k <= FEW ? few(values, k, largest) : sorted(values, largest)
  for (let i = 0; i < k; i++) z[to + i * stride] = places[i]
}

function few(values: Float64Array, k: number, largest: boolean): Int32Array {
  const places = new Int32Array(k)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    let at = count
    while (at > 0 && isBefore(values, i, places[at - 1], largest)) at--
    if (at === k) continue
    if (count < k) count++
    places.copyWithin(at + 1, at, count - 1)
    places[at] = i
  }
  return places
}

const sorted = (values: Float64Array, largest: boolean): Int32Array =>
  Int32Array.from(values, (_, i) => i).sort((a, b) => (isBefore(values, a, b, largest) ? -1 : 1))

/** Does the value at a come before that at b? */
function isBefore(values: Float64Array, a: number, b: number, largest: boolean): boolean {
  const x = values[a]
  const y = values[b]
  if (x > y) return largest
  if (x < y) return !largest
  const unordered = Number.isNaN(x)
  return unordered === Number.isNaN(y) ? a < b : unordered === largest
}
