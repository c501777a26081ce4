import { demote, lower, storeLanes, upper } from './lanes.ts'

/** Where among `count` indices the first lies that is not in 0..n-1, or -1. */
export function firstOutside(index: usize, count: i32, n: i32): i32 {
  const limit = i32x4.splat(n)
  const whole = count & ~3
  for (let i = 0; i < whole; i += 4) {
    // A negative index is a large one without a sign.
    const outside = i32x4.bitmask(i32x4.ge_u(v128.load(index + (i << 2)), limit))
    if (outside !== 0) return i + i32.ctz(outside)
  }
  for (let i = whole; i < count; i++) {
    const pick = i32.load(index + (i << 2))
    if (pick < 0 || pick >= n) return i
  }
  return -1
}

/**
 * z[i, j] = x[index[i, j], j] for i < m, j < width, in each of the parts begin..end: their x lie `apart` bytes from
 * each other, their z and index follow one another. Indices are in range.
 */
export function gather(
  begin: i32,
  end: i32,
  x: usize,
  index: usize,
  z: usize,
  m: i32,
  width: i32,
  apart: usize,
): void {
  const size: usize = m * (width << 2)
  for (let part = begin; part < end; part++) {
    const from: usize = x + part * apart
    let picks: usize = index + part * size
    let to: usize = z + part * size
    for (let i = 0; i < m; i++) {
      pickRow(from, picks, to, width)
      picks += width << 2
      to += width << 2
    }
  }
}

/** z[j] = x[index[j], j] */
function pickRow(x: usize, index: usize, z: usize, width: i32): void {
  let j = 0
  for (; j + 4 <= width; j += 4) {
    const picks = v128.load(index + (j << 2))
    const pick = i32x4.extract_lane(picks, 0)
    // Whole rows are what is mostly picked: then the four lie side by side.
    if (i32x4.all_true(i32x4.eq(picks, i32x4.splat(pick)))) {
      v128.store(z + (j << 2), v128.load(x + ((pick * width + j) << 2)))
    } else {
      for (let k = j; k < j + 4; k++) pickOne(x, index, z, width, k)
    }
  }
  for (; j < width; j++) pickOne(x, index, z, width, j)
}

function pickOne(x: usize, index: usize, z: usize, width: i32, j: i32): void {
  i32.store(z + (j << 2), i32.load(x + ((i32.load(index + (j << 2)) * width + j) << 2)))
}

/**
 * z[index[i, j], j] += src[i, j] for i < m in turn and each column j of the parts begin..end. A part has `columns`
 * columns, the last what is left of `all`; its z lies `zApart` bytes behind the one before, its index and src `apart`
 * bytes. Rows lie `pitch` bytes apart. Indices are in range.
 */
export function scatterAdd(
  begin: i32,
  end: i32,
  z: usize,
  index: usize,
  src: usize,
  m: i32,
  columns: i32,
  all: i32,
  pitch: usize,
  zApart: usize,
  apart: usize,
): void {
  for (let part = begin; part < end; part++) {
    const to: usize = z + part * zApart
    let picks: usize = index + part * apart
    let from: usize = src + part * apart
    const count = min(columns, all - part * columns)
    for (let i = 0; i < m; i++) {
      addRow(to, picks, from, count, pitch)
      picks += pitch
      from += pitch
    }
  }
}

/** z[index[j], j] += src[j] */
function addRow(z: usize, index: usize, src: usize, count: i32, pitch: usize): void {
  let j = 0
  for (; j + 4 <= count; j += 4) {
    const picks = v128.load(index + (j << 2))
    const pick = i32x4.extract_lane(picks, 0)
    // Whole rows are what is mostly picked: then the four lie side by side.
    if (i32x4.all_true(i32x4.eq(picks, i32x4.splat(pick)))) {
      const to: usize = z + pick * pitch + (j << 2)
      v128.store(to, f32x4.add(v128.load(to), v128.load(src + (j << 2))))
    } else {
      for (let k = j; k < j + 4; k++) addOne(z, index, src, k, pitch)
    }
  }
  for (; j < count; j++) addOne(z, index, src, j, pitch)
}

function addOne(z: usize, index: usize, src: usize, j: i32, pitch: usize): void {
  const to: usize = z + i32.load(index + (j << 2)) * pitch + (j << 2)
  f32.store(to, f32.add(f32.load(to), f32.load(src + (j << 2))))
}

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
      for (let j = 0; j < count; j++) addExactly(sums, index + at, src + at, j, row)
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

function addExactly(sums: usize, index: usize, src: usize, j: i32, row: usize): void {
  const to: usize = sums + i32.load(index + (j << 2)) * row + (j << 3)
  const sum = f64x2.add(v128.load64_zero(to), lower(v128.load32_zero(src + (j << 2))))
  v128.store64_lane(to, sum, 0)
}
