import { transpose4 } from './panels.ts'

/**
 * Copies words from one place to another where they lie differently: z[i, j, k, l] = x[i, j, k, l] for i in
 * begin..end, j < n1, k < n2, l < n, each axis of x and of z with a stride of its own, in bytes.
 */
export function move(
  begin: i32,
  end: i32,
  x: usize,
  z: usize,
  n1: i32,
  n2: i32,
  n: i32,
  x0: usize,
  x1: usize,
  x2: usize,
  xStep: usize,
  z0: usize,
  z1: usize,
  z2: usize,
  zStep: usize,
): void {
  const rows = xStep === 4 && zStep === 4
  for (let i = begin; i < end; i++) {
    for (let j = 0; j < n1; j++) {
      let from: usize = x + i * x0 + j * x1
      let to: usize = z + i * z0 + j * z1
      for (let k = 0; k < n2; k++) {
        if (rows) copyRow(from, to, n)
        else spread(from, to, n, xStep, zStep)
        from += x2
        to += z2
      }
    }
  }
}

/** n words that lie side by side. */
function copyRow(from: usize, to: usize, n: i32): void {
  if (n >= 64) {
    memory.copy(to, from, n << 2)
    return
  }
  let left = n
  for (; left >= 4; left -= 4) {
    v128.store(to, v128.load(from))
    from += 16
    to += 16
  }
  for (; left > 0; left--) {
    i32.store(to, i32.load(from))
    from += 4
    to += 4
  }
}

/** n words that lie apart. */
function spread(from: usize, to: usize, n: i32, xStep: usize, zStep: usize): void {
  for (let left = n; left > 0; left--) {
    i32.store(to, i32.load(from))
    from += xStep
    to += zStep
  }
}

/** z = x, n words. */
export function copyWords(z: usize, x: usize, n: i32): void {
  memory.copy(z, x, n << 2)
}

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
        transposeTile(from + (b << 2), to + b * zRow, rows, min(TILE, columns - b), xRow, zRow)
      }
    }
  }
}

/** A line of the cache: what is read of a row, and how many rows of z are being written. */
const TILE = 16

function transposeTile(x: usize, z: usize, rows: i32, columns: i32, xRow: usize, zRow: usize): void {
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
