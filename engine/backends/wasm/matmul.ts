import { sizeOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { broadcastStrides, rowStarts } from '../layout.ts'
import type { Core } from './core.ts'

/**
 * Of the kernel `gemm`: the columns of a panel of B; the rows and columns of a block of C; and the most k's that are
 * added before C is stored, since a panel's share of them stays in the first cache.
 */
const WIDTH = 16
const ROWS = 64
const COLUMNS = 512
const DEPTH = 384
/** Bytes of B that stay in the second cache while A streams past. */
const SMALL = 2 ** 17

/** A matrix in memory: element (i, j) at address + i row + j column. */
export interface Strided {
  readonly at: number
  readonly row: number
  readonly column: number
}

/** z = op(a) op(b): B is packed into panels once, then blocks of C are shared among the threads. */
export const matmul = (core: Core): Pick<Backend, 'matmul'> => ({
  matmul(a, b, transposeA, transposeB, shape) {
    const { array, at: c } = core.allocate(shape, a.dtype)
    const lead = shape.slice(0, -2)
    const [m, n] = shape.slice(-2)
    const depth = a.shape[a.shape.length - (transposeA ? 2 : 1)]
    if (sizeOf(shape) === 0) return array
    const A = strided(core.at(a), transposeA, m, depth)
    const B = strided(core.at(b), transposeB, depth, n)
    // One matrix B for a batch of rows: the batch is more rows.
    if (!transposeA && sizeOf(b.shape.slice(0, -2)) === 1) {
      multiply(core, sizeOf(lead) * m, n, depth, A, B, c)
      return array
    }
    const [aStarts, bStarts] = [a, b].map(x => starts(x, lead))
    for (let i = 0; i < sizeOf(lead); i++) {
      const at = c + i * m * n * 4
      multiply(core, m, n, depth, { ...A, at: A.at + aStarts[i] }, { ...B, at: B.at + bStarts[i] }, at)
    }
    return array
  },
})

/** C[m,n] = A[m,k] B[k,n], C row-major at `c`. */
export function multiply(
  core: Core,
  m: number,
  n: number,
  k: number,
  A: Strided,
  B: Strided,
  c: number,
): void {
  if (k === 0) {
    core.pool.floats.fill(0, c / 4, c / 4 + m * n)
    return
  }
  const panels = Math.ceil(n / WIDTH)
  core.temporary(panels * WIDTH * k * 4, packed => {
    core.threads.run('packPanels', panels, n * k * 4, B.at, k, n, B.row, B.column, packed, k * 64)
    const blocks = Math.ceil(m / ROWS) * Math.ceil(n / COLUMNS)
    const work = 2 * m * n * k
    // Even parts: a short one would pay as much for its stores.
    const sums = Math.ceil(k / Math.ceil(k / DEPTH))
    const inPlace = A.column === 4
    const once = inPlace && panels * WIDTH * k * 4 <= SMALL ? 1 : 0
    // biome-ignore format: arguments by what they describe
    core.threads.runWithScratch(
      'gemm', blocks, work, 256 + (inPlace ? 0 : ROWS * sums * 4),
      m, n, k, sums, once, A.at, A.row, A.column, packed, c,
    )
  })
}

const strided = (at: number, transposed: boolean, rows: number, columns: number): Strided =>
  transposed ? { at, row: 4, column: rows * 4 } : { at, row: columns * 4, column: 4 }

/** Where the matrix of each batch starts, in bytes. */
function starts(x: NDArray, lead: readonly number[]): Int32Array {
  const strides = broadcastStrides([...x.shape.slice(0, -2), 1], [...lead, 1])
  return rowStarts([...lead, 1], strides).map(start => start * sizeOf(x.shape.slice(-2)) * 4)
}
