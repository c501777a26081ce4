import { sizeOf } from '../../shape.ts'
import type { Backend, NDArray } from '../backend.ts'
import { broadcastStrides, rowStarts } from '../layout.ts'
import type { Context } from './context.ts'
import { copy } from './copy.ts'

/**
 * Of the kernel `gemm`: the columns of a panel of B; the rows and columns of a unit of C (`gemv` has as many columns); and the most k's that are
 * added before C is stored, since a panel's share of them stays in the first cache.
 */
const WIDTH = 16
const ROWS = 64
const COLUMNS = 512
const DEPTH = 384
/** So few rows of A that B, row-major, is read in place: to pack it would cost as much as to multiply. */
const FEW = 3
/** Bytes of B that stay in the second cache while A streams past. */
const SMALL = 2 ** 17
/** Of a B that streams: its columns, at least, and so many at a time. */
const MANY = 512
const STRIP = 4096
/** Rows of A, to fill a panel, that are multiplied in vain for less than it costs to pack B. */
const VAIN = 8
/** Bytes of a part of B in panels, at most: they stay in the third cache. */
const LARGE = 2 ** 21

/** A matrix in memory: element (i, j) at address + i row + j column. */
export interface Strided {
  readonly at: number
  readonly row: number
  readonly column: number
}

/**
 * z = op(a) op(b), in parts of k: a part of B is packed into panels, and while it stays in the cache the threads share
 * the units of C.
 */
export const matmul = (context: Context) =>
  ({
    matmul(a, b, transposeA, transposeB, shape) {
      const { array, at: c } = context.storage.allocate(shape, a.dtype)
      const lead = shape.slice(0, -2)
      const [m, n] = shape.slice(-2)
      const depth = a.shape[a.shape.length - (transposeA ? 2 : 1)]
      if (sizeOf(shape) === 0) return array
      const A = strided(context.storage.at(a), transposeA, m, depth)
      const B = strided(context.storage.at(b), transposeB, depth, n)
      // One matrix B for a batch of rows: the batch is more rows.
      if (!transposeA && sizeOf(b.shape.slice(0, -2)) === 1) {
        multiply(context, sizeOf(lead) * m, n, depth, A, B, c)
        return array
      }
      const [aStarts, bStarts] = [a, b].map(x => starts(x, lead))
      for (let i = 0; i < sizeOf(lead); i++) {
        const at = c + i * m * n * 4
        multiply(context, m, n, depth, { ...A, at: A.at + aStarts[i] }, { ...B, at: B.at + bStarts[i] }, at)
      }
      return array
    },
  }) satisfies Partial<Backend>

/** C[m,n] = A[m,k] B[k,n], C row-major at `c`. */
export function multiply(
  context: Context,
  m: number,
  n: number,
  k: number,
  A: Strided,
  B: Strided,
  c: number,
): void {
  if (k === 0) {
    context.memory.floats.fill(0, c / 4, c / 4 + m * n)
    return
  }
  const { threads } = context
  // Even parts: a short one would pay as much for its stores.
  const part = Math.ceil(k / Math.ceil(k / DEPTH))
  if (m <= FEW && B.column === 4) {
    // biome-ignore format: arguments by what they describe
    threads.runWithScratch(
      'gemv', Math.ceil(n / COLUMNS), 2 * m * n * k, m * COLUMNS * 4, m, n, k, part, A.at, A.row, A.column, B.at, B.row, c,
    )
    return
  }
  const row = Math.ceil(n / WIDTH) * WIDTH * 4
  if (A.column === 4 && row * k <= SMALL) {
    context.memory.temporary(row * k, to => {
      pack(context, n, k, B, to)
      // biome-ignore format: arguments by what they describe
      threads.runWithScratch(
        'gemmStream', Math.ceil(m / ROWS), 2 * m * n * k, 256, m, n, k, part, A.at, A.row, to, c,
      )
    })
    return
  }
  if (streams(m, n, k, B)) {
    multiplyTransposed(context, m, n, k, A, B, c)
    return
  }
  // Of a B that is wider than the cache, so many columns at a time that what is packed of them stays there.
  const width = Math.min(n, Math.max(1, Math.floor(LARGE / (4 * part * COLUMNS))) * COLUMNS)
  context.memory.temporary(Math.ceil(width / WIDTH) * WIDTH * 4 * part, to => {
    for (let j = 0; j < n; j += width) {
      const columns = Math.min(width, n - j)
      const units = Math.ceil(m / ROWS) * Math.ceil(columns / COLUMNS)
      for (let p = 0; p < k; p += part) {
        const depth = Math.min(part, k - p)
        const a = A.at + p * A.column
        pack(context, columns, depth, { ...B, at: B.at + p * B.row + j * B.column }, to)
        const scratch = 256 + ROWS * depth * 4
        // biome-ignore format: arguments by what they describe
        threads.runWithScratch(
          'gemm', units, 2 * m * columns * depth, scratch,
          m, columns, depth, p > 0 ? 1 : 0, a, A.row, A.column, to, c + j * 4, n * 4,
        )
      }
    }
  })
}

/** Is A so small, and B stored transposed and so much larger, that to pack A and to transpose C costs less than to pack B? */
function streams(m: number, n: number, k: number, B: Strided): boolean {
  const wide = Math.ceil(m / WIDTH) * WIDTH
  return B.row === 4 && n >= MANY && m < k && wide - m <= VAIN && wide * k * 4 <= 2 * SMALL
}

/**
 * C' = B' A': the rows of B', which lie as they are read, stream past A' in panels; C gets its columns strip by strip. To the
 * same bits, since a product's sum has the same terms in the same order.
 */
function multiplyTransposed(
  context: Context,
  m: number,
  n: number,
  k: number,
  A: Strided,
  B: Strided,
  c: number,
): void {
  const { memory, threads } = context
  const part = Math.ceil(k / Math.ceil(k / DEPTH))
  const panels = Math.ceil(m / WIDTH) * WIDTH * 4 * k
  memory.temporary(panels + Math.min(STRIP, n) * m * 4, to => {
    const strip = to + panels
    pack(context, m, k, { at: A.at, row: A.column, column: A.row }, to)
    for (let j = 0; j < n; j += STRIP) {
      const rows = Math.min(STRIP, n - j)
      // biome-ignore format: arguments by what they describe
      threads.runWithScratch(
        'gemmStream', Math.ceil(rows / ROWS), 2 * m * rows * k, 256, rows, m, k, part, B.at + j * B.column, B.column, to, strip,
      )
      copy(context, strip, c + j * 4, [
        { n: m, from: 1, to: n },
        { n: rows, from: m, to: 1 },
      ])
    }
  })
}

/** B[k,n] in panels. */
function pack({ threads }: Context, n: number, k: number, { at, row, column }: Strided, to: number): void {
  threads.run('packPanels', Math.ceil(n / WIDTH), n * k * 4, at, k, n, row, column, to, k * 64)
}

const strided = (at: number, transposed: boolean, rows: number, columns: number): Strided =>
  transposed ? { at, row: 4, column: rows * 4 } : { at, row: columns * 4, column: 4 }

/** Where the matrix of each batch starts, in bytes. */
function starts(x: NDArray, lead: readonly number[]): Int32Array {
  const strides = broadcastStrides([...x.shape.slice(0, -2), 1], [...lead, 1])
  return rowStarts([...lead, 1], strides).map(start => start * sizeOf(x.shape.slice(-2)) * 4)
}
