import { PIXELS } from '../../long-tail/images.ts'
import type { Part } from '../../long-tail/split.ts'

/** The rows of the first `count` of each label, or of as many as there are. */
export function firstOfEach(labels: Int32Array, count: number): number[] {
  const seen = new Map<number, number>()
  return Array.from(labels.keys()).filter(i => {
    const n = seen.get(labels[i]) ?? 0
    seen.set(labels[i], n + 1)
    return n < count
  })
}

/** These rows of x[N,width]. */
export function rowsOf(x: ArrayLike<number>, width: number, rows: readonly number[]): Float32Array {
  const part = new Float32Array(rows.length * width)
  for (const [k, i] of rows.entries()) for (let d = 0; d < width; d++) part[k * width + d] = x[i * width + d]
  return part
}

/** The first `count` images of each class. */
export function fewOf({ x, y, from }: Part, count: number): Part {
  const rows = firstOfEach(y, count)
  return {
    x: rowsOf(x, PIXELS, rows),
    y: Int32Array.from(rows, i => y[i]),
    from: Int32Array.from(rows, i => from[i]),
  }
}
