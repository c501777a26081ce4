import { type Check, two } from '../attrs.ts'
import type { Backend, NDArray, Window } from '../backends/backend.ts'
import { checkList } from '../check.ts'
import { type Sides, tapsWithin } from './window.ts'

/** The window of an average, and the rows and columns of padding around the image that count as zeros. */
export interface Averaging extends Window {
  /** 'all': the kernel's area divides every window's sum. Else what divides is how many taps lie on the image or on these. */
  readonly counted: 'all' | Sides
}

export const counted: Check = (op, name, value, shapes) => {
  if (value === 'all') return
  checkList(op, name, value, "'all' or [[top, bottom], [left, right]]", 2)
  for (const side of value) two(0)(op, name, side, shapes)
}

/**
 * z, whose windows are divided by the kernel's area, divided by what counts instead; z itself where that is the same. A
 * product with a diagonal matrix, and so its own adjoint.  z[N,P,Q,C] -> [N,P,Q,C]
 */
export function recounted(k: Backend, z: NDArray, g: Averaging): NDArray {
  const weights = weightsOf(g)
  if (weights === undefined) return z
  const [height, width] = g.output
  const values = z.dtype === 'float64' ? weights : Float32Array.from(weights)
  const factor = k.upload(values, [1, height, width, 1], z.dtype)
  const out = k.binary('mul', z, factor, z.shape)
  k.free(factor.buffer)
  return out
}

/** The kernel's area divided by what counts, of each window; undefined where that is 1 of all. */
function weightsOf(g: Averaging): Float64Array | undefined {
  if (g.counted === 'all') return undefined
  const [rows, columns] = [along(g, g.counted, 0), along(g, g.counted, 1)]
  if (rows.every(w => w === 1) && columns.every(w => w === 1)) return undefined
  return Float64Array.from(rows.flatMap(row => columns.map(column => row * column)))
}

/** The kernel's size over the taps that count. */
function along(g: Averaging, sides: Sides, axis: 0 | 1): number[] {
  const [before, after] = sides[axis]
  return Array.from({ length: g.output[axis] }, (_, i) => {
    const [first, end] = tapsWithin(g, axis, i, -before, g.input[axis] + after)
    return first < end ? g.kernel[axis] / (end - first) : 0
  })
}
