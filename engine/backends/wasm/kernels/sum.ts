import { addAcross, demote, firstLanes, lower, storeLanes, upper } from './lanes.ts'

/**
 * z_i = the sum of x's row i, for rows begin..end of n elements that follow one another up to `stop`, where the last
 * may be cut short. Summed in float64, rounded once.
 */
export function sumRows(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize): void {
  for (let i = begin; i < end; i++) {
    let at: usize = x + i * (n << 2)
    const last: usize = min(at + (n << 2), stop)
    let a = f64x2.splat(0)
    let b = f64x2.splat(0)
    let c = f64x2.splat(0)
    let d = f64x2.splat(0)
    for (; at + 32 <= last; at += 32) {
      a = f64x2.add(a, lower(v128.load64_zero(at)))
      b = f64x2.add(b, lower(v128.load64_zero(at, 8)))
      c = f64x2.add(c, lower(v128.load64_zero(at, 16)))
      d = f64x2.add(d, lower(v128.load64_zero(at, 24)))
    }
    for (; at < last; at += 16) {
      const v = v128.and(v128.load(at), firstLanes((last - at) >> 2))
      a = f64x2.add(a, lower(v))
      b = f64x2.add(b, upper(v))
    }
    const sum = addAcross(f64x2.add(f64x2.add(a, c), f64x2.add(b, d)))
    v128.store32_lane(z + (i << 2), demote(sum, sum), 0)
  }
}

/**
 * z_i = the sum of the rows of x's section i, for sections begin..end of n rows of `width` elements that follow one
 * another up to `stop`, where the last may be cut short. Summed in float64, 16 columns at a time.
 */
export function sumColumns(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize, width: i32): void {
  const row: usize = width << 2
  for (let i = begin; i < end; i++) {
    const first: usize = x + i * n * row
    const last: usize = min(first + n * row, stop)
    for (let column = 0; column < width; column += 16) {
      let a = f64x2.splat(0)
      let b = f64x2.splat(0)
      let c = f64x2.splat(0)
      let d = f64x2.splat(0)
      let e = f64x2.splat(0)
      let f = f64x2.splat(0)
      let g = f64x2.splat(0)
      let h = f64x2.splat(0)
      for (let at: usize = first + (column << 2); at < last; at += row) {
        const p = v128.load(at)
        const q = v128.load(at, 16)
        const r = v128.load(at, 32)
        const s = v128.load(at, 48)
        a = f64x2.add(a, lower(p))
        b = f64x2.add(b, upper(p))
        c = f64x2.add(c, lower(q))
        d = f64x2.add(d, upper(q))
        e = f64x2.add(e, lower(r))
        f = f64x2.add(f, upper(r))
        g = f64x2.add(g, lower(s))
        h = f64x2.add(h, upper(s))
      }
      const to: usize = z + i * row + (column << 2)
      storeLanes(to, demote(a, b), width - column)
      storeLanes(to + 16, demote(c, d), width - column - 4)
      storeLanes(to + 32, demote(e, f), width - column - 8)
      storeLanes(to + 48, demote(g, h), width - column - 12)
    }
  }
}
