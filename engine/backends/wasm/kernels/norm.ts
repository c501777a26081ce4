import { addAcross, demote, firstLanes, lower, storeLanes, upper } from './lanes.ts'

/**
 * z_i = the Euclidean length of x's row i, for rows begin..end of n elements that follow one another up to `stop`,
 * where the last may be cut short. In float64 the square of a float32 neither overflows nor underflows.
 */
export function normRows(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize): void {
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * (n << 2)
    v128.store32_lane(z + (i << 2), lengthOf(at, min(at + (n << 2), stop)), 0)
  }
}

/** The Euclidean length of the row from `at` to `last`, in all lanes. */
export function lengthOf(at: usize, last: usize): v128 {
  let a = f64x2.splat(0)
  let b = f64x2.splat(0)
  let c = f64x2.splat(0)
  let d = f64x2.splat(0)
  for (; at + 32 <= last; at += 32) {
    a = addSquare(a, lower(v128.load64_zero(at)))
    b = addSquare(b, lower(v128.load64_zero(at, 8)))
    c = addSquare(c, lower(v128.load64_zero(at, 16)))
    d = addSquare(d, lower(v128.load64_zero(at, 24)))
  }
  for (; at < last; at += 16) {
    const v = v128.and(v128.load(at), firstLanes((last - at) >> 2))
    a = addSquare(a, lower(v))
    b = addSquare(b, upper(v))
  }
  const length = f64x2.sqrt(addAcross(f64x2.add(f64x2.add(a, c), f64x2.add(b, d))))
  return demote(length, length)
}

/**
 * z_i = the Euclidean lengths of the columns of x's section i, for sections begin..end of n rows of `width` elements
 * that follow one another up to `stop`, where the last may be cut short; 8 columns at a time.
 */
export function normColumns(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize, width: i32): void {
  const row: usize = width << 2
  for (let i = begin; i < end; i++) {
    const first: usize = x + i * n * row
    const last: usize = min(first + n * row, stop)
    for (let column = 0; column < width; column += 8) {
      let a = f64x2.splat(0)
      let b = f64x2.splat(0)
      let c = f64x2.splat(0)
      let d = f64x2.splat(0)
      for (let at: usize = first + (column << 2); at < last; at += row) {
        const p = v128.load(at)
        const q = v128.load(at, 16)
        a = addSquare(a, lower(p))
        b = addSquare(b, upper(p))
        c = addSquare(c, lower(q))
        d = addSquare(d, upper(q))
      }
      const to: usize = z + i * row + (column << 2)
      storeLanes(to, demote(f64x2.sqrt(a), f64x2.sqrt(b)), width - column)
      storeLanes(to + 16, demote(f64x2.sqrt(c), f64x2.sqrt(d)), width - column - 4)
    }
  }
}

/** sum + x^2 */
function addSquare(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.mul(x, x))
}
