import { format } from './shape.ts'
import type { Tensor } from './tensor.ts'

const EDGE = 3

/** What a person sees when printing a tensor: dtype, shape, and the values, the middle of long axes left out. */
export function inspect(t: Tensor): string {
  const head = `Tensor ${t.dtype}${format(t.shape)}`
  if (t.released) return `${head} (released)`
  let values: ArrayLike<number>
  try {
    values = t.dataSync()
  } catch {
    return `${head} on ${t.backend.name} (await data() to read it)`
  }
  const line = (axis: number, offset: number, stride: number): string => {
    if (axis === t.rank) return number(values[offset])
    const inner = stride / t.shape[axis]
    const items = shown(t.shape[axis]).map(i => (i < 0 ? '...' : line(axis + 1, offset + i * inner, inner)))
    return `[${items.join(axis === t.rank - 1 ? ', ' : `,\n${' '.repeat(axis + 1)}`)}]`
  }
  return `${head}\n${line(0, 0, values.length)}`
}

/** The indices to show of an axis of n; -1 stands for those left out. */
function shown(n: number): number[] {
  const all = Array.from({ length: n }, (_, i) => i)
  return n <= 2 * EDGE + 1 ? all : [...all.slice(0, EDGE), -1, ...all.slice(-EDGE)]
}

const number = (x: number): string => (Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(5))))
