/**
 * e^x of four floats, relative error at most 8e-8; Infinity where it overflows, subnormals and 0 where it vanishes.
 * e^x = 2^n e^r, n the integer nearest to x / ln 2, ln 2 in two parts; e^r = 1 + r + r^2 P(r), P of degree 4 for
 * |r| <= ln(2) / 2, off by at most 3.3e-9. 2^n in two factors, so that one may leave the normal numbers.
 */
export function exp4(x: v128): v128 {
  // Beyond them the results are 0 and Infinity; a NaN stays.
  const y = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89))
  // Nearly 1 / ln 2, which is enough to choose n. Adding 1.5 * 2^23 leaves an integer in the lowest bits.
  const t = f32x4.add(f32x4.mul(y, f32x4.splat(1.442697)), f32x4.splat(12582912))
  const n = f32x4.sub(t, f32x4.splat(12582912))
  const high = f32x4.sub(y, f32x4.mul(n, f32x4.splat(0.693115234375)))
  const r = f32x4.sub(high, f32x4.mul(n, f32x4.splat(3.19461848e-5)))
  let p = f32x4.add(f32x4.mul(r, f32x4.splat(0.0013818742)), f32x4.splat(0.00836872123))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0416682921))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.166665211))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.49999994))
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r)
  p = f32x4.add(p, f32x4.splat(1))
  const k = i32x4.sub(t, i32x4.splat(0x4b400000))
  const half = i32x4.shr_s(k, 1)
  return f32x4.mul(f32x4.mul(p, power(half)), power(i32x4.sub(k, half)))
}

/** 2^k of four integers in -126..127. */
function power(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23)
}

/**
 * ln x of four floats, relative error at most 1e-7; -Infinity at 0, NaN below.
 * ln(2^e (1 + f)) = e ln 2 + f - f^2 / 2 + f^3 Q(f), 1 + f in [sqrt(1/2), sqrt 2), Q of degree 7, off by at most 6e-9.
 */
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38))
  // Subnormals have no exponent of their own: times 2^23.
  const y = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny)
  // Exponents change at sqrt(1/2) instead of 1, the bits of which are 0x3f3504f3.
  const bits = i32x4.sub(y, i32x4.splat(0x3f3504f3))
  const shift = v128.and(tiny, i32x4.splat(23))
  const e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_s(bits, 23), shift))
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3))
  const f = f32x4.sub(m, f32x4.splat(1))
  let q = f32x4.add(f32x4.mul(f, f32x4.splat(-0.0763635635)), f32x4.splat(0.127621442))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(-0.131595999))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.142015859))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(-0.166234106))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.200012416))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(-0.250008196))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.333333313))
  const square = f32x4.mul(f, f)
  const rest = f32x4.sub(f32x4.mul(f32x4.mul(square, f), q), f32x4.mul(square, f32x4.splat(0.5)))
  // What rounding takes from e ln 2 + f goes to the small terms.
  const high = f32x4.mul(e, f32x4.splat(0.693115234375))
  const sum = f32x4.add(high, f)
  const lost = f32x4.sub(f, f32x4.sub(sum, high))
  const low = f32x4.mul(e, f32x4.splat(3.19461848e-5))
  const z = f32x4.add(sum, f32x4.add(lost, f32x4.add(low, rest)))
  return logEdges(x, z)
}

/** ln at 0, below 0, at Infinity and NaN; `z` elsewhere. */
function logEdges(x: v128, z: v128): v128 {
  const infinity = f32x4.splat(Infinity)
  // Infinity and NaN are their own logarithms; a negative number's is NaN, 0's -Infinity.
  const finite = v128.bitselect(z, x, f32x4.lt(x, infinity))
  const positive = v128.bitselect(finite, f32x4.splat(NaN), f32x4.ge(x, f32x4.splat(0)))
  return v128.bitselect(f32x4.neg(infinity), positive, f32x4.eq(x, f32x4.splat(0)))
}
