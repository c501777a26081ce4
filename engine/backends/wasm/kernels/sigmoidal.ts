import { signed } from './lanes.ts'
import { enlargedExp, expBelow, log1Plus, timesExpOfSquare } from './math.ts'

/** 1 / (1 + e^-x) of four floats, relative error at most 1.8e-7. */
export function sigmoid4(x: v128): v128 {
  // e^-|x| and 1, both times 2^64.
  const e = enlargedExp(v128.or(x, f32x4.splat(-0.0)))
  const one = f32x4.splat(1.8446744073709552e19)
  // e is never above 1.
  return f32x4.div(f32x4.pmax(e, v128.andnot(one, i32x4.shr_s(x, 31))), f32x4.add(one, e))
}

/** ln(1 + e^x) of four floats, relative error at most 2e-7, as max(x, 0) + ln(1 + e^-|x|). */
export function softplus4(x: v128): v128 {
  const e = expBelow(v128.or(x, f32x4.splat(-0.0)))
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1Plus(e))
}

/**
 * tanh x of four floats, relative error at most 2e-7: 1 - 2 / (e^2|x| + 1), and below 0.625, where that cancels,
 * x + x^3 T(x^2), T of degree 4, off by at most 4.6e-9.
 */
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x)
  // Beyond 21 it is 1 all the more; a NaN stays.
  const e = expBelow(f32x4.pmin(f32x4.add(size, size), f32x4.splat(42)))
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))))
  const z = f32x4.mul(x, x)
  let t = f32x4.add(f32x4.mul(z, f32x4.splat(-0.00569229666)), f32x4.splat(0.0206281673))
  t = f32x4.add(f32x4.mul(t, z), f32x4.splat(-0.0537365153))
  t = f32x4.add(f32x4.mul(t, z), f32x4.splat(0.133314058))
  t = f32x4.add(f32x4.mul(t, z), f32x4.splat(-0.333332807))
  const near = f32x4.add(f32x4.mul(f32x4.mul(t, z), x), x)
  return signed(v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(0.625))), x)
}

/**
 * erf x of four floats, relative error at most 1.2e-7: x + x E(x^2) for |x| < 1, E of degree 6, off by at most 1.5e-9,
 * and 1 - e^-Q(|x|) beyond, Q of degree 6 for |x| <= 4, where erf rounds to 1, off by at most 1.1e-9.
 */
export function erf4(x: v128): v128 {
  const z = f32x4.mul(x, x)
  let p = f32x4.add(f32x4.mul(z, f32x4.splat(7.80690389e-5)), f32x4.splat(-0.00079978531))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(0.0051871622))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-0.0268533472))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(0.112835787))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-0.37612626))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(0.128379166))
  const near = f32x4.add(f32x4.mul(p, x), x)
  const size = f32x4.abs(x)
  const y = f32x4.pmin(size, f32x4.splat(4))
  let q = f32x4.add(f32x4.mul(y, f32x4.splat(-0.000186378675)), f32x4.splat(0.0029476434))
  q = f32x4.add(f32x4.mul(q, y), f32x4.splat(-0.0218379889))
  q = f32x4.add(f32x4.mul(q, y), f32x4.splat(0.103106603))
  q = f32x4.add(f32x4.mul(q, y), f32x4.splat(0.63814497))
  q = f32x4.add(f32x4.mul(q, y), f32x4.splat(1.12708914))
  q = f32x4.add(f32x4.mul(q, y), f32x4.splat(0.000341523933))
  const far = f32x4.sub(f32x4.splat(1), expBelow(f32x4.neg(q)))
  return v128.bitselect(near, signed(far, x), f32x4.lt(size, f32x4.splat(1)))
}

/**
 * erfc x of four floats, relative error at most 3e-7: e^(-x^2) C(q) / (1 + 2 x) for x >= 0, q = (x - 2) / (x + 2), C of
 * degree 9, off by at most 1.4e-8; 2 less that of -x below 0.
 */
export function erfc4(x: v128): v128 {
  // Beyond, the results are 0 and 2; a NaN stays.
  const size = f32x4.pmin(f32x4.abs(x), f32x4.splat(10.5))
  const q = f32x4.div(f32x4.sub(size, f32x4.splat(2)), f32x4.add(size, f32x4.splat(2)))
  let s = f32x4.add(f32x4.mul(q, f32x4.splat(-0.000399449607)), f32x4.splat(-0.00122800237))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(0.00131330988))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(0.00863009784))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(-0.00806014333))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(-0.0542038828))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(0.164055422))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(-0.166031465))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(-0.0927639827))
  s = f32x4.add(f32x4.mul(s, q), f32x4.splat(1.27697837))
  const z = timesExpOfSquare(f32x4.div(s, f32x4.add(f32x4.add(size, size), f32x4.splat(1))), size)
  return v128.bitselect(f32x4.sub(f32x4.splat(2), z), z, f32x4.lt(x, f32x4.splat(0)))
}
