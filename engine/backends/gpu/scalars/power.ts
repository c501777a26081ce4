import { finite } from '../program.ts'
import { EXPONENTIAL } from './exponential.ts'
import { LOGARITHM } from './logarithm.ts'

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
