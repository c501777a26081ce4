import { shown } from './check.ts'
import * as activation from './ops/activation.ts'
import * as analytic from './ops/analytic.ts'
import * as argExtremes from './ops/argExtremes.ts'
import * as arithmetic from './ops/arithmetic.ts'
import { astype } from './ops/astype.ts'
import * as cumulative from './ops/cumulative.ts'
import * as extremes from './ops/extremes.ts'
import * as hardActivations from './ops/hardActivations.ts'
import * as hyperbolic from './ops/hyperbolic.ts'
import * as indexing from './ops/indexing.ts'
import * as indexingND from './ops/indexingND.ts'
import * as linearUnits from './ops/linearUnits.ts'
import * as logic from './ops/logic.ts'
import { matmul } from './ops/matmul.ts'
import * as movement from './ops/movement.ts'
import { normalize } from './ops/normalize.ts'
import { pad } from './ops/pad.ts'
import { prod } from './ops/product.ts'
import * as reduce from './ops/reduce.ts'
import { reverse } from './ops/reverse.ts'
import * as rounding from './ops/rounding.ts'
import { scatter } from './ops/scatter.ts'
import * as select from './ops/select.ts'
import * as statistics from './ops/statistics.ts'
import * as triangle from './ops/triangle.ts'
import * as trigonometric from './ops/trigonometric.ts'
import * as vector from './ops/vector.ts'
import { Tensor } from './tensor.ts'

/** The ops that read well as methods: `x.mul(y).sum()` is `sum(mul(x, y))`. */
const METHODS = {
  astype,
  neg: arithmetic.neg,
  add: arithmetic.add,
  sub: arithmetic.sub,
  mul: arithmetic.mul,
  div: arithmetic.div,
  pow: analytic.pow,
  remainder: rounding.remainder,
  fmod: rounding.fmod,
  maximum: select.maximum,
  minimum: select.minimum,
  exp: analytic.exp,
  log: analytic.log,
  log1p: analytic.log1p,
  expm1: analytic.expm1,
  sqrt: analytic.sqrt,
  rsqrt: analytic.rsqrt,
  sin: trigonometric.sin,
  cos: trigonometric.cos,
  tan: trigonometric.tan,
  asin: trigonometric.asin,
  acos: trigonometric.acos,
  atan: trigonometric.atan,
  sinh: hyperbolic.sinh,
  cosh: hyperbolic.cosh,
  tanh: analytic.tanh,
  asinh: hyperbolic.asinh,
  acosh: hyperbolic.acosh,
  atanh: hyperbolic.atanh,
  erf: analytic.erf,
  erfc: analytic.erfc,
  abs: activation.abs,
  sign: activation.sign,
  floor: rounding.floor,
  ceil: rounding.ceil,
  round: rounding.round,
  trunc: rounding.trunc,
  sigmoid: activation.sigmoid,
  softplus: activation.softplus,
  relu: activation.relu,
  leakyRelu: activation.leakyRelu,
  prelu: activation.prelu,
  gelu: activation.gelu,
  silu: linearUnits.silu,
  elu: linearUnits.elu,
  celu: linearUnits.celu,
  selu: linearUnits.selu,
  mish: linearUnits.mish,
  hardsigmoid: hardActivations.hardsigmoid,
  hardswish: hardActivations.hardswish,
  softsign: hardActivations.softsign,
  thresholdedRelu: hardActivations.thresholdedRelu,
  clamp: activation.clamp,
  equal: select.equal,
  notEqual: select.notEqual,
  less: select.less,
  lessEqual: select.lessEqual,
  greater: select.greater,
  greaterEqual: select.greaterEqual,
  sum: reduce.sum,
  mean: statistics.mean,
  variance: statistics.variance,
  max: extremes.max,
  min: extremes.min,
  logSumExp: extremes.logSumExp,
  argmax: argExtremes.argmax,
  argmin: argExtremes.argmin,
  prod,
  any: logic.any,
  all: logic.all,
  cumsum: cumulative.cumsum,
  cumprod: cumulative.cumprod,
  softmax: vector.softmax,
  logSoftmax: vector.logSoftmax,
  norm: vector.norm,
  normalize,
  reshape: reduce.reshape,
  permute: movement.permute,
  transpose: movement.transpose,
  broadcastTo: reduce.broadcastTo,
  slice: movement.slice,
  reverse,
  tril: triangle.tril,
  triu: triangle.triu,
  pad,
  gather: indexing.gather,
  scatterAdd: indexing.scatterAdd,
  scatter,
  take: indexing.take,
  gatherND: indexingND.gatherND,
  scatterND: indexingND.scatterND,
  matmul,
} as const

type Methods = {
  [Name in keyof typeof METHODS]: (typeof METHODS)[Name] extends (x: never, ...rest: infer Rest) => Tensor
    ? (...rest: Rest) => Tensor
    : never
}

declare module './tensor.ts' {
  interface Tensor extends Methods {}
}

/** How many arguments the methods take where one has a default, which a function's length leaves out. */
const COUNTS: Readonly<Partial<Record<keyof typeof METHODS, number>>> = {
  leakyRelu: 1,
  gelu: 1,
  elu: 1,
  celu: 1,
  hardsigmoid: 1,
  thresholdedRelu: 1,
  transpose: 2,
  gatherND: 2,
  scatterND: 3,
  pad: 3,
  slice: 3,
  tril: 1,
  triu: 1,
}

for (const [name, op] of Object.entries(METHODS)) {
  const call = op as (x: Tensor, ...rest: unknown[]) => Tensor
  const most = COUNTS[name as keyof typeof METHODS] ?? op.length - 1
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      if (rest.length > most) {
        throw new Error(`${name}: at most ${most} arguments expected, got ${rest.map(shown).join(', ')}`)
      }
      return call(this, ...rest)
    },
  })
}
