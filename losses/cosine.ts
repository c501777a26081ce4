import { matmul, normalize, reshape, type Tensor, take } from '../engine/index.ts'

/**
 * cos theta_ij = <x_i, w_j> / (‖x_i‖ ‖w_j‖): the cosine of every embedding with every prototype.
 * x[N,D] W[C,D] -> [N,C]. A vector of length 0 has no direction: its cosines are 0, with gradient 0.
 */
export function cosTheta(x: Tensor, W: Tensor): Tensor {
  return matmul(normalize(x), normalize(W), { transposeB: true })
}

/** v_i = w_index[i].  W[C,D] index[N,1] -> [N,D] */
export function rows(W: Tensor, index: Tensor): Tensor {
  return take(W, reshape(index, [-1]))
}
