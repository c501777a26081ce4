import { maxColumns, maxRows } from './extreme.ts'
import { addAcross, demote, firstLanes, lower, storeLanes, upper } from './lanes.ts'
import { exp4, log4 } from './math.ts'

/**
 * z_i = ln of the sum of e^x over x's row i, for rows begin..end of n elements that follow one another up to `stop`,
 * where the last may be cut short. It is m + ln(1 + s), m the largest and s the sum of e^(x - m) of all others: a
 * result near 0 keeps its digits.
 */
export function logSumExpRows(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize): void {
  const least = f32x4.splat(-Infinity)
  maxRows(begin, end, x, stop, n, z)
  for (let i = begin; i < end; i++) {
    const m = v128.load32_splat(z + (i << 2))
    let at: usize = x + i * (n << 2)
    const last: usize = min(at + (n << 2), stop)
    let a = f64x2.splat(0)
    let b = f64x2.splat(0)
    let largest = i32x4.splat(0)
    for (; at < last; at += 16) {
      const v = v128.bitselect(v128.load(at), least, firstLanes((last - at) >> 2))
      const equal = f32x4.eq(v, m)
      const e = v128.andnot(exp4(f32x4.sub(v, m)), equal)
      a = f64x2.add(a, lower(e))
      b = f64x2.add(b, upper(e))
      largest = i32x4.sub(largest, equal)
    }
    const pairs = i32x4.add(largest, i32x4.shuffle(largest, largest, 2, 3, 0, 1))
    const equals = i32x4.add(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2))
    const s = f64x2.add(addAcross(f64x2.add(a, b)), lessOne(equals))
    v128.store32_lane(z + (i << 2), addLog1p(m, demote(s, s)), 0)
  }
}

/** The same for each column of x's sections begin..end of n rows of `width` elements, up to `stop`. */
export function logSumExpColumns(
  begin: i32,
  end: i32,
  x: usize,
  stop: usize,
  n: i32,
  z: usize,
  width: i32,
): void {
  const row: usize = width << 2
  maxColumns(begin, end, x, stop, n, z, width)
  for (let i = begin; i < end; i++) {
    const first: usize = x + i * n * row
    const last: usize = min(first + n * row, stop)
    for (let column = 0; column < width; column += 4) {
      const to: usize = z + i * row + (column << 2)
      const m = v128.load(to)
      let a = f64x2.splat(0)
      let b = f64x2.splat(0)
      let largest = i32x4.splat(0)
      for (let at: usize = first + (column << 2); at < last; at += row) {
        const v = v128.load(at)
        const equal = f32x4.eq(v, m)
        const e = v128.andnot(exp4(f32x4.sub(v, m)), equal)
        a = f64x2.add(a, lower(e))
        b = f64x2.add(b, upper(e))
        largest = i32x4.sub(largest, equal)
      }
      a = f64x2.add(a, lessOne(largest))
      b = f64x2.add(b, lessOne(i32x4.shuffle(largest, largest, 2, 3, 2, 3)))
      storeLanes(to, addLog1p(m, demote(a, b)), width - column)
    }
  }
}

/** The lower two of n - 1, as float64. */
function lessOne(n: v128): v128 {
  return f64x2.convert_low_i32x4_s(i32x4.sub(n, i32x4.splat(1)))
}

/** m + ln(1 + s) for s >= 0; m where that is not finite. What rounding takes from 1 + s counts as the slope says. */
function addLog1p(m: v128, s: v128): v128 {
  const one = f32x4.splat(1)
  const u = f32x4.add(one, s)
  const lost = f32x4.sub(s, f32x4.sub(u, one))
  const z = f32x4.add(m, f32x4.add(log4(u), f32x4.div(lost, u)))
  return v128.bitselect(z, m, f32x4.lt(f32x4.abs(m), f32x4.splat(Infinity)))
}
