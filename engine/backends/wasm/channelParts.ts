import { type Shape, sizeOf } from '../../shape.ts'
import type { Context } from './context.ts'

/** Elements of a part that is summed by itself, what the cache holds, so that each column may pass over it; and rows, at least. */
const PART = 4096
const ROWS = 64

/** What a kernel is to sum: the parts of x[n,width], their rows, and where the sums go. */
export interface Parts {
  readonly parts: number
  readonly n: number
  readonly width: number
  readonly rows: number
  readonly at: number
}

/**
 * Sums over all axes but the last, in float64: of each part `run` stores `kinds` rows of them, each of whole vectors of
 * eight. Parts do not depend on the number of threads, and are added up in their order. -> [kinds,C], row after row
 */
export function channelTotals(
  { memory }: Context,
  shape: Shape,
  kinds: number,
  run: (parts: Parts) => void,
): Float64Array {
  const [width, n] = [shape.at(-1)!, sizeOf(shape.slice(0, -1))]
  const totals = new Float64Array(kinds * width)
  if (width === 0 || n === 0) return totals
  const rows = Math.max(ROWS, Math.ceil(PART / width))
  const parts = Math.ceil(n / rows)
  const row = Math.ceil(width / 8) * 8
  memory.temporary(parts * kinds * row * 8, at => {
    run({ parts, n, width, rows, at })
    const partial = new Float64Array(memory.shared.buffer, at, parts * kinds * row)
    for (let from = 0; from < partial.length; ) {
      for (let kind = 0; kind < kinds; kind++, from += row) {
        for (let c = 0; c < width; c++) totals[kind * width + c] += partial[from + c]
      }
    }
  })
  return totals
}
