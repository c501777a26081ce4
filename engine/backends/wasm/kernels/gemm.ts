import { transposeRows } from './panels.ts'
import { tile, WIDTH } from './tile.ts'

/** A block's rows and columns, and the k's that are summed before C is stored: what stays in the caches. */
const ROWS: i32 = 64
const COLUMNS: i32 = 512
const DEPTH: i32 = 384

/**
 * Blocks begin..end of C[m,n] = A[m,k] B[k,n]: 64 rows by 512 columns, down each column of blocks. Element (i, j) of A
 * lies at a + i row + j step, and one of the two is 4; B comes in `panels`; C's rows lie side by side. `scratch` holds
 * 256 bytes, and a block of A if A is stored transposed.
 */
export function gemm(
  begin: i32,
  end: i32,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  row: usize,
  step: usize,
  panels: usize,
  c: usize,
): void {
  for (let u = begin; u < end; u++) {
    let i = u * ROWS,
      j = 0
    const height = ((m + ROWS - 1) >> 6) * ROWS
    for (; i >= height; i -= height) j += COLUMNS
    block(
      scratch,
      min(ROWS, m - i),
      min(COLUMNS, n - j),
      k,
      a + i * row,
      row,
      step,
      panels + j * k * 4,
      c + ((i * n + j) << 2),
      n << 2,
    )
  }
}

function block(
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  row: usize,
  step: usize,
  panels: usize,
  c: usize,
  cRow: usize,
): void {
  const table = scratch,
    spill = scratch + 128,
    rows = scratch + 256
  const transposed = step !== 4
  i32.store(table, 0)
  for (let p = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p)
    const ap = transposed ? rows : a + p * 4
    const aRow: usize = transposed ? depth << 2 : row
    if (transposed) transposeRows(a + p * step, m, depth, step, rows)
    i32.store(table, depth, 4)
    for (let j = 0; j < n; j += WIDTH) {
      const b = panels + j * k * 4 + p * 64
      const width = min(WIDTH, n - j)
      for (let i = 0; i < m; i += 2) {
        const a0 = ap + i * aRow,
          c0 = c + i * cRow + (j << 2)
        if (width === WIDTH && i + 1 < m) tile(1, table, a0, a0 + aRow, 4, b, c0, c0 + cRow, p > 0)
        else edge(table, a0, i + 1 < m ? aRow : 0, b, c0, cRow, width << 2, p > 0, spill)
      }
    }
  }
}

/** A tile that C does not hold whole: `bytes` of each row count, and the second row only if A has one (`row` > 0). */
function edge(
  table: usize,
  a0: usize,
  row: usize,
  b: usize,
  c: usize,
  cRow: usize,
  bytes: i32,
  add: bool,
  spill: usize,
): void {
  if (add) {
    memory.copy(spill, c, bytes)
    if (row > 0) memory.copy(spill + 64, c + cRow, bytes)
  }
  tile(1, table, a0, a0 + row, 4, b, spill, spill + 64, add)
  memory.copy(c, spill, bytes)
  if (row > 0) memory.copy(c + cRow, spill + 64, bytes)
}
