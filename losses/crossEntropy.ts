import { checkFinite, checkOptions, type OptionNames, shown, shownName } from '../engine/check.ts'
import {
  add,
  expm1,
  greater,
  lessEqual,
  mean,
  mul,
  neg,
  pow,
  softmaxCrossEntropy,
  sum,
  type Tensor,
  tensor,
  where,
} from '../engine/index.ts'
import { checkTensor } from '../engine/tensor.ts'
import {
  checkLabelSmoothing,
  LABEL_SMOOTHING_OPTIONS,
  type LabelSmoothingOptions,
  smoothedLosses,
} from './labelSmoothing.ts'
import { type ClassIndices, checkByClass, type Labels, labelIndex } from './labels.ts'
import { REDUCTION_OPTIONS, type Reduction, type ReductionOptions } from './loss.ts'
import { TARGET_OPTIONS, type TargetOptions, targets } from './targets.ts'

export interface FocalOptions {
  /** Focal loss: easy samples count less, by (1 - p_y)^gamma; gamma >= 0, 0 is cross-entropy. Default 0. */
  focalGamma?: number
}

export const FOCAL_OPTIONS = { focalGamma: ['gamma', 'focal'] } satisfies OptionNames<FocalOptions>

/** From here down 1 - p counts as 0: its powers gamma - 1 and gamma - 2 would leave float32, and gamma - 5 float64. */
const LEAST = { float32: 1e-18, float64: 1e-60 }
/** From here up a loss has p = 0 in float64 too. */
const MOST = 800

/**
 * (1 - p)^gamma L, p = e^-L being the probability of the right class and L = -ln p: the focal loss of Lin 2017,
 * arXiv:1708.02002, equation 4, for one sample.  losses[N] -> [N]
 *
 * The paper has it for two classes and a sigmoid, with gamma = 2; that p is a softmax's is how others carried it over.
 * Its alpha_t is the option `weight`. Where p is 1 or 0 but for rounding, (1 - p)^gamma is taken for the constant that it is
 * there, 0 or 1, and so are its derivatives of all orders: an infinite slope at 1 - p = 0 meets a dp of 0.
 */
export function focalLosses(losses: Tensor, gamma: number): Tensor {
  if (gamma === 0) return losses
  const wrong = neg(expm1(neg(losses)))
  const right = lessEqual(wrong, losses.dtype === 'float64' ? LEAST.float64 : LEAST.float32)
  const settled = add(right, greater(losses, MOST))
  return where(right, 0, mul(pow(where(settled, 1, wrong), gamma), losses))
}

/** Throws unless gamma is finite and >= 0. */
export function checkFocal(op: string, { focalGamma = 0 }: FocalOptions): void {
  checkFinite(op, 'focalGamma', focalGamma, { orZero: true })
}

export interface CrossEntropyOptions extends ReductionOptions, FocalOptions, LabelSmoothingOptions {}

export const CROSS_ENTROPY_OPTIONS = {
  ...REDUCTION_OPTIONS,
  ...FOCAL_OPTIONS,
  ...LABEL_SMOOTHING_OPTIONS,
} satisfies OptionNames<CrossEntropyOptions>

/**
 * CE(z, y) = -z_y + ln sum_j e^z_j.  z[N,C] y[N] -> [] or, with `reduction: 'none'`, [N]
 *
 * As PyTorch has it, z[N,C,d1,..] are N d1 .. samples, whose labels y come in the order of [N,d1,..], and of `reduction: 'none'` their losses
 * [N,d1,..]; samples of the label `ignoreIndex` are left out, and their logits may be anything.
 *
 * With class weights v a sample counts v_y CE(z, y), and `mean` divides by the sum of the batch's weights, as
 * PyTorch does. With `focalGamma` it is the focal loss as `focalLosses` has it. With `labelSmoothing` epsilon it is
 * (1 - epsilon) CE(z, y) + epsilon / C sum_j CE(z, j), of which each term counts by the weight of its own class, as in
 * PyTorch. Where epsilon / (C - 1) is meant for each class but the label, which keeps 1 - epsilon, give epsilon C / (C - 1). A
 * logit of -Infinity then makes the loss Infinity. Throws on labels that are no classes of z, on an empty batch, on a mean where
 * all are left out (NaN in PyTorch), on weights that are not C numbers >= 0, on a gamma below 0, on both of these two, and on other
 * options.
 */
export function crossEntropy(
  z: Tensor,
  y: Labels,
  options: CrossEntropyOptions & TargetOptions = {},
): Tensor {
  const op = 'crossEntropy'
  checkTensor(op, 'z', z)
  checkOptions(op, options, { ...CROSS_ENTROPY_OPTIONS, ...TARGET_OPTIONS })
  const of = targets(op, z, y, options)
  checkReduction(op, options, z.shape[1])
  checkFocal(op, options)
  checkLabelSmoothing(op, options)
  const { reduction = 'mean' } = options
  if (of.y.length === 0 && reduction === 'mean') {
    throw new Error(`${op}: mean: a label other than ignoreIndex expected, got none in the batch`)
  }
  const losses = lossesOf(op, of.z, of.y, options)
  return reduction === 'none' ? of.placed(losses) : losses
}

/** z[M,C] y[M] -> [] or [M]; all is checked. */
function lossesOf(op: string, z: Tensor, y: Int32Array, options: CrossEntropyOptions): Tensor {
  const { focalGamma = 0, labelSmoothing = 0, weight, reduction } = options
  const plain = softmaxCrossEntropy(z, labelIndex(y, z.backend))
  if (labelSmoothing === 0) return reduceLosses(op, focalLosses(plain, focalGamma), y, options)
  const smoothed = smoothedLosses(plain, z, y, labelSmoothing, weight)
  return reduced(op, smoothed, reduction, weight && weightsOf(y, weight))
}

/** The losses[N] weighted by class and reduced; `options` were checked. */
export function reduceLosses(
  op: string,
  losses: Tensor,
  y: ClassIndices,
  { reduction, weight }: ReductionOptions,
): Tensor {
  if (weight === undefined) return reduced(op, losses, reduction)
  const v = weightsOf(y, weight)
  const weighted = mul(losses, tensor(v, { dtype: losses.dtype, backend: losses.backend }))
  return reduced(op, weighted, reduction, v)
}

/** Of each sample. */
const weightsOf = (y: ClassIndices, weight: ArrayLike<number>): Float64Array =>
  Float64Array.from(y, label => weight[label])

/** The losses[N], with the weights v[N] in them where they have some. */
function reduced(op: string, losses: Tensor, reduction: Reduction = 'mean', v?: Float64Array): Tensor {
  if (reduction === 'none') return losses
  if (reduction === 'sum') return sum(losses)
  if (v === undefined) return mean(losses)
  const total = v.reduce((a, b) => a + b)
  if (total === 0)
    throw new Error(`${op}: mean: a label with a weight above 0 expected, got none in the batch`)
  return sum(losses).div(total)
}

/** Throws unless the reduction is one of the three and there are `classes` weights, finite and >= 0. */
export function checkReduction(op: string, { reduction, weight }: ReductionOptions, classes: number): void {
  if (reduction !== undefined && !['mean', 'sum', 'none'].includes(reduction)) {
    throw new Error(`${op}: reduction is mean, sum or none, got ${shownName(reduction)}`)
  }
  if (weight === undefined) return
  checkByClass(`${op}: weight`, weight, classes)
  for (let j = 0; j < classes; j++) {
    if (!(weight[j] >= 0 && weight[j] < Infinity)) {
      throw new Error(`${op}: weight: finite numbers >= 0 expected, got ${shown(weight[j])} for class ${j}`)
    }
  }
}
