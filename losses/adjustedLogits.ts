import { checkGiven, refusal } from '../engine/check.ts'
import { sub, type Tensor } from '../engine/index.ts'
import { bind } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import { LOGIT_ADJUSTMENT, type LogitAdjustment, logPriors } from './imbalance.ts'

/**
 * z_j - tau ln pi_j, pi_j = n_j / sum_k n_k: post-hoc logit adjustment, Menon 2021,
 * arXiv:2007.07314.  z[N,C] -> [N,C]
 *
 * It is for a loss that was trained without `logitAdjustment`, which does the same in training and leaves `logits` as they
 * are: `predict(adjustedLogits(loss.logits(x), { sizes }))`. With tau = 1, the default, probabilities softmax(z) under pi
 * become those under equally frequent classes. The paper has it for <w_j, x>; that it goes with any logits, after their
 * scale s, is ours. Throws unless z is a matrix of floats, there are C sizes, finite and > 0, and tau is finite and >= 0.
 */
export function adjustedLogits(z: Tensor, adjustment: LogitAdjustment): Tensor {
  checkTensor('adjustedLogits', 'z', z)
  const [, classes] = bind('adjustedLogits', 'z[N,C] -> [N,C]', { z: z.shape })
  if (z.dtype === 'int32') throw refusal('adjustedLogits', 'z as float32 or float64', z.dtype)
  const { dtype, backend } = z
  checkGiven('adjustedLogits', adjustment, LOGIT_ADJUSTMENT)
  return sub(z, logPriors('adjustedLogits', { classes, dim: 1, dtype, backend }, adjustment))
}
