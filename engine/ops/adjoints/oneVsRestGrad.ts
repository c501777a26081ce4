import { finite } from '../../attrs.ts'
import { onesLike } from '../../create.ts'
import { index, reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { Generator } from '../../random.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { sigmoid } from '../activation.ts'
import { mul, neg } from '../arithmetic.ts'
import { gather } from '../indexing.ts'
import { reshape, sum } from '../reduce.ts'
import { scatter } from '../scatter.ts'
import { sampleLogits } from './softmaxCrossEntropyGrad.ts'

/** What the question of the own class counts, and that of each other. */
export interface OneVsRestWeights {
  readonly positive: number
  readonly negative: number
}

export const ONE_VS_REST_ATTRS = { positive: finite, negative: finite }

export function sampleOneVsRest(rng: Generator) {
  const { n, classes } = sampleLogits(rng)
  const attrs = { positive: rng.uniform(0.5, 2), negative: rng.uniform(0.5, 2) }
  return { n, classes, attrs }
}

/** The gradient of oneVsRestCrossEntropy in z: a sigmoid each, at the target less 1. */
export const oneVsRestCrossEntropyGradOp: OpSpec<'dl' | 'z' | 'y', OneVsRestWeights> = defineOp<
  'dl' | 'z' | 'y',
  OneVsRestWeights
>({
  name: 'oneVsRestCrossEntropyGrad',
  signature: 'dl[N] z[N,C] y[N,1] -> [N,C]',
  equation: 'dl (j = y ? -positive / (1 + e^z_j) : negative / (1 + e^-z_j))',
  domain: { dl: reals, z: reals, y: index },
  attrs: ONE_VS_REST_ATTRS,
  examples: [
    {
      inputs: { dl: [2], z: [[0, 0, 800]], y: [[1]] },
      attrs: { positive: 3, negative: 0.5 },
      z: [[0.5, -3, 1]],
    },
  ],
  sample(rng) {
    const { n, classes, attrs } = sampleOneVsRest(rng)
    return { shapes: { dl: [n], z: [n, classes], y: [n, 1] }, attrs, index: classes }
  },
  compose({ dl, z, y }, attrs) {
    const d = column(dl)
    return weighted(mul(d, sigmoid(z)), y, mul(d, neg(sigmoid(neg(gather(z, y))))), attrs)
  },
  fused: (k, { dl, z, y }, { positive, negative }) =>
    k.oneVsRestCrossEntropyGrad?.(dl, z, y, positive, negative),
  reads: { dl: ['z', 'y'], z: ['dl', 'z', 'y'], y: [] },
  vjp: {
    dl: ({ dz: c, inputs: { dl, z, y }, attrs }) =>
      sum(mul(c, apply(oneVsRestCrossEntropyGradOp, { dl: onesLike(dl), z, y }, attrs)), { axis: 1 }),
    z({ dz: c, inputs: { dl, z, y }, attrs }) {
      // Both factors: 1 less the one would lose the digits of the other.
      const slope = mul(mul(c, column(dl)), mul(sigmoid(z), sigmoid(neg(z))))
      return weighted(slope, y, gather(slope, y), attrs)
    },
    y: 'nondifferentiable',
  },
})

/** `rest` times negative, and at the targets `own` times positive.  [N,C] [N,1] [N,1] -> [N,C] */
const weighted = (rest: Tensor, y: Tensor, own: Tensor, { positive, negative }: OneVsRestWeights): Tensor =>
  scatter(mul(rest, negative), y, mul(own, positive))

const column = (x: Tensor): Tensor => reshape(x, [x.size, 1])
