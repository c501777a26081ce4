import { demote, lower, upper } from './lanes.ts'

/**
 * x^y of four floats, relative error at most 6.5e-8, with the edges of JavaScript's `**`: 2^(y log2 |x|) in float64,
 * since an error of the exponent is one of the result, times up to 150.
 */
export function pow4(x: v128, y: v128): v128 {
  const size = f32x4.abs(x)
  const infinity = f32x4.splat(Infinity)
  const zero = f32x4.splat(0)
  // |x| = 2^e m, m in [sqrt(1/2), sqrt 2); subnormals have no exponent of their own.
  const tiny = f32x4.lt(size, f32x4.splat(1.17549435e-38))
  const normal = v128.bitselect(f32x4.mul(size, f32x4.splat(8388608)), size, tiny)
  const bits = i32x4.sub(normal, i32x4.splat(0x3f3504f3))
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3))
  const shift = v128.and(tiny, i32x4.splat(23))
  const finite = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(bits, 23), shift))
  // The exponents of 0, Infinity and NaN.
  const e = v128.bitselect(
    f32x4.neg(infinity),
    v128.bitselect(finite, size, f32x4.lt(size, infinity)),
    f32x4.eq(size, zero),
  )
  const z = demote(power(lower(m), lower(e), lower(y)), power(upper(m), upper(e), upper(y)))
  return atEdges(x, y, z)
}

/** The largest power that `wholePower` takes: as many products are faster than `pow4`. */
const MOST: f32 = 4

/** Is y one of 0, 1, .., 4? */
export function isFew(y: f32): bool {
  return y >= 0 && y <= MOST && f32.nearest(y) === y
}

/** x^n of four floats, n = 0, 1, .., 4, rounded once: beyond a square, which is, by products in float64. */
export function wholePower(x: v128, n: i32): v128 {
  if (n === 2) return f32x4.mul(x, x)
  if (n < 2) return n === 1 ? x : f32x4.splat(1)
  const a = lower(x)
  const b = upper(x)
  const s = f64x2.mul(a, a)
  const t = f64x2.mul(b, b)
  return n === 3 ? demote(f64x2.mul(s, a), f64x2.mul(t, b)) : demote(f64x2.mul(s, s), f64x2.mul(t, t))
}

/**
 * 2^(y (e + log2 m)) of two doubles. log2 m = s W(s^2), s = (m - 1) / (m + 1), W of degree 4, off by at most 1.3e-11 of
 * it; 2^f for |f| <= 1/2 of degree 6, off by at most 1.9e-9.
 */
function power(m: v128, e: v128, y: v128): v128 {
  const one = f64x2.splat(1)
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one))
  const z = f64x2.mul(s, s)
  let w = f64x2.add(f64x2.mul(z, f64x2.splat(0.34073849508889253)), f64x2.splat(0.41167228651507631))
  w = f64x2.add(f64x2.mul(w, z), f64x2.splat(0.57708359179298152))
  w = f64x2.add(f64x2.mul(w, z), f64x2.splat(0.96179667330824936))
  w = f64x2.add(f64x2.mul(w, z), f64x2.splat(2.8853900817901108))
  const v = f64x2.mul(y, f64x2.add(f64x2.mul(w, s), e))
  // Beyond them a float is 0 or Infinity; a NaN stays.
  const bounded = f64x2.pmin(f64x2.pmax(v, f64x2.splat(-160)), f64x2.splat(160))
  // 1.5 * 2^52 + 1023 leaves the exponent of 2^n, n the nearest integer, in the lowest bits.
  const t = f64x2.add(bounded, f64x2.splat(6755399441056767))
  const f = f64x2.sub(bounded, f64x2.sub(t, f64x2.splat(6755399441056767)))
  let p = f64x2.add(f64x2.mul(f, f64x2.splat(0.00015345812100411407)), f64x2.splat(0.0013399931161254446))
  p = f64x2.add(f64x2.mul(p, f), f64x2.splat(0.0096184889560958844))
  p = f64x2.add(f64x2.mul(p, f), f64x2.splat(0.055503287771704539))
  p = f64x2.add(f64x2.mul(p, f), f64x2.splat(0.24022646890659105))
  p = f64x2.add(f64x2.mul(p, f), f64x2.splat(0.69314720573713617))
  p = f64x2.add(f64x2.mul(p, f), f64x2.splat(1.0000000005541556))
  return f64x2.mul(p, i32x4.shl(i32x4.shuffle(t, i32x4.splat(0), 4, 0, 4, 2), 20))
}

/** z = |x|^y with x's sign where y is odd, NaN where x < 0 and y no integer, 1 where y = 0. */
function atEdges(x: v128, y: v128, z: v128): v128 {
  const zero = f32x4.splat(0)
  const half = f32x4.mul(y, f32x4.splat(0.5))
  const whole = f32x4.eq(f32x4.nearest(y), y)
  const odd = v128.andnot(whole, f32x4.eq(f32x4.nearest(half), half))
  const sign = v128.and(v128.and(x, odd), f32x4.splat(-0.0))
  const real = v128.or(v128.or(whole, f32x4.ge(x, zero)), f32x4.eq(x, f32x4.splat(-Infinity)))
  const power = v128.bitselect(v128.xor(z, sign), f32x4.splat(NaN), real)
  return v128.bitselect(f32x4.splat(1), power, f32x4.eq(y, zero))
}
