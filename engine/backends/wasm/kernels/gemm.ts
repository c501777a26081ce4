import { copyRows, transposeRows } from './panels.ts'
import { tile, WIDTH } from './tile.ts'

/** A unit's rows and columns: what stays in the second cache. */
const ROWS: i32 = 64
const COLUMNS: i32 = 512
/** From so many columns on, rows of A are read often enough to be laid side by side first. */
const MANY: i32 = 256

/**
 * Units begin..end of C[m,n] = A[m,k] B[k,n], or C + A B if `add` is 1: 64 rows by 512 columns, down each column of
 * units. Element (i, j) of A lies at a + i row + j step, and one of the two is 4; B comes in `panels`; C's rows lie
 * `cRow` bytes apart. `scratch` holds 256 bytes and 64 rows of k.
 */
// biome-ignore format: arguments by what they describe
export function gemm(
  begin: i32, end: i32, scratch: usize,
  m: i32, n: i32, k: i32, add: i32, a: usize, row: usize, step: usize, panels: usize, c: usize, cRow: usize,
): void {
  const height = ((m + ROWS - 1) >> 6) * ROWS
  const copy = scratch + 256, pitch: usize = k << 6
  memory.fill(scratch, 0, 128)
  for (let u = begin; u < end; u++) {
    let i = u * ROWS, j = 0
    for (; i >= height; i -= height) j += COLUMNS
    const rows = min(ROWS, m - i), columns = min(COLUMNS, n - j)
    const inPlace = step === 4 && columns < MANY
    let from = a + i * row, aRow = row
    if (!inPlace) {
      if (step === 4) copyRows(from, rows, k, row, copy)
      else transposeRows(from, rows, k, step, copy)
      from = copy
      aRow = k << 2
    }
    rowsByPanels(scratch, rows, columns, k, add > 0, from, aRow, panels + (j >> 4) * pitch, pitch, c + i * cRow + (j << 2), cRow)
  }
}

/**
 * Units begin..end, of 64 rows, of C[m,n] = A[m,k] B[k,n] for a B that stays in the second cache: whole rows of A one
 * after another, all columns of each, so that A comes from memory once. The two rows of a tile are half a unit apart:
 * two runs from end to end, ahead of which the processor fetches, as it does not where rows alternate. C is stored after
 * every `sums` k's. `scratch` holds 256 bytes.
 */
// biome-ignore format: arguments by what they describe
export function gemmStream(
  begin: i32, end: i32, scratch: usize,
  m: i32, n: i32, k: i32, sums: i32, a: usize, row: usize, panels: usize, c: usize,
): void {
  const cRow: usize = n << 2
  memory.fill(scratch, 0, 128)
  for (let u = begin; u < end; u++) {
    const rows = min(ROWS, m - u * ROWS), half = (rows + 1) >> 1
    for (let i = 0; i < half; i++) {
      const pair = i + half < rows ? 2 : 1
      const from = a + (u * ROWS + i) * row, to = c + (u * ROWS + i) * cRow
      for (let p = 0; p < k; p += sums)
        rowsByPanels(scratch, pair, n, min(sums, k - p), p > 0, from + (p << 2), half * row, panels + (p << 6), k << 6, to, half * cRow)
    }
  }
}

/** Rows of A, each from end to end, by panels of B, `pitch` apart. */
// biome-ignore format: arguments by what they describe
function rowsByPanels(
  scratch: usize, m: i32, n: i32, k: i32, add: bool, a: usize, aRow: usize, panels: usize, pitch: usize, c: usize, cRow: usize,
): void {
  const table = scratch, zeros = scratch + 64
  i32.store(table, k, 4)
  for (let j = 0; j < n; j += WIDTH) {
    const width = min(WIDTH, n - j)
    for (let i = 0; i < m; i += 2) {
      const a0 = a + i * aRow, c0 = c + i * cRow + (j << 2), c1 = c0 + cRow
      const two = i + 1 < m
      if (width < WIDTH || !two) edge(scratch, a0, two ? aRow : 0, panels, c0, cRow, width << 2, add)
      else if (add) tile(1, table, a0, a0 + aRow, 4, panels, c0, c1, c0, c1)
      else tile(1, table, a0, a0 + aRow, 4, panels, zeros, zeros, c0, c1)
    }
    panels += pitch
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
