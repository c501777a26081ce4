import { full } from '../create.ts'
import { index, reals } from '../domain.ts'
import { LEFT_OUT } from '../leftOut.ts'
import { apply, defineOp } from '../op.ts'
import type { OpSpec } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { softplus } from './activation.ts'
import {
  ONE_VS_REST_ATTRS,
  type OneVsRestWeights,
  oneVsRestCrossEntropyGradOp,
  sampleOneVsRest,
} from './adjoints/oneVsRestGrad.ts'
import { add, mul, neg } from './arithmetic.ts'
import { gather } from './indexing.ts'
import { reshape, sum } from './reduce.ts'
import { scatter } from './scatter.ts'

/**
 * l_i = positive ln(1 + e^-z_iy) + negative times the sum over j != y of ln(1 + e^z_ij), y = y_i: each class is a question of its
 * own, answered by a sigmoid; torch's binary_cross_entropy_with_logits of one-hot targets, summed over classes. Throws on an index
 * outside 0..C-1.  z[N,C] y[N,1] -> [N]
 */
export const oneVsRestCrossEntropy = (z: Tensor, y: Tensor, weights: OneVsRestWeights): Tensor =>
  apply(oneVsRestCrossEntropyOp, { z, y }, weights)
export const oneVsRestCrossEntropyOp: OpSpec<'z' | 'y', OneVsRestWeights> = defineOp<
  'z' | 'y',
  OneVsRestWeights
>({
  name: 'oneVsRestCrossEntropy',
  signature: 'z[N,C] y[N,1] -> [N]',
  equation: 'positive ln(1 + e^-z_y) + negative sum over j != y of ln(1 + e^z_j)',
  domain: { z: reals, y: index },
  attrs: ONE_VS_REST_ATTRS,
  examples: [
    {
      inputs: { z: [[1000, 0, 800]], y: [[0]] },
      attrs: { positive: 1, negative: 2 },
      z: [2 * Math.LN2 + 1600],
      grads: { z: [[0, 1, 2]] },
    },
    { inputs: { z: [[-40]], y: [[0]] }, attrs: { positive: 3, negative: 1 }, z: [120], grads: { z: [[-3]] } },
  ],
  sample(rng) {
    const { n, classes, attrs } = sampleOneVsRest(rng)
    return { shapes: { z: [n, classes], y: [n, 1] }, attrs, index: classes }
  },
  compose({ z, y }, { positive, negative }) {
    const leftOut = full(y.shape, LEFT_OUT, { dtype: z.dtype, backend: z.backend })
    const rest = sum(softplus(scatter(z, y, leftOut)), { axis: 1 })
    const own = reshape(softplus(neg(gather(z, y))), [-1])
    return add(mul(own, positive), mul(rest, negative))
  },
  fused: (k, { z, y }, { positive, negative }) => k.oneVsRestCrossEntropy?.(z, y, positive, negative),
  reads: { z: ['z', 'y'], y: [] },
  vjp: {
    z: ({ dz: dl, inputs: { z, y }, attrs }) => apply(oneVsRestCrossEntropyGradOp, { dl, z, y }, attrs),
    y: 'nondifferentiable',
  },
})
