import { finite } from '../program.ts'
import { SCALED } from './exponential.ts'

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
