import type { Binary, Unary } from '../backend.ts'
import { EXPONENTIAL, EXPONENTIAL_MINUS_1 } from './scalars/exponential.ts'
import { LOGARITHM, LOGARITHM_PLUS_1 } from './scalars/logarithm.ts'
import { POWER } from './scalars/power.ts'
import {
  ERROR_FUNCTION,
  ERROR_FUNCTION_COMPLEMENT,
  HYPERBOLIC_TANGENT,
  SIGMOID,
  SOFTPLUS,
} from './scalars/sigmoidal.ts'
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

/** NaN stays NaN. */
function carried(formula: string, functions: readonly string[] = []): Formula {
  return call(`notANumber(a) > 0.5 ? a : ${formula}`, functions)
}

/** Of what is x near 0, with its sign: so it is at zeros, and where a device takes x for one. */
function odd(formula: string): string {
  return `a === 0 ? a : ${formula}`
}

/**
 * Builtins of GPUs may be off by 2^-11 (sin), lose all digits near a zero (log, tanh) or be undefined where JavaScript's
 * are not (pow), so only abs, floor and sqrt are trusted, and log2 as a guess. Compilers may reassociate and divide by a
 * reciprocal: no formula depends on how a sum is rounded. Where a formula compares, NaN goes past it (see `natives.ts`).
 */
export const UNARY: Readonly<Record<Unary, Formula>> = {
  neg: { formula: '-a' },
  exp: carried('exponential(a)', EXPONENTIAL),
  log: carried('logarithm(a)', LOGARITHM),
  log1p: carried(odd('logarithmPlus1(a)'), LOGARITHM_PLUS_1),
  expm1: carried(odd('exponentialMinus1(a)'), EXPONENTIAL_MINUS_1),
  sqrt: { formula: 'a < 0 ? invalid(a) : Math.sqrt(a)' },
  rsqrt: { formula: 'a < 0 ? invalid(a) : 1 / Math.sqrt(a)' },
  abs: { formula: 'Math.abs(a)' },
  sign: { formula: 'signum(a)' },
  sin: carried(odd('sine(a)'), SINE),
  cos: carried('cosine(a)', COSINE),
  acos: carried('arcCosine(a)', ARC_COSINE),
  tanh: carried(odd('hyperbolicTangent(a)'), HYPERBOLIC_TANGENT),
  sigmoid: carried('sigmoid(a)', SIGMOID),
  softplus: carried('softplus(a)', SOFTPLUS),
  relu: carried('signum(a) < 0 ? 0 : a'),
  erf: carried(odd('errorFunction(a)'), ERROR_FUNCTION),
  erfc: carried('errorFunctionComplement(a)', ERROR_FUNCTION_COMPLEMENT),
}

export const BINARY: Readonly<Record<Binary, Formula>> = {
  add: { formula: 'a + b' },
  sub: { formula: 'a - b' },
  mul: { formula: 'a * b' },
  div: { formula: 'a / b' },
  pow: call('power(a, b)', POWER),
  maximum: { formula: 'notANumber(a) > 0.5 ? a : notANumber(b) > 0.5 ? b : a > b ? a : b' },
  minimum: { formula: 'notANumber(a) > 0.5 ? a : notANumber(b) > 0.5 ? b : a < b ? a : b' },
  equal: { formula: 'a === b ? 1 : 0', integers: true },
  notEqual: { formula: 'a === b ? 0 : 1', integers: true },
  less: { formula: 'a < b ? 1 : 0', integers: true },
  lessEqual: { formula: 'a <= b ? 1 : 0', integers: true },
  greater: { formula: 'a > b ? 1 : 0', integers: true },
  greaterEqual: { formula: 'a >= b ? 1 : 0', integers: true },
}
