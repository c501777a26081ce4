import { EXPONENTIAL, EXPONENTIAL_MINUS_1, LOGARITHM_PLUS_1, SCALED } from './exponential.ts'

/** tanh x = -t / (t + 2) for x >= 0, t = e^-2x - 1; relative error at most 6e-7. */
export const HYPERBOLIC_TANGENT = [
  ...EXPONENTIAL_MINUS_1,
  `function hyperbolicTangent(x) {
  const t = exponentialMinus1(-2 * Math.abs(x));
  const z = t / (t + 2);
  return x < 0 ? z : -z;
}`,
]

/** 1 / (1 + e^-x) = e^x / (1 + e^x), relative error at most 4e-7: the one whose power is not above 1. */
export const SIGMOID = [
  ...EXPONENTIAL,
  `function sigmoid(x) {
  const e = exponential(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}`,
]

/** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|), relative error at most 4e-7. */
export const SOFTPLUS = [
  ...EXPONENTIAL,
  ...LOGARITHM_PLUS_1,
  `function softplus(x) {
  const rest = logarithmPlus1(exponential(-Math.abs(x)));
  return x > 0 ? x + rest : rest;
}`,
]

/**
 * erf x, relative error at most 3e-7: x + x E(x^2) for |x| < 1, E of degree 6, off by at most 1.5e-9, and 1 - e^-Q(|x|)
 * beyond, Q of degree 6 for |x| <= 4, where erf rounds to 1, off by at most 1.1e-9.
 */
export const ERROR_FUNCTION = [
  ...EXPONENTIAL,
  `function errorFunction(x) {
  const z = x * x;
  const e = ((7.80690389e-5 * z - 0.00079978531) * z + 0.0051871622) * z - 0.0268533472;
  const near = (((e * z + 0.112835787) * z - 0.37612626) * z + 0.128379166) * x + x;
  const size = Math.abs(x);
  const y = size > 4 ? 4 : size;
  const p = ((-0.000186378675 * y + 0.0029476434) * y - 0.0218379889) * y + 0.103106603;
  const q = ((p * y + 0.63814497) * y + 1.12708914) * y + 0.000341523933;
  const far = 1 - exponential(-q);
  const signed = x < 0 ? -far : far;
  return size < 1 ? near : signed;
}`,
]

/**
 * erfc x, relative error at most 6e-7: e^(-x^2) C(q) / (1 + 2 x) for x >= 0, q = (x - 2) / (x + 2), C of degree 9, off by
 * at most 1.4e-8; 2 less that of -x below 0. The square comes in two parts, that of x to 6 binary places, which is exact,
 * and the rest: rounded at once it would be off by up to 6e-8 times itself. Then as `EXPONENTIAL`.
 */
export const ERROR_FUNCTION_COMPLEMENT = [
  SCALED,
  `function errorFunctionComplement(x) {
  const size = Math.abs(x);
  const a = size > 10.5 ? 10.5 : size;
  const q = (a - 2) / (a + 2);
  const s3 = ((-0.000399449607 * q - 0.00122800237) * q + 0.00131330988) * q + 0.00863009784;
  const s2 = ((s3 * q - 0.00806014333) * q - 0.0542038828) * q + 0.164055422;
  const s1 = ((s2 * q - 0.166031465) * q - 0.0927639827) * q + 1.27697837;
  const near = Math.floor(a * 64 + 0.5) * 0.015625;
  const high = -near * near;
  const low = (a - near) * (a + near);
  const n = Math.floor((high - low) * 1.44269504 + 0.5);
  const r = ((high - n * 0.693115234375) - n * 3.19461848e-5) - low;
  const p = (((0.0013818742 * r + 0.00836872123) * r + 0.0416682921) * r + 0.166665211) * r + 0.49999994;
  const z = scaled((p * r * r + r + 1) * (s1 / (2 * a + 1)), n);
  return x < 0 ? 2 - z : z;
}`,
]
