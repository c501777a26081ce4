import type { Binary, Unary } from '../backend.ts'

/** The scalar functions, in float64. */
export const UNARY: Readonly<Record<Unary, (x: number) => number>> = {
  neg: x => -x,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  rsqrt: x => 1 / Math.sqrt(x),
  abs: Math.abs,
  sign: Math.sign,
  sin: Math.sin,
  cos: Math.cos,
  acos: Math.acos,
  tanh: Math.tanh,
  sigmoid: x => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  softplus: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  // -0 stays.
  relu: x => (Math.sign(x) === -1 ? 0 : x),
  erf,
  erfc,
}

export const BINARY: Readonly<Record<Binary, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  pow: (x, y) => x ** y,
  maximum: (x, y) => Math.max(x, y),
  minimum: (x, y) => Math.min(x, y),
  equal: (x, y) => (x === y ? 1 : 0),
  notEqual: (x, y) => (x !== y ? 1 : 0),
  less: (x, y) => (x < y ? 1 : 0),
  lessEqual: (x, y) => (x <= y ? 1 : 0),
  greater: (x, y) => (x > y ? 1 : 0),
  greaterEqual: (x, y) => (x >= y ? 1 : 0),
}

/**
 * erf x = (2 / sqrt(pi)) e^(-x^2) sum over n of 2^n x^(2n+1) / (2n+1)!!  (Abramowitz and Stegun 7.1.6). All terms
 * have one sign, so nothing cancels; beyond 6 the result rounds to 1.
 */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let total = x
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    total += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total
}

/**
 * erfc x = 1 - erf x, and from 1.5 on, where that cancels, e^(-x^2) / sqrt(pi) over the continued fraction
 * x + (1/2) / (x + 1 / (x + (3/2) / (x + ..)))  (Abramowitz and Stegun 7.1.14), from its tail on.
 */
function erfc(x: number): number {
  if (x < 1.5) return 1 - erf(x)
  if (x > 27) return 0
  let fraction = x
  for (let n = TERMS; n > 0; n--) fraction = x + n / 2 / fraction
  // The square of x to 10 binary places is exact: rounded at once it would be off by 1e-16 times itself.
  const near = Math.round(x * 1024) / 1024
  const power = Math.exp(-near * near) * Math.exp((near - x) * (near + x))
  return power / (Math.sqrt(Math.PI) * fraction)
}

/** Enough for the digits of a double at 1.5, where it takes most. */
const TERMS = 150
