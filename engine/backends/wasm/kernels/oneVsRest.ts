import { addAcross, addPairs, firstLanes, storeLanes } from './lanes.ts'
import { expBelow, log1Plus } from './math.ts'
import { sigmoid4, softplus4 } from './sigmoidal.ts'

/**
 * l_i = positive ln(1 + e^-z_iy) + negative sum over j != y of ln(1 + e^z_ij), y = y_i, for rows begin..end of n >= 1 elements.
 * Summed in float64.
 */
export function oneVsRest(
  begin: i32,
  end: i32,
  z: usize,
  n: i32,
  y: usize,
  positive: f32,
  negative: f32,
  l: usize,
): void {
  for (let i = begin; i < end; i++) {
    const row: usize = z + i * (n << 2)
    const target: usize = row + (i32.load(y + (i << 2)) << 2)
    const rest = f64x2.add(softplusSum(row, target), softplusSum(target + 4, row + (n << 2)))
    const own = softplus4(f32x4.neg(v128.load32_splat(target)))
    const sum = <f64>negative * f64x2.extract_lane(rest, 0) + <f64>positive * <f64>f32x4.extract_lane(own, 0)
    f32.store(l + (i << 2), <f32>sum)
  }
}

/**
 * The sum of ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|) from `at` to `last`, in both lanes. Of four at a time it is one logarithm, of
 * 1 + p = the product of 1 + e^-|x|; p itself is kept, which is small where all of these are.
 */
function softplusSum(at: usize, last: usize): v128 {
  const zero = f32x4.splat(0)
  const minus = f32x4.splat(-0.0)
  let sum = f64x2.splat(0)
  // The test at the end lets V8 take the constants of e^x out of the loop.
  if (at + 64 <= last) {
    do {
      const a = v128.load(at)
      const b = v128.load(at, 16)
      const c = v128.load(at, 32)
      const d = v128.load(at, 48)
      const p = andFactor(expBelow(v128.or(a, minus)), expBelow(v128.or(b, minus)))
      const q = andFactor(expBelow(v128.or(c, minus)), expBelow(v128.or(d, minus)))
      sum = addPairs(sum, f32x4.add(f32x4.pmax(a, zero), f32x4.pmax(b, zero)))
      sum = addPairs(sum, f32x4.add(f32x4.pmax(c, zero), f32x4.pmax(d, zero)))
      sum = addPairs(sum, log1Plus(andFactor(p, q)))
      at += 64
    } while (at + 64 <= last)
  }
  for (; at < last; at += 16) {
    sum = addPairs(sum, v128.and(softplus4(v128.load(at)), firstLanes((last - at) >> 2)))
  }
  return addAcross(sum)
}

/** (1 + p) (1 + q) - 1 */
function andFactor(p: v128, q: v128): v128 {
  return f32x4.add(p, f32x4.add(q, f32x4.mul(p, q)))
}

/** dz_ij = dl_i negative / (1 + e^-z_ij), at the target -dl_i positive / (1 + e^z_iy), for rows begin..end. */
export function oneVsRestGrad(
  begin: i32,
  end: i32,
  dl: usize,
  z: usize,
  n: i32,
  y: usize,
  positive: f32,
  negative: f32,
  dz: usize,
): void {
  for (let i = begin; i < end; i++) {
    const row: usize = i * (n << 2)
    const target: usize = row + (i32.load(y + (i << 2)) << 2)
    const d = f32.load(dl + (i << 2))
    slopes(z + row, f32x4.splat(d * negative), dz + row, n)
    const own = sigmoid4(f32x4.neg(v128.load32_splat(z + target)))
    f32.store(dz + target, -d * positive * f32x4.extract_lane(own, 0))
  }
}

/** d / (1 + e^-z) of n elements. */
function slopes(z: usize, d: v128, to: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    v128.store(to, f32x4.mul(d, sigmoid4(v128.load(z))))
    v128.store(to, f32x4.mul(d, sigmoid4(v128.load(z, 16))), 16)
    z += 32
    to += 32
  }
  for (; n > 0; n -= 4) {
    storeLanes(to, f32x4.mul(d, sigmoid4(v128.load(z))), n)
    z += 16
    to += 16
  }
}
