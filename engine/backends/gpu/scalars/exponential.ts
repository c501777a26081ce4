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
