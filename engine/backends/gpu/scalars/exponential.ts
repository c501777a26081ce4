import { finite } from '../snippets.ts'

/** z 2^n for an integer |n| < 192, by exact products: the builtin powers of 2 are not. */
export const SCALED = `function scaled(z, n) {
  const p1 = n < 0 ? 0.5 : 2;
  const p2 = p1 * p1;
  const p4 = p2 * p2;
  const p8 = p4 * p4;
  const p16 = p8 * p8;
  const p32 = p16 * p16;
  const p64 = p32 * p32;
  let k = Math.abs(n);
  let p = z;
${[64, 64, 32, 16, 8, 4, 2, 1].map(k => `  if (k >= ${k}) { p = p * p${k}; k = k - ${k}; }`).join('\n')}
  return p;
}`

/**
 * e^x, relative error at most 2e-7; Infinity where it overflows. e^x = 2^n e^r, n the integer nearest to x / ln 2, ln 2
 * in two parts; e^r = 1 + r + r^2 P(r), P of degree 4 for |r| <= ln(2) / 2, off by at most 3.3e-9.
 */
export const EXPONENTIAL = [
  SCALED,
  `function exponential(x) {
  const y = x > 89.5 ? 89.5 : x < -104.5 ? -104.5 : x;
  const n = Math.floor(y * 1.44269504 + 0.5);
  const r = (y - n * 0.693115234375) - n * 3.19461848e-5;
  const p = (((0.0013818742 * r + 0.00836872123) * r + 0.0416682921) * r + 0.166665211) * r + 0.49999994;
  return scaled(p * r * r + r + 1, n);
}`,
]

/**
 * e^x - 1, relative error at most 4e-7, as 2^n (e^r - 1) + (2^n - 1); e^r - 1 = r + r^2 P(r), P of degree 5, off by at
 * most 5e-10 of it.
 */
export const EXPONENTIAL_MINUS_1 = [
  SCALED,
  `function exponentialMinus1(x) {
  const y = x > 89.5 ? 89.5 : x < -18.5 ? -18.5 : x;
  const n = Math.floor(y * 1.44269504 + 0.5);
  const r = (y - n * 0.693115234375) - n * 3.19461848e-5;
  const q = ((0.000197644273 * r + 0.00139323878) * r + 0.00833354332) * r + 0.0416664928;
  const p = ((q * r + 0.166666657) * r + 0.5) * r * r + r;
  const half = scaled(0.5, n);
  const z = half * p + (half - 0.5);
  return n === 0 ? p : z + z;
}`,
]

/** ln(1 + f) = f - f^2 / 2 + f^3 Q(f) for 1 + f in [sqrt(1/2), sqrt 2), Q of degree 7, off by at most 6e-9. */
const NEAR = `function logarithmNear(f) {
  const s = ((-0.0763635635 * f + 0.127621442) * f - 0.131595999) * f + 0.142015859;
  const q = (((s * f - 0.166234106) * f + 0.200012416) * f - 0.250008196) * f + 0.333333313;
  return (q * f - 0.5) * f * f + f;
}`

/**
 * ln x, relative error at most 3e-7; -Infinity at 0, NaN below it. ln x = e ln 2 + ln m, x = 2^e m, ln 2 in two parts.
 */
export const LOGARITHM = [
  SCALED,
  NEAR,
  `function logarithm(x) {
  let z = x;
  if (x === 0) { z = -boundless(x); }
  if (x < 0) { z = invalid(x); }
  if (x > 0 && ${finite('x')}) {
    const e = Math.floor(Math.log2(x) + 0.5);
    const m = scaled(x, -e);
    z = e * 0.693115234375 + (e * 3.19461848e-5 + logarithmNear(m - 1));
  }
  return z;
}`,
]

/** ln(1 + x), relative error at most 3e-7: rounding 1 + x costs no digits where the result is not small. */
export const LOGARITHM_PLUS_1 = [
  ...LOGARITHM,
  `function logarithmPlus1(x) {
  let z = logarithmNear(x);
  if (x < -0.2929 || x > 0.4142) { z = logarithm(1 + x); }
  return z;
}`,
]

/**
 * 2^(y log2 x), 0 < x < Infinity, relative error at most 5e-7 + |y| 5e-8. x = 2^e m: y e comes in two parts, the first
 * of them exact, so that results far from 1 lose no digits to it. Beyond 10^10, y stands for Infinity.
 */
const BY_LOGARITHM = `function powerByLogarithm(x, y) {
  const e = Math.floor(Math.log2(x) + 0.5);
  const log = logarithmNear(scaled(x, -e) - 1) * 1.44269504;
  const b = y > 10000000000 ? 10000000000 : y < -10000000000 ? -10000000000 : y;
  const high = Math.floor(b * 64 + 0.5) / 64;
  const low = (b - high) * e + b * log;
  const v = high * e + low;
  const n = Math.floor((v > 160 ? 160 : v < -160 ? -160 : v) + 0.5);
  return scaled(exponential(((high * e - n) + low) * 0.693147181), n);
}`

/** x^y for an integer |y| < 8, by products. */
const BY_PRODUCTS = `function powerByProducts(x, y) {
  const p1 = y < 0 ? 1 / x : x;
  const p2 = p1 * p1;
  let k = Math.abs(y);
  let z = 1;
  if (k >= 4) { z = p2 * p2; k = k - 4; }
  if (k >= 2) { z = z * p2; k = k - 2; }
  if (k >= 1) { z = z * p1; }
  return z;
}`

/**
 * x^y, with x's sign where y is odd; NaN where x < 0 is finite and y no integer, and for powers of NaN but the zeroth; of 1 to
 * Infinity as well, as JavaScript has it.
 */
export const POWER = [
  ...EXPONENTIAL,
  ...LOGARITHM,
  BY_LOGARITHM,
  BY_PRODUCTS,
  `function power(x, y) {
  const size = Math.abs(x);
  const whole = Math.floor(y) === y ? 1 : 0;
  const even = Math.floor(y * 0.5) * 2 === y ? 1 : 0;
  let z = y > 0 ? size : 1 / size;
  if (size > 0 && ${finite('x')}) { z = powerByLogarithm(size, y); }
  if (x < 0 && even === 0 && whole === 1) { z = -z; }
  if (x === 0 && even === 0 && whole === 1) { z = y > 0 ? x : 1 / x; }
  if (x < 0 && ${finite('x')} && whole === 0) { z = invalid(x); }
  if (whole === 1 && Math.abs(y) < 8) { z = powerByProducts(x, y); }
  if (size === 1 && !(${finite('y')})) { z = invalid(x); }
  if (notANumber(x) > 0.5 && y !== 0) { z = x; }
  return notANumber(y) > 0.5 ? y : z;
}`,
]
