import { finite } from '../snippets.ts'

/** The integer next to x, of two that are equally near the even one. */
export const HALF_TO_EVEN = [
  `function halfToEven(x) {
  const size = Math.abs(x);
  const down = Math.floor(size);
  const above = size - down;
  const odd = Math.floor(down * 0.5) * 2 === down ? 0 : 1;
  let z = above > 0.5 ? down + 1 : down;
  if (above === 0.5) { z = down + odd; }
  return signum(x) < 0 ? -z : z;
}`,
]

/**
 * x - y trunc(x / y), exactly, with the sign of x, by long division: from |x| the largest 2^k |y| that are in it are taken
 * off in turn, each no more than half of what they are taken from is left, and so without rounding. Logarithms of x and y
 * say how many there may be at most: 280 of the least and the largest float. GLSL ES 1.00 wants a constant bound. NaN of
 * y = 0 and of infinite x; x where y is infinite.
 */
export const TRUNCATED_REMAINDER = [
  `function truncatedRemainder(x, y) {
  const unit = Math.abs(y);
  let rest = Math.abs(x);
  if (unit > 0 && ${finite('x')} && rest >= unit) {
    const most = Math.floor(Math.log2(rest) - Math.log2(unit)) + 2;
    let part = unit;
    for (let up = 0; up < 280; up++) {
      if (up >= most) { break; }
      if (part <= rest * 0.5) { part = part * 2; }
    }
    for (let down = 0; down <= 280; down++) {
      if (down > most) { break; }
      if (part <= rest) { rest = rest - part; }
      if (part > unit) { part = part * 0.5; }
    }
  }
  let z = signum(x) < 0 ? -rest : rest;
  if (unit === 0 || !(${finite('x')})) { z = invalid(x); }
  if (notANumber(x) > 0.5) { z = x; }
  if (notANumber(y) > 0.5) { z = y; }
  return z;
}`,
]

/** x - y floor(x / y), with the sign of y, that of a zero too. */
export const FLOORED_REMAINDER = [
  ...TRUNCATED_REMAINDER,
  `function flooredRemainder(x, y) {
  const left = truncatedRemainder(x, y);
  let z = left;
  if ((left < 0 && y > 0) || (left > 0 && y < 0)) { z = left + y; }
  if (left === 0) { z = y < 0 ? -Math.abs(left) : Math.abs(left); }
  return z;
}`,
]
