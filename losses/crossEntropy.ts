import { checkOptions, type OptionNames, shown, shownName } from '../engine/check.ts'
import { mean, mul, softmaxCrossEntropy, sum, type Tensor, tensor } from '../engine/index.ts'
import { format } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import { checkFocal, FOCAL_OPTIONS, type FocalOptions, focalLosses } from './imbalance/focal.ts'
import { checkByClass } from './imbalance/sizes.ts'
import { batchLabels, type ClassIndices, type Labels, labelIndex } from './labels.ts'
import { REDUCTION_OPTIONS, type ReductionOptions } from './loss.ts'

export interface CrossEntropyOptions extends ReductionOptions, FocalOptions {}

export const CROSS_ENTROPY_OPTIONS = {
  ...REDUCTION_OPTIONS,
  ...FOCAL_OPTIONS,
} satisfies OptionNames<CrossEntropyOptions>

/**
 * CE(z, y) = -z_y + ln sum_j e^z_j.  z[N,C] y[N] -> [] or, with `reduction: 'none'`, [N]
 *
 * With class weights v a sample counts v_y CE(z, y), and `mean` divides by the sum of the batch's weights, as
 * PyTorch does. With `focalGamma` it is the focal loss (imbalance/focal.ts). Throws on labels that are no classes of z,
 * on an empty batch, on weights that are not C numbers >= 0, on a gamma below 0, and on other options.
 */
export function crossEntropy(z: Tensor, y: Labels, options: CrossEntropyOptions = {}): Tensor {
  checkTensor('crossEntropy', 'z', z)
  checkOptions('crossEntropy', options, CROSS_ENTROPY_OPTIONS)
  if (z.rank !== 2) throw new Error(`crossEntropy: z[N,C] expected, got shape ${format(z.shape)}`)
  const [n, classes] = z.shape
  const labels = batchLabels('crossEntropy', y, n, classes)
  checkReduction('crossEntropy', options, classes)
  checkFocal('crossEntropy', options)
  const losses = focalLosses(softmaxCrossEntropy(z, labelIndex(labels, z.backend)), options.focalGamma ?? 0)
  return reduceLosses('crossEntropy', losses, labels, options)
}

/** The losses[N] weighted by class and reduced; `options` were checked. */
export function reduceLosses(
  op: string,
  losses: Tensor,
  y: ClassIndices,
  { reduction = 'mean', weight }: ReductionOptions,
): Tensor {
  if (weight === undefined) {
    return reduction === 'none' ? losses : reduction === 'sum' ? sum(losses) : mean(losses)
  }
  const v = Float64Array.from(y, label => weight[label])
  const weighted = mul(losses, tensor(v, { dtype: losses.dtype, backend: losses.backend }))
  if (reduction === 'none') return weighted
  if (reduction === 'sum') return sum(weighted)
  const total = v.reduce((a, b) => a + b)
  if (total === 0)
    throw new Error(`${op}: mean: a label with a weight above 0 expected, got none in the batch`)
  return sum(weighted).div(total)
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
