import {
  add,
  full,
  gather,
  mul,
  neg,
  oneVsRestCrossEntropy,
  reshape,
  scatterAdd,
  softplus,
  sum,
  type Tensor,
} from '../engine/index.ts'
import { LEFT_OUT } from '../engine/leftOut.ts'
import { type CrossEntropyOptions, crossEntropy, focalLosses, reduceLosses } from './crossEntropy.ts'
import type { LogitAdjustmentOptions } from './imbalance.ts'
import { type ClassIndices, checkLabels, type Labels, labelIndex } from './labels.ts'
import type { Binary, Margin } from './margins/margin.ts'

/**
 * positive ln(1 + e^-z_y) + negative sum_{j != y} ln(1 + e^z_j) of each sample; with gamma each of these logarithms is that of a
 * focal loss, which Lin 2017 has for two classes.  z[N,C] y[N] -> [N]
 */
export function binaryLosses(
  { positive, negative }: Binary,
  z: Tensor,
  y: ClassIndices,
  gamma: number,
): Tensor {
  const index = labelIndex(y, z.backend)
  if (gamma === 0) return oneVsRestCrossEntropy(z, index, { positive, negative })
  const own = softplus(neg(gather(z, index)))
  const leftOut = full(index.shape, LEFT_OUT, { dtype: z.dtype, backend: z.backend })
  const rest = softplus(scatterAdd(z, index, leftOut))
  const others = sum(focalLosses(rest, gamma), { axis: 1 })
  return add(mul(reshape(focalLosses(own, gamma), [-1]), positive), mul(others, negative))
}

/** The loss of these logits: softmax cross-entropy, or each class by itself. */
export function lossOfLogits(
  op: string,
  { binary }: Pick<Margin, 'binary'>,
  z: Tensor,
  y: Labels,
  options: CrossEntropyOptions,
): Tensor {
  if (binary === undefined) return crossEntropy(z, y, options)
  const labels = checkLabels(op, y, z.shape[0], z.shape[1])
  return reduceLosses(op, binaryLosses(binary, z, labels, options.focalGamma ?? 0), labels, options)
}

/** Throws on what belongs to softmax where each class is decided for by itself: priors, which only compare classes, and smoothed labels. */
export function checkBinary(
  op: string,
  { binary }: Pick<Margin, 'binary'>,
  { labelSmoothing = 0, logitAdjustment }: CrossEntropyOptions & LogitAdjustmentOptions,
): void {
  if (binary === undefined) return
  const asked = logitAdjustment !== undefined ? 'logitAdjustment' : labelSmoothing > 0 && 'labelSmoothing'
  if (asked) throw new Error(`${op}: ${asked} goes with softmax cross-entropy, got a binary margin`)
}

/** Throws where a bias a class is to stand beside that of a binary margin. */
export function checkBias(name: string, one?: Tensor, each?: Tensor): void {
  if (one !== undefined && each !== undefined) {
    throw new Error(`${name}: a bias a class or a binary margin, which has one for all, expected, got both`)
  }
}
