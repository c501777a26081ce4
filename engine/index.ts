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
export { setExact, setThreads } from './backends/wasm/index.ts'
export { checkpoint } from './checkpoint.ts'
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
export { randn, uniform } from './draw.ts'
export { grad, jvp, valueAndGrad, vjp } from './grad.ts'
export { apply, defineOp } from './op.ts'
export { abs, clamp, gelu, leakyRelu, prelu, relu, sigmoid, sign, softplus } from './ops/activation.ts'
export { affineGrid } from './ops/affineGrid.ts'
export { erf, erfc, exp, expm1, log, log1p, pow, rsqrt, sqrt, tanh } from './ops/analytic.ts'
export { type ArgOptions, argmax, argmin } from './ops/argExtremes.ts'
export { add, div, identity, mul, neg, type Operand, stopGradient, sub } from './ops/arithmetic.ts'
export { astype } from './ops/astype.ts'
export { attention } from './ops/attention.ts'
export { concat, stack } from './ops/concat.ts'
export { conv2d, conv2dInputGrad, conv2dWeightGrad } from './ops/conv2d.ts'
export type { ConvOptions } from './ops/convolution.ts'
export { type ConvTransposeOptions, convTranspose2d } from './ops/convTranspose2d.ts'
export { softmaxCrossEntropy } from './ops/crossEntropy.ts'
export { type CumulativeOptions, cumprod, cumsum } from './ops/cumulative.ts'
export { dropout } from './ops/dropout.ts'
export { einsum } from './ops/einsum.ts'
export { type ExtremeOptions, logSumExp, max, min } from './ops/extremes.ts'
export { gem } from './ops/gem.ts'
export { gridSample } from './ops/gridSample.ts'
export { groupNorm, instanceNorm, rmsNorm } from './ops/groupNorm.ts'
export { hardsigmoid, hardswish, softsign, thresholdedRelu } from './ops/hardActivations.ts'
export { acosh, asinh, atanh, cosh, sinh } from './ops/hyperbolic.ts'
export { gather, oneHot, scatterAdd, take } from './ops/indexing.ts'
export { gatherND, scatterND } from './ops/indexingND.ts'
export { celu, elu, mish, selu, silu } from './ops/linearUnits.ts'
export { all, any } from './ops/logic.ts'
export { matmul } from './ops/matmul.ts'
export { permute, slice, transpose } from './ops/movement.ts'
export { normalize } from './ops/normalize.ts'
export { oneVsRestCrossEntropy } from './ops/oneVsRest.ts'
export { pad } from './ops/pad.ts'
export { type AvgPoolOptions, avgPool2d, maxPool2d } from './ops/pooling.ts'
export { prod } from './ops/product.ts'
export { broadcastTo, type ReduceOptions, reshape, sum, unbroadcast } from './ops/reduce.ts'
export { OPS } from './ops/registry.ts'
export { type ResizeOptions, resize } from './ops/resize.ts'
export { reverse } from './ops/reverse.ts'
export { ceil, floor, fmod, remainder, round, trunc } from './ops/rounding.ts'
export { type ScatterOptions, scatter } from './ops/scatter.ts'
export {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  notEqual,
  where,
} from './ops/select.ts'
export { type BatchNormOptions, batchNorm, layerNorm } from './ops/standardize.ts'
export { mean, moments, variance } from './ops/statistics.ts'
export { type TopkOptions, topk } from './ops/topk.ts'
export { tril, triu } from './ops/triangle.ts'
export { acos, asin, atan, atan2, cos, sin, tan } from './ops/trigonometric.ts'
export { logSoftmax, norm, softmax } from './ops/vector.ts'
export type { Pair, PoolOptions, Sides, WindowOptions } from './ops/window.ts'
export { type Chance, Generator, generator } from './random.ts'
export { noGrad } from './recording.ts'
export type { Shape } from './shape.ts'
export type { Composed, OpSpec, Primitive, Rule } from './spec.ts'
export type { Json, State, Stateful } from './state.ts'
export { type Nested, Tensor } from './tensor.ts'
export { keep, tidy } from './tidy.ts'
export type { Same, Tree } from './tree.ts'
