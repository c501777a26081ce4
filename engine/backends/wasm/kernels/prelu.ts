import { lower, upper } from './lanes.ts'

/** y where x > 0, else slope y. */
export function prelu4(y: v128, x: v128, slope: v128): v128 {
  return v128.bitselect(y, f32x4.mul(slope, y), f32x4.gt(x, f32x4.splat(0)))
}

/**
 * z = y where x > 0, else slope y, for rows begin..end of the n elements that `slope` has; the rows hold together `size`
 * elements.
 */
// biome-ignore format: arguments by what they describe
export function preluGrad(
  begin: i32, end: i32, y: usize, x: usize, slope: usize, n: i32, size: i32, z: usize,
): void {
  for (let r = begin; r < end; r++) {
    const row: usize = (r * n) << 2, bytes: usize = min(n, size - r * n) << 2
    for (let j: usize = 0; j < bytes; j += 16)
      v128.store(z + row + j, prelu4(v128.load(y + row + j), v128.load(x + row + j), v128.load(slope + j)))
  }
}

/**
 * For parts begin..end of `rows` rows, of the n rows of y and x of `channels` elements: the sums of y x where x is not
 * above 0, channel by channel, in float64. A part's are a row of `channels` rounded up to a multiple of 8.
 */
// biome-ignore format: arguments by what they describe
export function preluSlopeSums(
  begin: i32, end: i32, y: usize, x: usize, n: i32, channels: i32, rows: i32, z: usize,
): void {
  const row: usize = channels << 2, width: usize = ((channels + 7) & -8) << 3
  for (let i = begin; i < end; i++) {
    const first = i * rows, count = min(rows, n - first)
    for (let column = 0; column < channels; column += 8) {
      let a = f64x2.splat(0), b = f64x2.splat(0), c = f64x2.splat(0), d = f64x2.splat(0)
      let at: usize = first * row + (column << 2)
      for (let r = 0; r < count; r++) {
        const u = below(v128.load(y + at), v128.load(x + at))
        const v = below(v128.load(y + at, 16), v128.load(x + at, 16))
        a = f64x2.add(a, lower(u))
        b = f64x2.add(b, upper(u))
        c = f64x2.add(c, lower(v))
        d = f64x2.add(d, upper(v))
        at += row
      }
      const to: usize = z + i * width + (column << 3)
      v128.store(to, a)
      v128.store(to, b, 16)
      v128.store(to, c, 32)
      v128.store(to, d, 48)
    }
  }
}

/** y x where x is not above 0, else 0. */
function below(y: v128, x: v128): v128 {
  return v128.andnot(f32x4.mul(y, x), f32x4.gt(x, f32x4.splat(0)))
}
