import { mul, normalize, reshape, sub, sum, type Tensor, take } from '../engine/index.ts'
import { checkReduction, reduceLosses } from './crossEntropy.ts'
import { type ClassIndices, labelIndex } from './labels.ts'
import { checkLossOptions, LOSS_OPTIONS, type Loss, type LossOptions } from './loss.ts'
import { overUnmoved } from './overUnmoved.ts'
import { fixedSimplex } from './prototypes/fixedSimplex.ts'

/**
 * 1/2 (<w_y, x / ‖x‖> - 1)^2: dot-regression loss, Yang 2022, arXiv:2203.09081, over the vertices w_j of a fixed
 * simplex (`fixedSimplex`).  x[N,D] y[N] -> [] or [N]
 *
 * It draws each sample to its vertex and pushes it from none: the simplex, not the frequency of the other classes, keeps the
 * classes apart. The paper has 1/2 (<w_y, h> - sqrt(E_W E_H))^2 / sqrt(E_W E_H), ‖w_j‖^2 = E_W and ‖h‖^2 = E_H, which are 1
 * here. In its published code w_y has the length sqrt(N / (K n_y)), n_y the samples of the class in the batch, K the classes in it,
 * which weighs the loss by N / (K n_y); `weight` does so by sizes of the training set. `logits` are <w_j, x / ‖x‖>. Throws
 * unless classes >= 2 and dim >= classes - 1.
 */
export function dotRegression(options: LossOptions): Loss {
  const name = 'dotRegression'
  checkLossOptions(name, options, LOSS_OPTIONS)
  checkReduction(name, options, options.classes)
  const simplex = fixedSimplex(name, options)
  return overUnmoved(name, options, simplex, (x, y) =>
    reduceLosses(name, halfSquares(x, simplex.W, y), y, options),
  )
}

/** 1/2 (<w_y, x_i / ‖x_i‖> - 1)^2 for each sample.  x[N,D] W[C,D] y[N] -> [N] */
function halfSquares(x: Tensor, W: Tensor, y: ClassIndices): Tensor {
  const w = take(W, reshape(labelIndex(y, x.backend), [-1]))
  const apart = sub(sum(mul(normalize(x), w), { axis: 1 }), 1)
  return mul(mul(apart, apart), 0.5)
}
