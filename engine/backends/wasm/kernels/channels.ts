import { lower, madd, storeLanes, upper } from './lanes.ts'

/**
 * For parts begin..end of `rows` rows, of the n rows of x and y of `channels` elements: the sums of y - p and of
 * (y - p) (x - m), channel by channel, in float64. A part's are 2 rows of `channels` rounded up to a multiple of 8.
 */
// biome-ignore format: arguments by what they describe
export function channelSums(
  begin: i32, end: i32, y: usize, p: usize, x: usize, m: usize, n: i32, channels: i32, rows: i32, z: usize,
): void {
  const row: usize = channels << 2
  const half: usize = ((channels + 7) & -8) << 3
  const squares = y === x && p === m
  for (let i = begin; i < end; i++) {
    const count = min(rows, n - i * rows)
    const first: usize = i * rows * row
    const to: usize = z + i * (half << 1)
    for (let offset: usize = 0; offset < row; offset += 32) {
      if (squares) Inlined.sumUp(true, y + first + offset, p + offset, y, p, count, row, to + (offset << 1), half)
      else Inlined.sumUp(false, y + first + offset, p + offset, x + first + offset, m + offset, count, row, to + (offset << 1), half)
    }
  }
}

/** Compiled once for each `squares`. */
// biome-ignore lint/complexity/noStaticOnlyClass: functions take no decorators
class Inlined {
  /** Eight columns of `count` >= 1 rows; with `squares`, of the squares of y - p in place of its products. */
  // biome-ignore format: arguments by what they describe
  @inline
  static sumUp(
    squares: bool, y: usize, p: usize, x: usize, m: usize, count: i32, row: usize, to: usize, half: usize,
  ): void {
    const zero = f64x2.splat(0)
    const p0 = v128.load(p), p1 = v128.load(p, 16)
    const m0 = squares ? p0 : v128.load(m), m1 = squares ? p1 : v128.load(m, 16)
    let a = zero, b = zero, c = zero, d = zero
    let e = zero, f = zero, g = zero, h = zero
    do {
      const u = f32x4.sub(v128.load(y), p0), v = f32x4.sub(v128.load(y, 16), p1)
      const u0 = lower(u), u1 = upper(u), v0 = lower(v), v1 = upper(v)
      a = f64x2.add(a, u0)
      b = f64x2.add(b, u1)
      c = f64x2.add(c, v0)
      d = f64x2.add(d, v1)
      if (squares) {
        e = f64x2.add(e, f64x2.mul(u0, u0))
        f = f64x2.add(f, f64x2.mul(u1, u1))
        g = f64x2.add(g, f64x2.mul(v0, v0))
        h = f64x2.add(h, f64x2.mul(v1, v1))
      } else {
        const s = f32x4.sub(v128.load(x), m0), t = f32x4.sub(v128.load(x, 16), m1)
        e = f64x2.add(e, f64x2.mul(u0, lower(s)))
        f = f64x2.add(f, f64x2.mul(u1, upper(s)))
        g = f64x2.add(g, f64x2.mul(v0, lower(t)))
        h = f64x2.add(h, f64x2.mul(v1, upper(t)))
        x += row
      }
      y += row
    } while (--count)
    v128.store(to, a)
    v128.store(to, b, 16)
    v128.store(to, c, 32)
    v128.store(to, d, 48)
    v128.store(to + half, e)
    v128.store(to + half, f, 16)
    v128.store(to + half, g, 32)
    v128.store(to + half, h, 48)
  }
}

/** z = a (x - m) + c for rows begin..end of x, which has as many columns as m, a and c have elements. */
// biome-ignore format: arguments by what they describe
export function scaleShift(
  begin: i32, end: i32, x: usize, m: usize, a: usize, c: usize, channels: i32, z: usize,
): void {
  const row: usize = channels << 2
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * row
    const to: usize = z + i * row
    for (let j: usize = 0; j < row; j += 16) {
      const d = f32x4.sub(v128.load(at + j), v128.load(m + j))
      storeLanes(to + j, madd(v128.load(a + j), d, v128.load(c + j)), (row - j) >> 2)
    }
  }
}

/** z = a (x - m) + b y + c, in the same way. */
// biome-ignore format: arguments by what they describe
export function scaleShiftAdd(
  begin: i32, end: i32, x: usize, m: usize, a: usize, c: usize, y: usize, b: usize, channels: i32, z: usize,
): void {
  const row: usize = channels << 2
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * row
    const from: usize = y + i * row
    const to: usize = z + i * row
    for (let j: usize = 0; j < row; j += 16) {
      const d = f32x4.sub(v128.load(at + j), v128.load(m + j))
      const rest = madd(v128.load(a + j), d, v128.load(c + j))
      storeLanes(to + j, madd(v128.load(b + j), v128.load(from + j), rest), (row - j) >> 2)
    }
  }
}
