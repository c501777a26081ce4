import { maxRows } from './extreme.ts'
import { addAcross, demote, firstLanes, lower, storeLanes, upper } from './lanes.ts'
import { exp4 } from './math.ts'

/** z = e^(x - m) / sum of e^(x - m), m the largest, for rows begin..end of n >= 1 elements. Summed in float64. */
export function softmaxRows(begin: i32, end: i32, x: usize, n: i32, z: usize): void {
  const bytes: usize = n << 2
  for (let i = begin; i < end; i++) {
    const to: usize = z + i * bytes
    const last: usize = to + bytes
    // Where the row's first result is to be.
    maxRows(0, 1, x + i * bytes, x + (i + 1) * bytes, n, to)
    const s = powers(x + i * bytes, v128.load32_splat(to), to, last)
    const inverse = f64x2.div(f64x2.splat(1), s)
    scale(to, last, demote(inverse, inverse))
  }
}

/** Writes e^(x - m) to `to` .. `last`, and gives their sum, in both lanes. */
function powers(x: usize, m: v128, to: usize, last: usize): v128 {
  let a = f64x2.splat(0)
  let b = f64x2.splat(0)
  // The test at the end lets V8 take the constants of exp4 out of the loop.
  if (to + 16 <= last) {
    do {
      const e = exp4(f32x4.sub(v128.load(x), m))
      v128.store(to, e)
      a = f64x2.add(a, lower(e))
      b = f64x2.add(b, upper(e))
      x += 16
      to += 16
    } while (to + 16 <= last)
  }
  const left: i32 = (last - to) >> 2
  const e = v128.and(exp4(f32x4.sub(v128.load(x), m)), firstLanes(left))
  storeLanes(to, e, left)
  return addAcross(f64x2.add(f64x2.add(a, lower(e)), f64x2.add(b, upper(e))))
}

function scale(at: usize, last: usize, by: v128): void {
  for (; at + 16 <= last; at += 16) v128.store(at, f32x4.mul(v128.load(at), by))
  storeLanes(at, f32x4.mul(v128.load(at), by), (last - at) >> 2)
}
