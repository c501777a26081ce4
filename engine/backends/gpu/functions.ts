import type { Binary, Unary } from '../backend.ts'
import { EXPONENTIAL, EXPONENTIAL_MINUS_1 } from './scalars/exponential.ts'
import { LOGARITHM, LOGARITHM_PLUS_1 } from './scalars/logarithm.ts'
import { POWER } from './scalars/power.ts'
import { ERROR_FUNCTION, HYPERBOLIC_TANGENT, SIGMOID, SOFTPLUS } from './scalars/sigmoidal.ts'
import { ARC_COSINE, COSINE, SINE } from './scalars/trigonometric.ts'

/** An expression of `a` (and `b`) in a kernel, and the functions that it calls. */
export interface Formula {
  readonly formula: string
  readonly functions?: readonly string[]
  /** It holds for int32 too. */
  readonly integers?: boolean
}

const call = (formula: string, functions: readonly string[]): Formula => ({
  formula,
  functions: [...new Set(functions)],
})

/**
 * Builtins of GPUs may be off by 2^-11 (sin), lose all digits near a zero (log, tanh) or be undefined where JavaScript's
 * are not (pow), so only abs, floor and sqrt are trusted, and log2 as a guess. Compilers may reassociate and divide by a
 * reciprocal: no formula depends on how a sum is rounded. NaN stays NaN only as far as a device compares it as IEEE does.
 */
export const UNARY: Readonly<Record<Unary, Formula>> = {
  neg: { formula: '-a' },
  exp: call('exponential(a)', EXPONENTIAL),
  log: call('logarithm(a)', LOGARITHM),
  log1p: call('logarithmPlus1(a)', LOGARITHM_PLUS_1),
  expm1: call('exponentialMinus1(a)', EXPONENTIAL_MINUS_1),
  sqrt: { formula: 'Math.sqrt(a)' },
  rsqrt: { formula: '1 / Math.sqrt(a)' },
  abs: { formula: 'Math.abs(a)' },
  sign: { formula: 'a > 0 ? 1 : a < 0 ? -1 : a' },
  sin: call('sine(a)', SINE),
  cos: call('cosine(a)', COSINE),
  acos: call('arcCosine(a)', ARC_COSINE),
  tanh: call('hyperbolicTangent(a)', HYPERBOLIC_TANGENT),
  sigmoid: call('sigmoid(a)', SIGMOID),
  softplus: call('softplus(a)', SOFTPLUS),
  relu: { formula: 'a < 0 ? 0 : a' },
  erf: call('errorFunction(a)', ERROR_FUNCTION),
}

export const BINARY: Readonly<Record<Binary, Formula>> = {
  add: { formula: 'a + b' },
  sub: { formula: 'a - b' },
  mul: { formula: 'a * b' },
  div: { formula: 'a / b' },
  pow: call('power(a, b)', POWER),
  // The sum is NaN where one of them is, and not taken elsewhere.
  maximum: { formula: 'a > b ? a : b >= a ? b : a + b' },
  minimum: { formula: 'a < b ? a : b <= a ? b : a + b' },
  equal: { formula: 'a === b ? 1 : 0', integers: true },
  notEqual: { formula: 'a === b ? 0 : 1', integers: true },
  less: { formula: 'a < b ? 1 : 0', integers: true },
  lessEqual: { formula: 'a <= b ? 1 : 0', integers: true },
  greater: { formula: 'a > b ? 1 : 0', integers: true },
  greaterEqual: { formula: 'a >= b ? 1 : 0', integers: true },
}
