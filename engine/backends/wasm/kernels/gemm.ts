import { transposeRows } from './panels.ts'
import { tile, WIDTH } from './tile.ts'

/** A block's rows and columns: what stays in the second cache. */
const ROWS: i32 = 64
const COLUMNS: i32 = 512

/**
 * Blocks begin..end of C[m,n] = A[m,k] B[k,n]: 64 rows by 512 columns, down each column of blocks. Element (i, j) of A
 * lies at a + i row + j step, and one of the two is 4; B comes in `panels`; C's rows lie side by side. `sums` k's are
 * added before C is stored. `once` is 1 for A to be read once, of which `step` is 4. `scratch` holds 256 bytes, and 64
 * rows of `sums` if A is stored transposed.
 */
// biome-ignore format: arguments by what they describe
export function gemm(
  begin: i32, end: i32, scratch: usize,
  m: i32, n: i32, k: i32, sums: i32, once: i32, a: usize, row: usize, step: usize, panels: usize, c: usize,
): void {
  const height = ((m + ROWS - 1) >> 6) * ROWS
  memory.fill(scratch, 0, 128)
  for (let u = begin; u < end; u++) {
    let i = u * ROWS, j = 0
    for (; i >= height; i -= height) j += COLUMNS
    const rows = min(ROWS, m - i), columns = min(COLUMNS, n - j)
    const from = a + i * row, b = panels + j * k * 4, to = c + ((i * n + j) << 2)
    if (once > 0) stream(scratch, rows, columns, k, sums, from, row, b, to, n << 2)
    else block(scratch, rows, columns, k, sums, from, row, step, b, to, n << 2)
  }
}

/**
 * A block for a B that stays in the second cache: whole rows of A one after another, all columns of each, so that A comes
 * from memory once. The two rows of a tile are half a block apart: two runs from end to end, ahead of which the processor
 * fetches, as it does not where rows alternate.
 */
// biome-ignore format: arguments by what they describe
function stream(
  scratch: usize, m: i32, n: i32, k: i32, sums: i32, a: usize, row: usize, panels: usize, c: usize, cRow: usize,
): void {
  const half = (m + 1) >> 1
  for (let i = 0; i < half; i++) {
    block(scratch, i + half < m ? 2 : 1, n, k, sums, a, half * row, 4, panels, c, half * cRow)
    a += row
    c += cRow
  }
}

// biome-ignore format: arguments by what they describe
function block(
  scratch: usize, m: i32, n: i32, k: i32, sums: i32, a: usize, row: usize, step: usize, panels: usize, c: usize,
  cRow: usize,
): void {
  const table = scratch, zeros = scratch + 64, rows = scratch + 256
  const transposed = step !== 4
  for (let p = 0; p < k; p += sums) {
    const depth = min(sums, k - p)
    if (transposed) transposeRows(a + p * step, m, depth, step, rows)
    const from = transposed ? rows : a + p * 4
    const aRow: usize = transposed ? depth << 2 : row
    i32.store(table, depth, 4)
    for (let j = 0; j < n; j += WIDTH) {
      const b = panels + j * k * 4 + p * 64
      const width = min(WIDTH, n - j)
      for (let i = 0; i < m; i += 2) {
        const a0 = from + i * aRow, c0 = c + i * cRow + (j << 2), c1 = c0 + cRow
        const two = i + 1 < m
        if (width < WIDTH || !two) edge(scratch, a0, two ? aRow : 0, b, c0, cRow, width << 2, p > 0)
        else if (p > 0) tile(1, table, a0, a0 + aRow, 4, b, c0, c1, c0, c1)
        else tile(1, table, a0, a0 + aRow, 4, b, zeros, zeros, c0, c1)
      }
    }
  }
}

/** A tile that C does not hold whole: `bytes` of each row count, and the second row only if A has one (`row` > 0). */
// biome-ignore format: arguments by what they describe
function edge(
  scratch: usize, a0: usize, row: usize, b: usize, c: usize, cRow: usize, bytes: i32, add: bool,
): void {
  const spill = scratch + 128
  if (add) memory.copy(spill, c, bytes)
  else memory.fill(spill, 0, 128)
  if (add && row > 0) memory.copy(spill + 64, c + cRow, bytes)
  tile(1, scratch, a0, a0 + row, 4, b, spill, spill + 64, spill, spill + 64)
  memory.copy(c, spill, bytes)
  if (row > 0) memory.copy(c + cRow, spill + 64, bytes)
}
