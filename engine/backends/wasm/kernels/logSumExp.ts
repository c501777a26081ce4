import { maxColumns, maxRows } from './extreme.ts'
import { addAcross, addPairs, demote, firstLanes, lower, storeLanes, upper } from './lanes.ts'
import { expBelow, log1Plus } from './math.ts'

/**
 * z_i = ln of the sum of e^x over x's row i, for rows begin..end of n elements that follow one another up to `stop`,
 * where the last may be cut short. It is m + ln(1 + s), m the largest and s the sum of e^(x - m) of all others: a
 * result near 0 keeps its digits.
 */
export function logSumExpRows(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize): void {
  maxRows(begin, end, x, stop, n, z)
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * (n << 2)
    const m = v128.load32_splat(z + (i << 2))
    v128.store32_lane(z + (i << 2), addLog1p(m, others(at, min(at + (n << 2), stop), m)), 0)
  }
}

/** The sum of e^(x - m) over the row from `at` to `last`, but for one x that is m. In float64, eight in float32 first. */
export function others(at: usize, last: usize, m: v128): v128 {
  let sum = f64x2.splat(0)
  let largest = i32x4.splat(0)
  // The test at the end lets V8 take the constants of e^x out of the loop.
  if (at + 32 <= last) {
    do {
      const v = v128.load(at),
        w = v128.load(at, 16)
      sum = addPairs(sum, f32x4.add(term(v, m), term(w, m)))
      largest = i32x4.sub(largest, i32x4.add(f32x4.eq(v, m), f32x4.eq(w, m)))
      at += 32
    } while (at + 32 <= last)
  }
  for (; at < last; at += 16) {
    const v = v128.bitselect(v128.load(at), f32x4.splat(-Infinity), firstLanes((last - at) >> 2))
    sum = addPairs(sum, term(v, m))
    largest = i32x4.sub(largest, f32x4.eq(v, m))
  }
  const pairs = i32x4.add(largest, i32x4.shuffle(largest, largest, 2, 3, 0, 1))
  const equals = i32x4.add(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2))
  const s = f64x2.add(addAcross(sum), lessOne(equals))
  return demote(s, s)
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
      let at: usize = first + (column << 2)
      if (at < last) {
        do {
          const v = v128.load(at)
          const e = term(v, m)
          a = f64x2.add(a, lower(e))
          b = f64x2.add(b, upper(e))
          largest = i32x4.sub(largest, f32x4.eq(v, m))
          at += row
        } while (at < last)
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

/** e^(v - m), 0 where v is m. */
function term(v: v128, m: v128): v128 {
  return v128.andnot(expBelow(f32x4.sub(v, m)), f32x4.eq(v, m))
}

/** m + ln(1 + s); m where that is not finite. */
export function addLog1p(m: v128, s: v128): v128 {
  return v128.bitselect(f32x4.add(m, log1Plus(s)), m, f32x4.lt(f32x4.abs(m), f32x4.splat(Infinity)))
}
