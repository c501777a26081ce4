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
  for (let i = begin; i < end; i++) {
    const first = i * rows
    const count = min(rows, n - first)
    for (let column = 0; column < channels; column += 8) {
      const offset: usize = column << 2
      const p0 = v128.load(p + offset)
      const p1 = v128.load(p + offset, 16)
      const m0 = v128.load(m + offset)
      const m1 = v128.load(m + offset, 16)
      let a = f64x2.splat(0)
      let b = f64x2.splat(0)
      let c = f64x2.splat(0)
      let d = f64x2.splat(0)
      let e = f64x2.splat(0)
      let f = f64x2.splat(0)
      let g = f64x2.splat(0)
      let h = f64x2.splat(0)
      let from: usize = y + first * row + offset
      let at: usize = x + first * row + offset
      for (let r = 0; r < count; r++) {
        const u = f32x4.sub(v128.load(from), p0)
        const v = f32x4.sub(v128.load(from, 16), p1)
        const s = f32x4.sub(v128.load(at), m0)
        const t = f32x4.sub(v128.load(at, 16), m1)
        a = f64x2.add(a, lower(u))
        b = f64x2.add(b, upper(u))
        c = f64x2.add(c, lower(v))
        d = f64x2.add(d, upper(v))
        e = f64x2.add(e, f64x2.mul(lower(u), lower(s)))
        f = f64x2.add(f, f64x2.mul(upper(u), upper(s)))
        g = f64x2.add(g, f64x2.mul(lower(v), lower(t)))
        h = f64x2.add(h, f64x2.mul(upper(v), upper(t)))
        from += row
        at += row
      }
      const to: usize = z + i * (half << 1) + (column << 3)
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
