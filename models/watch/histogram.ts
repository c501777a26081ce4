import { checkArray } from '../evaluation/numbers.ts'

/** How often values fall between limits. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly sumOfSquares: number
  /** The upper ends of the bins; the lower end of the first is `min`. */
  readonly limits: readonly number[]
  readonly counts: readonly number[]
}

/**
 * `bins` bins of one width from the least to the greatest value, each with its lower end and the last with both; one bin where all values
 * are the same. Throws where there is none, and on one that is not finite.
 */
export function histogramOf(op: string, values: ArrayLike<number>, bins: number): Histogram {
  checkArray(op, 'values, such as tensor.dataSync(),', values)
  let [min, max, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const x = values[i]
    if (!Number.isFinite(x)) throw new Error(`${op}: finite values expected, got ${x} at index ${i}`)
    min = Math.min(min, x)
    max = Math.max(max, x)
    sum += x
    sumOfSquares += x * x
  }
  if (values.length === 0) throw new Error(`${op}: at least one value expected, got none`)
  const count = min === max ? 1 : bins
  const counts = new Array<number>(count).fill(0)
  // Halves, as the difference of two large numbers may be none.
  const half = max / 2 - min / 2
  for (let i = 0; i < values.length; i++) {
    const share = count === 1 ? 0 : (values[i] / 2 - min / 2) / half
    counts[Math.min(count - 1, Math.floor(share * count))]++
  }
  const limits = counts.map((_, i) =>
    i === count - 1 ? max : min * (1 - (i + 1) / count) + max * ((i + 1) / count),
  )
  return { min, max, sum, sumOfSquares, limits, counts }
}
