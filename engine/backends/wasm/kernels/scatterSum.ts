import { demote, lower, storeLanes, upper } from './lanes.ts'

/**
 * What `scatterAdd` does with z = x, for sums of many terms: in float64, `sums` having n rows of `columns` for it.
 */
export function scatterSum(
  begin: i32,
  end: i32,
  sums: usize,
  x: usize,
  z: usize,
  index: usize,
  src: usize,
  n: i32,
  m: i32,
  columns: i32,
  all: i32,
  pitch: usize,
  zApart: usize,
  apart: usize,
): void {
  const row: usize = columns << 3
  // Rows that follow one another are one.
  const whole = pitch === columns << 2
  const rows = whole ? 1 : n
  for (let part = begin; part < end; part++) {
    const count = min(columns, all - part * columns)
    const length = whole ? n * columns : count
    for (let i = 0; i < rows; i++) widen(x + part * zApart + i * pitch, sums + i * row, length)
    for (let i = 0; i < m; i++) {
      const at: usize = part * apart + i * pitch
      for (let j = 0; j < count; j++) addOne(sums, index + at, src + at, j, row)
    }
    for (let i = 0; i < rows; i++) narrow(sums + i * row, z + part * zApart + i * pitch, length)
  }
}

/** Writes up to three elements more. */
function widen(x: usize, sums: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(x + (i << 2))
    v128.store(sums + (i << 3), lower(v))
    v128.store(sums + (i << 3), upper(v), 16)
  }
}

function narrow(sums: usize, z: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const v = demote(v128.load(sums + (i << 3)), v128.load(sums + (i << 3), 16))
    storeLanes(z + (i << 2), v, n - i)
  }
}

function addOne(sums: usize, index: usize, src: usize, j: i32, row: usize): void {
  const to: usize = sums + i32.load(index + (j << 2)) * row + (j << 3)
  const sum = f64x2.add(v128.load64_zero(to), lower(v128.load32_zero(src + (j << 2))))
  v128.store64_lane(to, sum, 0)
}
