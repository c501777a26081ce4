import {
  add,
  gather,
  neg,
  noGrad,
  norm,
  onesLike,
  scatterAdd,
  stopGradient,
  type Tensor,
  vjp,
  zerosLike,
} from '../engine/index.ts'
import type { Given } from './bentLogits.ts'
import { lossOfLogits } from './binary.ts'
import type { CrossEntropyOptions } from './crossEntropy.ts'
import { type ClassIndices, type Labels, labelIndex } from './labels.ts'
import type { Forces } from './loss.ts'
import { marginLogits } from './marginLoss.ts'
import type { Margin } from './margins/margin.ts'

/**
 * The gradient of the cross-entropy L in w_k, by who asks for it: Zhu 2020, arXiv:2011.11155, equation 2, where for plain
 * softmax dL/dz_ik dz_ik/dw_k is (P(k|x_i) - [y_i = k]) x_i. Over class centres, which no gradient moves, it is the gradient
 * that a learned w_k would have. x[N,D] W[C,D] b[C] y[N] -> [C] [C]
 */
export function prototypeForces(
  margin: Margin,
  x: Tensor,
  { W, b }: { W: Tensor; b?: Tensor },
  y: Labels & ClassIndices,
  { t, memory, subCenters, ...options }: CrossEntropyOptions & Partial<Given>,
): Forces {
  const logits = vjp(
    (W: Tensor) => marginLogits(margin, stopGradient(x), W, y, { t, memory, subCenters }),
    stopGradient(W),
  )
  const losses = vjp(
    (z: Tensor) => lossOfLogits('forces', margin, b === undefined ? z : add(z, b), y, options),
    stopGradient(logits.y),
  )
  return noGrad(() => {
    const dz = losses.pull(onesLike(losses.y))
    const target = labelIndex(y, x.backend)
    const own = gather(dz, target)
    const length = (dz: Tensor): Tensor => norm(logits.pull(dz), { axis: 1 })
    return {
      pull: length(scatterAdd(zerosLike(dz), target, own)),
      push: length(scatterAdd(dz, target, neg(own))),
    }
  })
}
