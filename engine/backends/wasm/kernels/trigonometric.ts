import { demote, lower, signed, upper } from './lanes.ts'

/** sin x of four floats, relative error at most 1.2e-7 for every float; NaN at the infinities. */
export function sin4(x: v128): v128 {
  return turned(x, 0)
}

/** cos x of four floats, relative error at most 1.2e-7 for every float; NaN at the infinities. */
export function cos4(x: v128): v128 {
  return turned(x, 1)
}

/** sin(x + k pi / 2) of four floats: x = r + q pi / 2 in float64, |r| <= pi / 4, then +-sin r or +-cos r in float32. */
function turned(x: v128, k: i32): v128 {
  const low = lower(x)
  const high = upper(x)
  const s = quarters(low)
  const t = quarters(high)
  const r = demote(rest(low, s), rest(high, t))
  const q = i32x4.add(i32x4.shuffle(s, t, 0, 2, 4, 6), i32x4.splat(k))
  const odd = i32x4.eq(v128.and(q, i32x4.splat(1)), i32x4.splat(1))
  const sign = i32x4.shl(v128.and(q, i32x4.splat(2)), 30)
  return v128.xor(v128.bitselect(cosine(r), sine(r), odd), sign)
}

/** r + r^3 S(r^2), S of degree 2, off by at most 4e-9. */
function sine(r: v128): v128 {
  const z = f32x4.mul(r, r)
  let p = f32x4.add(f32x4.mul(z, f32x4.splat(-0.000195180954)), f32x4.splat(0.00833218824))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-0.166666552))
  return signed(f32x4.add(f32x4.mul(f32x4.mul(p, z), r), r), r)
}

/** 1 - r^2 / 2 + r^4 C(r^2), C of degree 2, off by at most 1.2e-10. */
function cosine(r: v128): v128 {
  const z = f32x4.mul(r, r)
  let p = f32x4.add(f32x4.mul(z, f32x4.splat(2.44323273e-5)), f32x4.splat(-0.00138873095))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(0.0416666456))
  p = f32x4.sub(f32x4.mul(p, z), f32x4.splat(0.5))
  return f32x4.add(f32x4.mul(p, z), f32x4.splat(1))
}

/** Two doubles x / (pi / 2), rounded, plus 1.5 * 2^52, which leaves the integers in the lowest bits. */
function quarters(x: v128): v128 {
  const near = f64x2.add(f64x2.mul(x, f64x2.splat(0.6366197723675814)), f64x2.splat(6755399441055744))
  const far = isFar(x)
  if (!v128.any_true(far)) return near
  return v128.bitselect(f64x2.add(farQuarters(x, f64x2.splat(0)), f64x2.splat(6755399441055744)), near, far)
}

/** x - q pi / 2 of two doubles, q in t as `quarters` gives it. */
function rest(x: v128, t: v128): v128 {
  const q = f64x2.sub(t, f64x2.splat(6755399441055744))
  // pi / 2 in two parts, so that q times the first is exact.
  const high = f64x2.sub(x, f64x2.mul(q, f64x2.splat(1.5707963267341256)))
  const near = f64x2.sub(high, f64x2.mul(q, f64x2.splat(6.077100506506192e-11)))
  const far = isFar(x)
  if (!v128.any_true(far)) return near
  return v128.bitselect(f64x2.mul(farQuarters(x, f64x2.neg(q)), f64x2.splat(1.5707963267948966)), near, far)
}

/** Where q would have too many bits for exact products. */
function isFar(x: v128): v128 {
  return f64x2.gt(f64x2.abs(x), f64x2.splat(1048576))
}

/**
 * start + x / (pi / 2), up to a multiple of 4, of two floats held as doubles. 2 / pi comes in parts of 24 bits, so that
 * each product is exact, and so is its rest modulo 4. From the largest part on, the sum closes in on its end, and
 * rounds by no more than fits that: exact to a float where it is close to 0.
 */
function farQuarters(x: v128, start: v128): v128 {
  let sum = f64x2.add(start, moduloFour(x, 0.6366197466850281))
  sum = f64x2.add(sum, moduloFour(x, 2.5682552973194106e-8))
  sum = f64x2.add(sum, moduloFour(x, 2.937095214933759e-16))
  sum = f64x2.add(sum, moduloFour(x, 3.2543794001732456e-23))
  sum = f64x2.add(sum, moduloFour(x, 1.2089613708828537e-29))
  sum = f64x2.add(sum, moduloFour(x, 5.667556795740071e-37))
  sum = f64x2.add(sum, moduloFour(x, 2.6204031112097215e-44))
  return f64x2.add(sum, moduloFour(x, 7.053957680880629e-52))
}

/** x part - 4 n, n the nearest integer. */
function moduloFour(x: v128, part: f64): v128 {
  const product = f64x2.mul(x, f64x2.splat(part))
  const turns = f64x2.nearest(f64x2.mul(product, f64x2.splat(0.25)))
  return f64x2.sub(product, f64x2.mul(turns, f64x2.splat(4)))
}

/**
 * acos x of four floats, relative error at most 1.5e-7, also towards 1; NaN outside [-1, 1]. For |x| <= 1/2
 * acos x = pi / 2 - asin x, and beyond 2 asin(sqrt((1 - x) / 2)), from pi for negative x.
 */
export function acos4(x: v128): v128 {
  const size = f32x4.abs(x)
  const near = f32x4.le(size, f32x4.splat(0.5))
  const half = halved(size)
  const asin = asinNear(
    v128.bitselect(x, f32x4.sqrt(half), near),
    v128.bitselect(f32x4.mul(x, x), half, near),
  )
  const twice = f32x4.add(asin, asin)
  const negative = f32x4.lt(x, f32x4.splat(0))
  const far = v128.bitselect(f32x4.sub(f32x4.splat(f32(Math.PI)), twice), twice, negative)
  return v128.bitselect(f32x4.sub(f32x4.splat(1.5707964), asin), far, near)
}

/** asin x of four floats, relative error at most 3e-7; NaN outside [-1, 1]. Beyond 1/2 pi / 2 - 2 asin(sqrt((1 - |x|) / 2)). */
export function asin4(x: v128): v128 {
  const size = f32x4.abs(x)
  const near = f32x4.le(size, f32x4.splat(0.5))
  const half = halved(size)
  const asin = asinNear(
    v128.bitselect(size, f32x4.sqrt(half), near),
    v128.bitselect(f32x4.mul(x, x), half, near),
  )
  const far = f32x4.sub(f32x4.splat(1.5707964), f32x4.add(asin, asin))
  return signed(v128.bitselect(asin, far, near), x)
}

/** (1 - |x|) / 2, the square of the sine of half the angle whose cosine is |x|; 1 - |x| is exact from 1/2 on. */
function halved(size: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.splat(1), size), f32x4.splat(0.5))
}

/** asin s = s + s^3 A(z) for z = s^2, |s| <= 1/2, A of degree 4, off by at most 5.4e-9. */
function asinNear(s: v128, z: v128): v128 {
  let a = f32x4.add(f32x4.mul(z, f32x4.splat(0.0417241007)), f32x4.splat(0.0244715884))
  a = f32x4.add(f32x4.mul(a, z), f32x4.splat(0.0454021208))
  a = f32x4.add(f32x4.mul(a, z), f32x4.splat(0.0749595389))
  a = f32x4.add(f32x4.mul(a, z), f32x4.splat(0.166667312))
  return f32x4.add(f32x4.mul(f32x4.mul(a, z), s), s)
}

/** atan x of four floats, relative error at most 3e-7. */
export function atan4(x: v128): v128 {
  return atan24(x, f32x4.splat(1))
}

/**
 * The angle of the points (x, y), four floats each, relative error at most 3e-7, with the edges of JavaScript's Math.atan2.
 * a = min(|x|, |y|) / max(|x|, |y|), an angle of at most pi / 4; beyond pi / 8 it is pi / 4 - atan((1 - a) / (1 + a)), and
 * atan t = t + t^3 Q(t^2), Q of degree 4, off by at most 3e-9.
 */
export function atan24(y: v128, x: v128): v128 {
  const one = f32x4.splat(1)
  const width = f32x4.abs(x)
  const height = f32x4.abs(y)
  const low = f32x4.min(width, height)
  const high = f32x4.max(width, height)
  // Equal lengths, infinite ones too, are on the diagonal, and of two zeros x is taken for the longer.
  let a = v128.bitselect(one, f32x4.div(low, high), f32x4.eq(low, high))
  a = v128.bitselect(high, a, f32x4.eq(high, f32x4.splat(0)))
  const far = f32x4.gt(a, f32x4.splat(0.41421357))
  const t = v128.bitselect(f32x4.div(f32x4.sub(one, a), f32x4.add(one, a)), a, far)
  const near = atanNear(t)
  let z = v128.bitselect(f32x4.sub(f32x4.splat(0.785398185), near), near, far)
  z = v128.bitselect(f32x4.sub(f32x4.splat(1.5707964), z), z, f32x4.gt(height, width))
  const left = i32x4.lt_s(x, i32x4.splat(0))
  z = v128.bitselect(f32x4.sub(f32x4.splat(f32(Math.PI)), z), z, left)
  z = v128.or(z, v128.and(y, f32x4.splat(-0.0)))
  return v128.bitselect(f32x4.add(x, y), z, v128.or(f32x4.ne(x, x), f32x4.ne(y, y)))
}

function atanNear(t: v128): v128 {
  const z = f32x4.mul(t, t)
  let q = f32x4.add(f32x4.mul(z, f32x4.splat(-0.0607821941)), f32x4.splat(0.105938129))
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(-0.142435327))
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(0.199984714))
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(-0.333333164))
  return f32x4.add(f32x4.mul(f32x4.mul(q, z), t), t)
}
