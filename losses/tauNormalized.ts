import { checkFinite } from '../engine/check.ts'
import { equal, mul, norm, normalize, pow, type Tensor, where } from '../engine/index.ts'
import { bind } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import { LAST } from './margins/angle.ts'

/**
 * w_j / ‖w_j‖^tau: the tau-normalised classifier of Kang 2020, arXiv:1910.09217, section 4.  W[C,D] -> [C,D]
 *
 * Learned weights are the longer the more images their class has; with x W^T of the result no class gains by length
 * (tau = 1, the default) or gains less (tau < 1); tau = 0 leaves W. The paper takes tau from 0 to 1 on validation data, and no
 * bias. Where logits leave out ‖w_j‖, as those of `normFace` do, it changes nothing. A w_j of 0 stays 0. Throws unless W
 * is a matrix, and tau is finite and >= 0.
 */
export function tauNormalized(W: Tensor, tau = 1): Tensor {
  checkTensor('tauNormalized', 'W', W)
  bind('tauNormalized', 'W[C,D] -> [C,D]', { W: W.shape })
  checkFinite('tauNormalized', 'tau', tau, { orZero: true })
  const length = norm(W, LAST)
  return mul(normalize(W), pow(where(equal(length, 0), 1, length), 1 - tau))
}
