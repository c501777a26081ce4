import { lower, madd, storeLanes, upper } from './lanes.ts'

/** Rows whose terms are added up in float32 before they join the sums in float64. */
const GROUP: i32 = 8

/**
 * For parts begin..end of `rows` rows, of the n rows of x of `channels` elements: the sums of x - p and of (x - p)^2, channel by
 * channel, in float64 from the first term on, since a variance is their difference. A part's are 2 rows of `channels` rounded up
 * to a multiple of 8.
 */
// biome-ignore format: arguments by what they describe
export function channelMoments(
  begin: i32, end: i32, x: usize, p: usize, n: i32, channels: i32, rows: i32, z: usize,
): void {
  const row: usize = channels << 2, half: usize = ((channels + 7) & -8) << 3
  for (let i = begin; i < end; i++) {
    const first: usize = x + i * rows * row, to: usize = z + i * (half << 1)
    for (let offset: usize = 0; offset < row; offset += 32)
      squares(first + offset, p + offset, min(rows, n - i * rows), row, to + (offset << 1), half)
  }
}

/** The same of the sums of y and of y (x - m), of which groups of rows are added up in float32 first. */
// biome-ignore format: arguments by what they describe
export function channelSums(
  begin: i32, end: i32, y: usize, x: usize, m: usize, n: i32, channels: i32, rows: i32, z: usize,
): void {
  const row: usize = channels << 2, half: usize = ((channels + 7) & -8) << 3
  for (let i = begin; i < end; i++) {
    const first: usize = i * rows * row, to: usize = z + i * (half << 1)
    for (let offset: usize = 0; offset < row; offset += 32)
      products(y + first + offset, x + first + offset, m + offset, min(rows, n - i * rows), row, to + (offset << 1), half)
  }
}

/** Of eight columns of `count` >= 1 rows. */
// biome-ignore format: sums by their terms
function squares(x: usize, p: usize, count: i32, row: usize, to: usize, half: usize): void {
  const zero = f64x2.splat(0)
  const p0 = v128.load(p), p1 = v128.load(p, 16)
  let a = zero, b = zero, c = zero, d = zero
  let e = zero, f = zero, g = zero, h = zero
  do {
    const u = f32x4.sub(v128.load(x), p0), v = f32x4.sub(v128.load(x, 16), p1)
    const u0 = lower(u), u1 = upper(u), v0 = lower(v), v1 = upper(v)
    a = f64x2.add(a, u0)
    b = f64x2.add(b, u1)
    c = f64x2.add(c, v0)
    d = f64x2.add(d, v1)
    e = f64x2.add(e, f64x2.mul(u0, u0))
    f = f64x2.add(f, f64x2.mul(u1, u1))
    g = f64x2.add(g, f64x2.mul(v0, v0))
    h = f64x2.add(h, f64x2.mul(v1, v1))
    x += row
  } while (--count)
  store(to, a, b, c, d)
  store(to + half, e, f, g, h)
}

/** Of eight columns of `count` >= 1 rows. */
// biome-ignore format: sums by their terms
function products(y: usize, x: usize, m: usize, count: i32, row: usize, to: usize, half: usize): void {
  const zero = f64x2.splat(0)
  store(to, zero, zero, zero, zero)
  store(to + half, zero, zero, zero, zero)
  const m0 = v128.load(m), m1 = v128.load(m, 16)
  do {
    let rows = min(GROUP, count)
    count -= rows
    let a = f32x4.splat(0), b = f32x4.splat(0), e = f32x4.splat(0), f = f32x4.splat(0)
    do {
      const u = v128.load(y), v = v128.load(y, 16)
      a = f32x4.add(a, u)
      b = f32x4.add(b, v)
      e = madd(u, f32x4.sub(v128.load(x), m0), e)
      f = madd(v, f32x4.sub(v128.load(x, 16), m1), f)
      y += row
      x += row
    } while (--rows)
    addTo(to, a, b)
    addTo(to + half, e, f)
  } while (count)
}

/** Adds eight lanes to what is there. */
function addTo(to: usize, a: v128, b: v128): void {
  v128.store(to, f64x2.add(v128.load(to), lower(a)))
  v128.store(to, f64x2.add(v128.load(to, 16), upper(a)), 16)
  v128.store(to, f64x2.add(v128.load(to, 32), lower(b)), 32)
  v128.store(to, f64x2.add(v128.load(to, 48), upper(b)), 48)
}

function store(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(to, a)
  v128.store(to, b, 16)
  v128.store(to, c, 32)
  v128.store(to, d, 48)
}

/** z = a (x - m) + c for rows begin..end of x, which has as many columns as m, a and c have elements. */
// biome-ignore format: arguments by what they describe
export function scaleShift(
  begin: i32, end: i32, x: usize, m: usize, a: usize, c: usize, channels: i32, z: usize,
): void {
  const row: usize = channels << 2, whole = row & ~15
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * row
    const to: usize = z + i * row
    let j: usize = 0
    for (; j < whole; j += 16) v128.store(to + j, shifted(at + j, m + j, a + j, c + j))
    if (j < row) storeLanes(to + j, shifted(at + j, m + j, a + j, c + j), (row - j) >> 2)
  }
}

/** z = a (x - m) + b y + c, in the same way. */
// biome-ignore format: arguments by what they describe
export function scaleShiftAdd(
  begin: i32, end: i32, x: usize, m: usize, a: usize, c: usize, y: usize, b: usize, channels: i32, z: usize,
): void {
  const row: usize = channels << 2, whole = row & ~15
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * row
    const from: usize = y + i * row
    const to: usize = z + i * row
    let j: usize = 0
    for (; j < whole; j += 16)
      v128.store(to + j, madd(v128.load(b + j), v128.load(from + j), shifted(at + j, m + j, a + j, c + j)))
    if (j < row)
      storeLanes(to + j, madd(v128.load(b + j), v128.load(from + j), shifted(at + j, m + j, a + j, c + j)), (row - j) >> 2)
  }
}

/** a (x - m) + c of one vector each. */
function shifted(x: usize, m: usize, a: usize, c: usize): v128 {
  return madd(v128.load(a), f32x4.sub(v128.load(x), v128.load(m)), v128.load(c))
}
