/**
 * e^x of four floats, relative error at most 8.1e-8; Infinity where it overflows, subnormals and 0 where it vanishes.
 * e^x = 2^n e^r, n the integer nearest to x / ln 2, ln 2 in two parts. 2^n in two factors, so that one may leave the
 * normal numbers.
 */
export function exp4(x: v128): v128 {
  // Beyond them the results are 0 and Infinity; a NaN stays.
  const y = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89))
  const t = nearestTurn(y)
  const e = expOfRest(remainder(y, t))
  const n = i32x4.sub(t, i32x4.splat(0x4b400000))
  const half = i32x4.shr_s(n, 1)
  return f32x4.mul(f32x4.mul(e, power(half)), power(i32x4.sub(n, half)))
}

/** The same to the last bit in fewer operations, where no x is `beyondExp`. */
export function expBelow(x: v128): v128 {
  return f32x4.mul(enlargedExp(x), f32x4.splat(5.421010862427522e-20))
}

/** Where x is more than 43; a NaN may be, or not. */
export function beyondExp(x: v128): v128 {
  return i32x4.gt_s(x, f32x4.splat(43))
}

/** 2^64 e^x, where no x is `beyondExp`: normal numbers, down to what stands for a result that vanishes. */
export function enlargedExp(x: v128): v128 {
  const y = f32x4.pmax(x, f32x4.splat(-104))
  // As `nearestTurn`, but n + 64 + 127 is left in the lowest bits: the exponent of 2^(n + 64).
  const t = f32x4.add(f32x4.mul(y, f32x4.splat(1.442697)), f32x4.splat(12583103))
  const e = expOfRest(lessTurns(y, f32x4.sub(t, f32x4.splat(12583103))))
  // A factor, as bits added to a NaN's might make a number of it.
  return f32x4.mul(e, i32x4.shl(t, 23))
}

/**
 * e^r = 1 + r + r^2 P(r) for |r| <= ln(2) / 2, P of degree 4, off by at most 3.3e-9. By pairs of terms, after Estrin: as
 * many operations as after Horner, in half as many steps.
 */
function expOfRest(r: v128): v128 {
  const square = f32x4.mul(r, r)
  const low = f32x4.add(f32x4.mul(r, f32x4.splat(0.166665211)), f32x4.splat(0.49999994))
  let high = f32x4.add(f32x4.mul(r, f32x4.splat(0.00836872123)), f32x4.splat(0.0416682921))
  high = f32x4.add(f32x4.mul(square, f32x4.splat(0.0013818742)), high)
  const p = f32x4.add(f32x4.mul(high, square), low)
  return f32x4.add(f32x4.add(f32x4.mul(p, square), r), f32x4.splat(1))
}

/**
 * c e^(-x^2) of four floats, 0 <= x <= 10.5, relative error at most 3e-7. A square rounded to a float would be off by up
 * to 6e-8 times itself, so it comes in two parts: that of x to 6 binary places, which is exact, and the rest. Then as e^x.
 */
export function timesExpOfSquare(c: v128, x: v128): v128 {
  const near = f32x4.mul(f32x4.nearest(f32x4.mul(x, f32x4.splat(64))), f32x4.splat(0.015625))
  const high = f32x4.neg(f32x4.mul(near, near))
  const low = f32x4.mul(f32x4.sub(x, near), f32x4.add(x, near))
  const t = nearestTurn(f32x4.sub(high, low))
  const r = f32x4.sub(remainder(high, t), low)
  let p = f32x4.add(f32x4.mul(r, f32x4.splat(0.0013818742)), f32x4.splat(0.00836872123))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0416682921))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.166665211))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.49999994))
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r)
  p = f32x4.add(f32x4.mul(p, c), c)
  const n = i32x4.sub(t, i32x4.splat(0x4b400000))
  const half = i32x4.shr_s(n, 1)
  return f32x4.mul(f32x4.mul(p, power(half)), power(i32x4.sub(n, half)))
}

/**
 * e^x - 1 of four floats, relative error at most 1.6e-7; -0 at -0. As e^x, with r + r^2 P(r) = e^r - 1, P of degree 5,
 * off by at most 5e-10 of it: 2^n (e^r - 1) - (1 - 2^n).
 */
export function expMinus1(x: v128): v128 {
  // Below -18 the result rounds to -1.
  const y = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-18)), f32x4.splat(89))
  const t = nearestTurn(y)
  const r = remainder(y, t)
  let p = f32x4.add(f32x4.mul(r, f32x4.splat(0.000197644273)), f32x4.splat(0.00139323878))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.00833354332))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0416664928))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.166666657))
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5))
  // Never less than r: where that is -0, so is it.
  p = f32x4.pmax(r, f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r))
  // Half of 2^n, which itself may overflow.
  const s = power(i32x4.sub(t, i32x4.splat(0x4b400001)))
  const z = f32x4.sub(f32x4.mul(s, p), f32x4.sub(f32x4.splat(0.5), s))
  return f32x4.add(z, z)
}

/** x / ln 2 rounded to an integer, plus 1.5 * 2^23, which leaves the integer in the lowest bits. */
function nearestTurn(x: v128): v128 {
  // Nearly 1 / ln 2: near enough to choose an integer.
  return f32x4.add(f32x4.mul(x, f32x4.splat(1.442697)), f32x4.splat(12582912))
}

/** x - n ln 2, n in t as `nearestTurn` gives it. */
function remainder(x: v128, t: v128): v128 {
  return lessTurns(x, f32x4.sub(t, f32x4.splat(12582912)))
}

/** x - n ln 2 */
function lessTurns(x: v128, n: v128): v128 {
  const high = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693115234375)))
  return f32x4.sub(high, f32x4.mul(n, f32x4.splat(3.19461848e-5)))
}

/** 2^n of four integers in -126..127. */
function power(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23)
}

/** ln x of four floats, relative error at most 1e-7; -Infinity at 0, NaN below. */
export function log4(x: v128): v128 {
  const rare = v128.any_true(unusual(x))
  let y = x
  let c = f32x4.splat(0)
  if (rare) {
    // Subnormals have no exponent of their own: times 2^23, and 23 ln 2 off the result.
    const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38))
    y = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny)
    c = v128.and(tiny, f32x4.splat(-15.9423847))
  }
  const z = normalLog(y, c)
  return rare ? atEdges(x, z) : z
}

/** ln(1 + x) of four floats, relative error at most 1e-7; -Infinity at -1, NaN below, 0 at -0. */
export function log1Plus(x: v128): v128 {
  const u = f32x4.add(x, f32x4.splat(1))
  // What the rounding of 1 + x lost.
  const lost = f32x4.sub(x, f32x4.sub(u, f32x4.splat(1)))
  const z = normalLog(u, f32x4.div(lost, u))
  return v128.any_true(unusual(u)) ? atEdges(u, z) : z
}

/** All but positive normal floats, whose bits as integers lie together. */
function unusual(x: v128): v128 {
  return i32x4.gt_s(i32x4.add(x, i32x4.splat(0x7f800000)), i32x4.splat(-0x01000001))
}

/**
 * ln x + c of four positive normal floats, c small or far from -ln x.
 * ln(2^e (1 + f)) = e ln 2 + f - f^2 / 2 + f^3 Q(f), 1 + f in [sqrt(1/2), sqrt 2), Q of degree 7, off by at most 6e-9.
 */
function normalLog(x: v128, c: v128): v128 {
  // Exponents change at sqrt(1/2), whose bits these are, instead of 1.
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3))
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23))
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3))
  const f = f32x4.sub(m, f32x4.splat(1))
  let q = f32x4.add(f32x4.mul(f, f32x4.splat(-0.0763635635)), f32x4.splat(0.127621442))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(-0.131595999))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.142015859))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(-0.166234106))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.200012416))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(-0.250008196))
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.333333313))
  q = f32x4.sub(f32x4.mul(q, f), f32x4.splat(0.5))
  // What rounding takes from e ln 2 + f goes to the small terms.
  const high = f32x4.mul(e, f32x4.splat(0.693115234375))
  const sum = f32x4.add(high, f)
  const lost = f32x4.sub(f, f32x4.sub(sum, high))
  const low = f32x4.add(f32x4.mul(e, f32x4.splat(3.19461848e-5)), c)
  return f32x4.add(sum, f32x4.add(lost, f32x4.add(low, f32x4.mul(q, f32x4.mul(f, f)))))
}

/** ln x where x is 0, negative, Infinity or NaN; `z` elsewhere. */
function atEdges(x: v128, z: v128): v128 {
  const infinity = f32x4.splat(Infinity)
  // Infinity and NaN are their own logarithms.
  const finite = v128.bitselect(z, x, f32x4.lt(x, infinity))
  const positive = v128.bitselect(finite, f32x4.splat(NaN), f32x4.ge(x, f32x4.splat(0)))
  return v128.bitselect(f32x4.neg(infinity), positive, f32x4.eq(x, f32x4.splat(0)))
}
