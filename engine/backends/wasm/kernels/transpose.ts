import { transpose4 } from './panels.ts'

/**
 * Transposes matrices of words: z[i, k, b, a] = x[i, k, a, b] for i in begin..end, k < n1, a < rows, b < columns. The
 * strides of i, k and of the matrices' rows are in bytes.
 */
export function transpose(
  begin: i32,
  end: i32,
  x: usize,
  z: usize,
  n1: i32,
  rows: i32,
  columns: i32,
  x0: usize,
  x1: usize,
  xRow: usize,
  z0: usize,
  z1: usize,
  zRow: usize,
): void {
  for (let i = begin; i < end; i++) {
    for (let k = 0; k < n1; k++) {
      const from: usize = x + i * x0 + k * x1
      const to: usize = z + i * z0 + k * z1
      for (let b = 0; b < columns; b += TILE) {
        tile(from + (b << 2), to + b * zRow, rows, min(TILE, columns - b), xRow, zRow)
      }
    }
  }
}

/** A line of the cache: what is read of a row, and how many rows of z are being written. */
const TILE = 16

function tile(x: usize, z: usize, rows: i32, columns: i32, xRow: usize, zRow: usize): void {
  let a = 0
  for (; a + 4 <= rows; a += 4) {
    let b = 0
    let from: usize = x + a * xRow
    let to: usize = z + (a << 2)
    for (; b + 4 <= columns; b += 4) {
      transpose4(from, xRow, to, zRow)
      from += 16
      to += zRow << 2
    }
    for (; b < columns; b++) {
      i32.store(to, i32.load(from))
      i32.store(to, i32.load(from + xRow), 4)
      i32.store(to, i32.load(from + (xRow << 1)), 8)
      i32.store(to, i32.load(from + (xRow << 1) + xRow), 12)
      from += 4
      to += zRow
    }
  }
  for (; a < rows; a++) {
    let from: usize = x + a * xRow
    let to: usize = z + (a << 2)
    for (let b = 0; b < columns; b++) {
      i32.store(to, i32.load(from))
      from += 4
      to += zRow
    }
  }
}
