/** What a user of the engine imports: tensors, ops (as functions and as methods), gradients, memory, chance. */
import './methods.ts'

export type { Backend, DType, NDArray, TypedArray } from './backends/backend.ts'
export {
  BACKENDS,
  type BackendName,
  backend,
  defaultBackend,
  type StartName,
  setBackend,
  startBackend,
} from './backends/registry.ts'
export { setThreads } from './backends/wasm/index.ts'
export type { Chance } from './chance.ts'
export {
  full,
  ones,
  onesLike,
  parameter,
  type TensorLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from './create.ts'
export { setDebug } from './debug.ts'
export type { Domain } from './domain.ts'
export * as domains from './domain.ts'
export { grad, jvp, stopGradient, valueAndGrad, vjp } from './grad.ts'
export { apply, type Composed, defineOp, noGrad, type OpSpec, type Primitive, type Rule } from './op.ts'
export { abs, clamp, gelu, leakyRelu, prelu, relu, sigmoid, sign, softplus } from './ops/activation.ts'
export { acos, cos, erf, erfc, exp, expm1, log, log1p, rsqrt, sin, sqrt, tanh } from './ops/analytic.ts'
export { add, div, identity, maximum, minimum, mul, neg, pow, sub } from './ops/arithmetic.ts'
export { astype } from './ops/astype.ts'
export { moments } from './ops/channels.ts'
export { concat, stack } from './ops/concat.ts'
export { conv2d, conv2dInputGrad, conv2dWeightGrad } from './ops/conv2d.ts'
export type { ConvOptions } from './ops/convolution.ts'
export { type ConvTransposeOptions, convTranspose2d } from './ops/convTranspose2d.ts'
export { softmaxCrossEntropy } from './ops/crossEntropy.ts'
export { dropout } from './ops/dropout.ts'
export { argmax, logSumExp, max, min } from './ops/extremes.ts'
export { gather, oneHot, scatterAdd } from './ops/indexing.ts'
export { matmul } from './ops/matmul.ts'
export { broadcastTo, permute, reshape, transpose } from './ops/movement.ts'
export type { Operand } from './ops/operands.ts'
export { avgPool2d, maxPool2d } from './ops/pooling.ts'
export { mean, type ReduceOptions, sum, unbroadcast, variance } from './ops/reduce.ts'
export { pad, slice } from './ops/region.ts'
export { OPS } from './ops/registry.ts'
export { equal, greater, greaterEqual, less, lessEqual, notEqual, where } from './ops/select.ts'
export { type BatchNormOptions, batchNorm, layerNorm } from './ops/standardize.ts'
export { logSoftmax, norm, normalize, softmax } from './ops/vector.ts'
export type { Pair, WindowOptions } from './ops/window.ts'
export { Generator, generator, randn, uniform } from './random.ts'
export type { Shape } from './shape.ts'
export type { Json, State, Stateful } from './state.ts'
export { type Nested, Tensor } from './tensor.ts'
export { keep, tidy } from './tidy.ts'
export type { Same, Tree } from './tree.ts'
