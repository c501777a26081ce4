import * as e from '../../engine/index.ts'
import { maxPool2dGatherOp, maxPool2dGradOp } from '../../engine/ops/adjoints/poolingGrad.ts'
import { interiorPad } from '../../engine/ops/movement.ts'
import { avgPool2dGradOp } from '../../engine/ops/pooling.ts'
import { outputSize, pair } from '../../engine/ops/window.ts'

type Inputs = Readonly<Record<string, e.Tensor>>
type Call = (inputs: Inputs, options: never) => e.Tensor
type Pool = e.AvgPoolOptions & { kernel: number | e.Pair }

const unary =
  (f: (x: e.Tensor) => e.Tensor): Call =>
  ({ x }) =>
    f(x)
const binary =
  (f: (x: e.Tensor, y: e.Tensor) => e.Tensor): Call =>
  ({ x, y }) =>
    f(x, y)
const reduce =
  (f: (x: e.Tensor, options: e.ReduceOptions) => e.Tensor): Call =>
  ({ x }, options: e.ReduceOptions) =>
    f(x, options)

const geometry = ({ shape }: { shape: e.Shape }, { kernel, ...options }: Pool) => {
  const size = pair(kernel, 1)
  return outputSize('pool', [shape[1], shape[2]], size, { ...options, stride: options.stride ?? size })
}

/** How each op is called on a case's inputs and options. */
export const CALLS: Readonly<Record<string, Call>> = {
  identity: unary(e.identity),
  neg: unary(e.neg),
  exp: unary(e.exp),
  log: unary(e.log),
  log1p: unary(e.log1p),
  expm1: unary(e.expm1),
  sqrt: unary(e.sqrt),
  rsqrt: unary(e.rsqrt),
  sin: unary(e.sin),
  cos: unary(e.cos),
  acos: unary(e.acos),
  tan: unary(e.tan),
  asin: unary(e.asin),
  atan: unary(e.atan),
  sinh: unary(e.sinh),
  cosh: unary(e.cosh),
  asinh: unary(e.asinh),
  acosh: unary(e.acosh),
  atanh: unary(e.atanh),
  floor: unary(e.floor),
  ceil: unary(e.ceil),
  round: unary(e.round),
  trunc: unary(e.trunc),
  atan2: ({ y, x }) => e.atan2(y, x),
  tanh: unary(e.tanh),
  erf: unary(e.erf),
  abs: unary(e.abs),
  sign: unary(e.sign),
  sigmoid: unary(e.sigmoid),
  softplus: unary(e.softplus),
  relu: unary(e.relu),
  leakyRelu: ({ x }, { slope }: { slope: number }) => e.leakyRelu(x, slope),
  prelu: ({ x, slope }) => e.prelu(x, slope),
  gelu: ({ x }, options: { tanh: boolean }) => e.gelu(x, options),
  silu: unary(e.silu),
  elu: ({ x }, { form, alpha }: { form: 'elu' | 'celu'; alpha: number }) =>
    (form === 'elu' ? e.elu : e.celu)(x, { alpha }),
  selu: unary(e.selu),
  mish: unary(e.mish),
  hardsigmoid: unary(e.hardsigmoid),
  hardswish: unary(e.hardswish),
  softsign: unary(e.softsign),
  thresholdedRelu: ({ x }, { alpha }: { alpha: number }) => e.thresholdedRelu(x, alpha),
  clamp: ({ x }, { low, high }: { low: number; high: number }) => e.clamp(x, low, high),
  add: binary(e.add),
  sub: binary(e.sub),
  mul: binary(e.mul),
  div: binary(e.div),
  pow: binary(e.pow),
  remainder: binary(e.remainder),
  fmod: binary(e.fmod),
  maximum: binary(e.maximum),
  minimum: binary(e.minimum),
  equal: binary(e.equal),
  notEqual: binary(e.notEqual),
  less: binary(e.less),
  lessEqual: binary(e.lessEqual),
  greater: binary(e.greater),
  greaterEqual: binary(e.greaterEqual),
  where: ({ condition, x, y }) => e.where(condition, x, y),
  sum: reduce(e.sum),
  mean: reduce(e.mean),
  variance: reduce(e.variance),
  max: reduce(e.max),
  min: reduce(e.min),
  logSumExp: reduce(e.logSumExp),
  argmax: ({ x }, { axis }: { axis: number }) => e.argmax(x, axis),
  argmin: ({ x }, { axis }: { axis: number }) => e.argmin(x, axis),
  prod: reduce(e.prod),
  any: reduce(e.any),
  all: reduce(e.all),
  cumsum: ({ x }, options: e.CumulativeOptions) => e.cumsum(x, options),
  cumprod: ({ x }, options: e.CumulativeOptions) => e.cumprod(x, options),
  reverse: ({ x }, { axis }: { axis: number[] }) => e.reverse(x, axis),
  tril: ({ x }, { k }: { k: number }) => e.tril(x, k),
  triu: ({ x }, { k }: { k: number }) => e.triu(x, k),
  topk: ({ x }, { k, ...options }: e.TopkOptions & { k: number }) => e.topk(x, k, options).values,
  softmax: ({ x }, { axis }: { axis: number }) => e.softmax(x, axis),
  logSoftmax: ({ x }, { axis }: { axis: number }) => e.logSoftmax(x, axis),
  norm: ({ x }, { axis }: { axis: number }) => e.norm(x, { axis, keepDims: true }),
  normalize: ({ x }, options: { axis: number }) => e.normalize(x, options),
  batchNormTraining: ({ x, gamma, beta }, options: { eps: number }) => e.batchNorm(x, gamma, beta, options),
  batchNormInference: ({ x, gamma, beta, ...statistics }, options: { eps: number }) =>
    e.batchNorm(x, gamma, beta, { ...statistics, ...options }),
  groupNorm: ({ x, gamma, beta }, { groups, eps }: { groups?: number; eps: number }) =>
    groups === undefined ? e.instanceNorm(x, gamma, beta, eps) : e.groupNorm(x, gamma, beta, groups, eps),
  rmsNorm: ({ x, gamma }, { eps }: { eps: number }) => e.rmsNorm(x, gamma, eps),
  gem: ({ x, p }, options: { eps: number }) => e.gem(x, p, options),
  resize: ({ x }, options: e.ResizeOptions) => e.resize(x, options),
  gridSample: ({ x, grid }, options: Parameters<typeof e.gridSample>[2]) => e.gridSample(x, grid, options),
  affineGrid: ({ theta }, { size, ...options }: { size: e.Pair; alignCorners: boolean }) =>
    e.affineGrid(theta, size, options),
  attention: ({ q, k, v }, options: Parameters<typeof e.attention>[3]) => e.attention(q, k, v, options),
  maskedAttention: ({ q, k, v, mask }, options: Parameters<typeof e.attention>[3]) =>
    e.attention(q, k, v, { ...options, mask }),
  layerNorm: ({ x, gamma, beta }, { eps }: { eps: number }) => e.layerNorm(x, gamma, beta, eps),
  reshape: ({ x }, { shape }: { shape: e.Shape }) => e.reshape(x, shape),
  permute: ({ x }, { axes }: { axes: readonly number[] }) => e.permute(x, axes),
  transpose: ({ x }, { axes }: { axes: readonly [number, number] }) => e.transpose(x, ...axes),
  broadcastTo: ({ x }, { shape }: { shape: e.Shape }) => e.broadcastTo(x, shape),
  slice: ({ x }, o: Record<'start' | 'stop' | 'step', number[]>) => e.slice(x, o.start, o.stop, o.step),
  pad: ({ x }, o: { before: number[]; after: number[]; value: number | 'edge' | 'reflect' | 'wrap' }) =>
    e.pad(x, o.before, o.after, o.value),
  interiorPad: ({ x }, options: Parameters<typeof interiorPad>[1]) => interiorPad(x, options),
  concat: (xs, { axis }: { axis: number }) => e.concat(Object.values(xs), axis),
  stack: (xs, { axis }: { axis: number }) => e.stack(Object.values(xs), axis),
  gather: ({ x, index }, { axis }: { axis: number }) => e.gather(x, index, axis),
  scatterAdd: ({ x, index, src }, { axis }: { axis: number }) => e.scatterAdd(x, index, src, axis),
  scatterSet: ({ x, index, src }, { axis }: { axis: number }) => e.scatter(x, index, src, axis),
  scatterMul: ({ x, index, src }, { axis }: { axis: number }) =>
    e.scatter(x, index, src, { axis, reduce: 'mul' }),
  scatterMax: ({ x, index, src }, { axis }: { axis: number }) =>
    e.scatter(x, index, src, { axis, reduce: 'max' }),
  scatterMin: ({ x, index, src }, { axis }: { axis: number }) =>
    e.scatter(x, index, src, { axis, reduce: 'min' }),
  gatherND: ({ x, index }) => e.gatherND(x, index),
  scatterND: ({ x, index, src }, options: { reduce: 'add' }) => e.scatterND(x, index, src, options),
  oneHot: ({ index }, { depth }: { depth: number }) => e.oneHot(index, depth, 'float64'),
  einsum: (xs, { equation }: { equation: string }) => e.einsum(equation, ...Object.values(xs)),
  matmul: ({ a, b }, options: Parameters<typeof e.matmul>[2]) => e.matmul(a, b, options),
  conv2d: ({ x, w }, options: e.ConvOptions) => e.conv2d(x, w, options),
  conv2dBias: ({ x, w, bias }, options: e.ConvOptions) => e.conv2d(x, w, { ...options, bias }),
  conv2dInputGrad: ({ dz, w }, { inputShape, ...options }: e.ConvOptions & { inputShape: e.Shape }) =>
    e.conv2dInputGrad(dz, w, inputShape, options),
  conv2dWeightGrad: ({ x, dz }, { weightShape, ...options }: e.ConvOptions & { weightShape: e.Shape }) =>
    e.conv2dWeightGrad(x, dz, weightShape, options),
  convTranspose2d: ({ x, w }, options: e.ConvOptions & { outputPadding: number | e.Pair }) =>
    e.convTranspose2d(x, w, options),
  avgPool2d: ({ x }, { kernel, ...options }: Pool) => e.avgPool2d(x, kernel, options),
  avgPool2dGrad: ({ dz }, { inputShape, ...options }: Pool & { inputShape: e.Shape }) =>
    e.apply(avgPool2dGradOp, { dz }, { ...geometry({ shape: inputShape }, options), counted: 'all' }),
  maxPool2d: ({ x }, { kernel, ...options }: Pool) => e.maxPool2d(x, kernel, options),
  maxPool2dGather: ({ v, x }, options: Pool) => e.apply(maxPool2dGatherOp, { v, x }, geometry(x, options)),
  maxPool2dGrad: ({ dz, x }, options: Pool) => e.apply(maxPool2dGradOp, { dz, x }, geometry(x, options)),
}
