import { WIDTH } from './tile.ts'

/** Panels that are filled row by row together: B's memory is then read in runs. */
const AT_ONCE: i32 = 8

/**
 * Copies panels begin..end of B[k,n] (each 16 columns, row after row, zeros beyond n), as `tile` reads them. Rows lie
 * `row` bytes apart, columns `column`, and the panels `pitch`.
 */
export function packPanels(
  begin: i32,
  end: i32,
  b: usize,
  k: i32,
  n: i32,
  row: usize,
  column: usize,
  panels: usize,
  pitch: usize,
): void {
  for (let p = begin; p < end; p++) {
    const from = b + p * WIDTH * column
    const to = panels + p * pitch
    const width = min(WIDTH, n - p * WIDTH)
    if (width < WIDTH) packNarrow(from, width, k, row, column, to)
    else if (column === 4) {
      const whole = min(AT_ONCE, min(end, n >> 4) - p)
      packRows(from, whole, k, row, to, pitch)
      p += whole - 1
    } else if (row === 4) packColumns(from, k, column, to)
    else packNarrow(from, width, k, row, column, to)
  }
}

function packNarrow(from: usize, width: i32, k: i32, row: usize, column: usize, to: usize): void {
  for (; k > 0; k--) {
    for (let j = 0; j < WIDTH; j++) f32.store(to + (j << 2), j < width ? f32.load(from + j * column) : 0)
    from += row
    to += 64
  }
}

/** `count` whole panels. */
function packRows(from: usize, count: i32, k: i32, row: usize, to: usize, pitch: usize): void {
  for (; k > 0; k--) {
    let x = from,
      y = to
    for (let j = count; j > 0; j--) {
      v128.store(y, v128.load(x, 0), 0)
      v128.store(y, v128.load(x, 16), 16)
      v128.store(y, v128.load(x, 32), 32)
      v128.store(y, v128.load(x, 48), 48)
      x += 64
      y += pitch
    }
    from += row
    to += 64
  }
}

/** B is stored transposed: 4 x 4 at a time. */
function packColumns(from: usize, k: i32, column: usize, to: usize): void {
  for (; k >= 4; k -= 4) {
    for (let j = 0; j < WIDTH; j += 4) transpose4(from + j * column, column, to + (j << 2), 64)
    from += 16
    to += 256
  }
  packNarrow(from, WIDTH, k, 4, column, to)
}

/** Copies m rows of k, `row` bytes apart, to lie side by side. */
export function copyRows(from: usize, m: i32, k: i32, row: usize, to: usize): void {
  const length: usize = k << 2
  for (; m > 0; m--) {
    memory.copy(to, from, length)
    from += row
    to += length
  }
}

/** Copies the m columns of a matrix of k rows, `row` bytes apart, to m rows of k. */
export function transposeRows(from: usize, m: i32, k: i32, row: usize, to: usize): void {
  const wide = m & ~3,
    deep = k & ~3,
    length: usize = k << 2
  for (let j = 0; j < deep; j += 4) {
    for (let i = 0; i < wide; i += 4)
      transpose4(from + j * row + (i << 2), row, to + i * length + (j << 2), length)
  }
  for (let i = 0; i < m; i++) {
    for (let j = i < wide ? deep : 0; j < k; j++)
      f32.store(to + i * length + (j << 2), f32.load(from + j * row + (i << 2)))
  }
}

/** Copies a 4 x 4 square transposed; rows lie `fromRow` and `toRow` bytes apart. */
export function transpose4(from: usize, fromRow: usize, to: usize, toRow: usize): void {
  const r0 = v128.load(from),
    r1 = v128.load(from + fromRow)
  const r2 = v128.load(from + 2 * fromRow),
    r3 = v128.load(from + 3 * fromRow)
  const t0 = i32x4.shuffle(r0, r1, 0, 4, 1, 5),
    t1 = i32x4.shuffle(r0, r1, 2, 6, 3, 7)
  const t2 = i32x4.shuffle(r2, r3, 0, 4, 1, 5),
    t3 = i32x4.shuffle(r2, r3, 2, 6, 3, 7)
  v128.store(to, i32x4.shuffle(t0, t2, 0, 1, 4, 5))
  v128.store(to + toRow, i32x4.shuffle(t0, t2, 2, 3, 6, 7))
  v128.store(to + 2 * toRow, i32x4.shuffle(t1, t3, 0, 1, 4, 5))
  v128.store(to + 3 * toRow, i32x4.shuffle(t1, t3, 2, 3, 6, 7))
}
