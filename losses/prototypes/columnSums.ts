import { refusal } from '../../engine/check.ts'
import type { Json } from '../../engine/index.ts'
import type { Table } from '../../engine/table.ts'

/** In float64.  [R,D] -> [D] */
export function columnSums({ values, shape: [, width] }: Table): Float64Array {
  const sums = new Float64Array(width)
  for (let i = 0; i < values.length; i += width) {
    for (let d = 0; d < width; d++) sums[d] += values[i + d]
  }
  return sums
}

/** What a state has of them. Throws on anything but `count` finite numbers. */
export function sumsFrom(op: string, given: Json, count: number): Float64Array {
  const list: readonly Json[] = Array.isArray(given) ? given : []
  if (list.length === count && list.every(v => Number.isFinite(v))) return Float64Array.from(list as number[])
  throw refusal(op, `load: total as ${count} numbers`, given)
}
