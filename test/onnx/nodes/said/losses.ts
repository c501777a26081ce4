import {
  astype,
  div,
  gather,
  logSoftmax,
  mul,
  neg,
  notEqual,
  reshape,
  sum,
  type Tensor,
  take,
  where,
} from '../../../../engine/index.ts'
import type { Node, Said } from '../node.ts'

export const LOSSES: Readonly<Record<string, Said>> = {
  NegativeLogLikelihoodLoss: ([logP, y, weight], node) => likelihood(logP, y, weight, node),
  SoftmaxCrossEntropyLoss: ([x, y, weight], node) => {
    const logP = logSoftmax(x, 1)
    return [likelihood(logP, y, weight, node), logP].slice(0, node.outputs.length)
  },
}

/** -w_y log p_y of each place, their sum, or their mean by weight.  logP[N,C,...] y[N,...] -> [N,...] or [] */
function likelihood(logP: Tensor, y: Tensor, weight: Tensor | undefined, node: Node): Tensor {
  // No label is -1: then all count.
  const counts = astype(notEqual(y, node.int('ignore_index', -1)), logP.dtype)
  const labels = where(counts, y, 0)
  const picked = reshape(gather(logP, reshape(labels, y.shape.toSpliced(1, 0, 1)), 1), y.shape)
  const w = weight === undefined ? counts : mul(counts, take(weight, labels))
  const each = neg(mul(picked, w))
  const reduction = node.text('reduction', 'mean')
  if (reduction === 'none') return each
  return reduction === 'sum' ? sum(each) : div(sum(each), sum(w))
}
