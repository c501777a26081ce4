import { index, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { OpSpec } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { sampleLogits, softmaxCrossEntropyGradOp } from './adjoints/softmaxCrossEntropyGrad.ts'
import { sub } from './arithmetic.ts'
import { logSumExp, max } from './extremes.ts'
import { gatherOp } from './indexing.ts'
import { reshape } from './reduce.ts'

/**
 * l_i = ln sum over j of e^(z_ij - z_iy), y = y_i the target: the cross-entropy of softmax z_i. Throws on an index outside
 * 0..C-1.  z[N,C] y[N,1] -> [N]
 *
 * A logit of -Infinity is a class that is left out: its gradient is 0, and as the target's it makes the loss Infinity
 * and the gradient softmax z less one at the target. A logit that is NaN or +Infinity, or all of a row -Infinity, make the
 * row NaN.
 */
export const softmaxCrossEntropy = (z: Tensor, y: Tensor): Tensor => apply(softmaxCrossEntropyOp, { z, y })
export const softmaxCrossEntropyOp: OpSpec<'z' | 'y'> = defineOp<'z' | 'y'>({
  name: 'softmaxCrossEntropy',
  signature: 'z[N,C] y[N,1] -> [N]',
  equation: 'ln sum over j of e^(z_j - z_y)',
  domain: { z: reals, y: index },
  examples: [{ inputs: { z: [[1000, 1000]], y: [[1]] }, z: [Math.LN2], grads: { z: [[0.5, -0.5]] } }],
  sample(rng) {
    const { n, classes } = sampleLogits(rng)
    return { shapes: { z: [n, classes], y: [n, 1] }, attrs: {}, index: classes }
  },
  compose({ z, y }) {
    // Taking the largest off first keeps the digits of a small loss: ln(1 + e^-20) is lost next to z_y = 20.
    const below = sub(z, max(z, { axis: 1, keepDims: true }))
    return sub(
      logSumExp(below, { axis: 1 }),
      reshape(apply(gatherOp, { x: below, index: y }, { axis: 1 }), [z.shape[0]]),
    )
  },
  fused: (k, { z, y }) => k.softmaxCrossEntropy?.(z, y),
  reads: { z: ['z', 'y', '->'], y: [] },
  vjp: {
    z: ({ dz: dl, inputs: { z, y }, z: l }) => apply(softmaxCrossEntropyGradOp, { dl, z, y, l }),
    y: 'nondifferentiable',
  },
})
