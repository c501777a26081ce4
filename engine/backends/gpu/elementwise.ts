import type { Shape } from '../../shape.ts'
import type { Backend, Binary, NDArray, Unary } from '../backend.ts'
import { collapse } from '../layout.ts'
import { bufferOf, type Context } from './context.ts'
import {
  EXPONENTIAL,
  EXPONENTIAL_MINUS_1,
  LOGARITHM,
  LOGARITHM_PLUS_1,
  POWER,
} from './scalars/exponential.ts'
import { FLOORED_REMAINDER, HALF_TO_EVEN, TRUNCATED_REMAINDER } from './scalars/rounding.ts'
import {
  ERROR_FUNCTION,
  ERROR_FUNCTION_COMPLEMENT,
  HYPERBOLIC_TANGENT,
  SIGMOID,
  SOFTPLUS,
} from './scalars/sigmoidal.ts'
import { ARC_COSINE, ARC_SINE, ARC_TANGENT, COSINE, SINE } from './scalars/trigonometric.ts'
import { stridedArguments, stridedIndexing } from './stridedIndexing.ts'

/** An expression of `a` (and `b`) in a kernel, and the functions that it calls. */
interface Formula {
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
 * reciprocal: no formula depends on how a sum is rounded. Where a formula compares, NaN goes past it (see `createKernel.ts`).
 */
const UNARY: Readonly<Record<Unary, Formula>> = {
  neg: { formula: '-a' },
  exp: carried('exponential(a)', EXPONENTIAL),
  log: carried('logarithm(a)', LOGARITHM),
  log1p: carried(odd('logarithmPlus1(a)'), LOGARITHM_PLUS_1),
  expm1: carried(odd('exponentialMinus1(a)'), EXPONENTIAL_MINUS_1),
  sqrt: { formula: 'a < 0 ? invalid(a) : Math.sqrt(a)' },
  rsqrt: { formula: 'a < 0 ? invalid(a) : 1 / Math.sqrt(a)' },
  abs: { formula: 'Math.abs(a)' },
  sign: { formula: 'signum(a)' },
  floor: carried(odd('Math.floor(a)')),
  ceil: carried(odd('-Math.floor(-a)')),
  round: carried(odd('halfToEven(a)'), HALF_TO_EVEN),
  trunc: carried(odd('a < 0 ? -Math.floor(-a) : Math.floor(a)')),
  sin: carried(odd('sine(a)'), SINE),
  cos: carried('cosine(a)', COSINE),
  acos: carried('arcCosine(a)', ARC_COSINE),
  asin: carried(odd('arcSine(a)'), ARC_SINE),
  atan: carried(odd('arcTangent(a, 1)'), ARC_TANGENT),
  tanh: carried(odd('hyperbolicTangent(a)'), HYPERBOLIC_TANGENT),
  sigmoid: carried('sigmoid(a)', SIGMOID),
  softplus: carried('softplus(a)', SOFTPLUS),
  relu: carried('signum(a) < 0 ? 0 : a'),
  erf: carried(odd('errorFunction(a)'), ERROR_FUNCTION),
  erfc: carried('errorFunctionComplement(a)', ERROR_FUNCTION_COMPLEMENT),
}

const BINARY: Readonly<Record<Binary, Formula>> = {
  add: { formula: 'a + b' },
  sub: { formula: 'a - b' },
  mul: { formula: 'a * b' },
  div: { formula: 'a / b' },
  pow: call('power(a, b)', POWER),
  fmod: call('truncatedRemainder(a, b)', TRUNCATED_REMAINDER),
  remainder: call('flooredRemainder(a, b)', FLOORED_REMAINDER),
  atan2: call('arcTangent(a, b)', ARC_TANGENT),
  maximum: { formula: 'notANumber(a) > 0.5 ? a : notANumber(b) > 0.5 ? b : a > b ? a : b' },
  minimum: { formula: 'notANumber(a) > 0.5 ? a : notANumber(b) > 0.5 ? b : a < b ? a : b' },
  equal: { formula: 'a === b ? 1 : 0', integers: true },
  notEqual: { formula: 'a === b ? 0 : 1', integers: true },
  less: { formula: 'a < b ? 1 : 0', integers: true },
  lessEqual: { formula: 'a <= b ? 1 : 0', integers: true },
  greater: { formula: 'a > b ? 1 : 0', integers: true },
  greaterEqual: { formula: 'a >= b ? 1 : 0', integers: true },
}

export const elementwise = (
  context: Context,
): Pick<Backend, 'unary' | 'binary' | 'where' | 'broadcastTo'> => ({
  unary(f, x) {
    const { formula, functions } = UNARY[f]
    const source = `function (x) {
    // z[i] = ${f}(x[i])
    const a = x[this.thread.x];
    return ${formula};
  }`
    return context.run({ source, functions }, x.shape, x.dtype, [x])
  },

  binary(f, x, y, shape) {
    const row = BINARY[f]
    if (x.dtype === 'int32' && !row.integers) throw new Error(`${f}: float32 expected, got int32`)
    return broadcast(context, row, { a: x, b: y }, shape, x, row.integers ? [0, 1] : undefined)
  },

  where(condition, x, y, shape) {
    const [p, q] = [bufferOf(x).range, bufferOf(y).range]
    const range = [Math.min(p[0], q[0]), Math.max(p[1], q[1])] as const
    return broadcast(context, { formula: 'c === 0 ? b : a' }, { c: condition, a: x, b: y }, shape, x, range)
  },

  broadcastTo(x, shape) {
    return broadcast(context, { formula: 'a' }, { a: x }, shape, x, bufferOf(x).range)
  },
})

/** `formula` of operands that broadcast to `shape`; the result has the dtype of `like`. */
function broadcast(
  context: Context,
  { formula, functions = [] }: Formula,
  operands: Readonly<Record<string, NDArray>>,
  shape: Shape,
  like: NDArray,
  range?: readonly [number, number],
): NDArray {
  const [names, arrays] = [Object.keys(operands), Object.values(operands)]
  const { sizes, strides } = collapse(
    shape,
    arrays.map(x => x.shape),
  )
  const upper = names.map(name => `${name}s`)
  const { parameters, lines, functions: more = [] } = stridedIndexing(sizes.length, upper)
  const source = `function (${[...upper, parameters].filter(Boolean).join(', ')}) {
    // z[i] = ${formula}, ${names.map(name => `${name} from ${name}s`).join(', ')} along the axes that it has
    ${lines}
    ${names.map(name => `const ${name} = ${name}s[${name}sAt];`).join('\n    ')}
    return ${formula};
  }`
  const program = { source, functions: [...functions, ...more] }
  return context.run(program, shape, like.dtype, [...arrays, ...stridedArguments(sizes, strides)], range)
}
