import { checkNumber, type OptionNames } from '../engine/check.ts'
import { add, gather, mean, mul, reshape, sub, sum, type Tensor, tensor } from '../engine/index.ts'
import { type ClassIndices, labelIndex } from './labels.ts'

export interface LabelSmoothingOptions {
  /**
   * Label smoothing (Szegedy 2016, arXiv:1512.00567, section 7), 0 <= epsilon <= 1: of the target distribution each class gets
   * epsilon / C, and the label 1 - epsilon besides, as in PyTorch. Default 0.
   */
  labelSmoothing?: number
}

export const LABEL_SMOOTHING_OPTIONS = {
  labelSmoothing: ['smoothing', 'labelSmooth', 'epsilon', 'eps'],
} satisfies OptionNames<LabelSmoothingOptions>

/** Throws unless epsilon is from 0 to 1, and where the loss is focal too: what that would be, no paper says. */
export function checkLabelSmoothing(
  op: string,
  options: LabelSmoothingOptions & { focalGamma?: number },
): void {
  const { labelSmoothing = 0, focalGamma = 0 } = options
  checkNumber(op, 'labelSmoothing', labelSmoothing, 0, 1)
  if (labelSmoothing > 0 && focalGamma > 0) {
    throw new Error(`${op}: labelSmoothing or focalGamma expected, got both`)
  }
}

/**
 * (1 - epsilon) v_y CE(z, y) + epsilon / C sum_j v_j CE(z, j) for each sample, v the weights of the classes, 1 by default;
 * CE(z, j) = CE(z, y) + z_y - z_j.  losses[N] z[N,C] y[N] -> [N]
 */
export function smoothedLosses(
  losses: Tensor,
  z: Tensor,
  y: ClassIndices,
  epsilon: number,
  weight?: ArrayLike<number>,
): Tensor {
  const target = reshape(gather(z, labelIndex(y, z.backend)), [-1])
  if (weight === undefined) return add(losses, mul(sub(target, mean(z, { axis: 1 })), epsilon))
  const place = { dtype: z.dtype, backend: z.backend }
  const weights = Float64Array.from(weight)
  const own = Float64Array.from(y, label => (1 - epsilon) * weight[label])
  const total = weights.reduce((a, b) => a + b)
  const all = sub(mul(add(losses, target), total), sum(mul(z, tensor(weights, place)), { axis: 1 }))
  return add(mul(losses, tensor(own, place)), mul(all, epsilon / weights.length))
}
