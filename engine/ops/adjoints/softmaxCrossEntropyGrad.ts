import { onesLike } from '../../create.ts'
import { index, reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { Generator } from '../../random.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { exp } from '../analytic.ts'
import { mul, neg, sub } from '../arithmetic.ts'
import { logSumExp } from '../extremes.ts'
import { gather, scatterAdd } from '../indexing.ts'
import { reshape, sum } from '../reduce.ts'
import { greater, where } from '../select.ts'

/**
 * The gradient of softmaxCrossEntropy in z, where l is its value: with dl = 1, softmax z less one at the target. Where l is
 * Infinity e^(z_j - z_y - l) would be no number; there it is softmax z by a sum of its own.
 */
export const softmaxCrossEntropyGradOp: OpSpec<'dl' | 'z' | 'y' | 'l'> = defineOp<'dl' | 'z' | 'y' | 'l'>({
  name: 'softmaxCrossEntropyGrad',
  signature: 'dl[N] z[N,C] y[N,1] l[N] -> [N,C]',
  equation: 'dl (e^(z_j - z_y - l) - [j = y])',
  domain: { dl: reals, z: reals, y: index, l: reals },
  examples: [{ inputs: { dl: [2], z: [[1000, 1000]], y: [[1]], l: [Math.LN2] }, z: [[1, -1]] }],
  sample(rng) {
    const { n, classes } = sampleLogits(rng)
    return { shapes: { dl: [n], z: [n, classes], y: [n, 1], l: [n] }, attrs: {}, index: classes }
  },
  compose({ dl, z, y, l }) {
    const d = column(dl)
    const infinite = greater(column(l), LARGEST)
    const first = where(infinite, logSumExp(z, { axis: 1, keepDims: true }), gather(z, y))
    const power = exp(sub(sub(z, first), where(infinite, 0, column(l))))
    return scatterAdd(mul(d, power), y, neg(d))
  },
  fused: (k, { dl, z, y, l }) => k.softmaxCrossEntropyGrad?.(dl, z, y, l),
  reads: { dl: ['z', 'y', 'l'], z: ['dl', 'y', '->'], l: ['dl', 'y', '->'], y: [] },
  vjp: {
    dl: ({ dz: c, inputs: { dl, z, y, l } }) =>
      sum(mul(c, apply(softmaxCrossEntropyGradOp, { dl: onesLike(dl), z, y, l })), { axis: 1 }),
    z({ dz: c, inputs: { dl, y }, z: out }) {
      const t = weighted(c, dl, y, out)
      return scatterAdd(t, y, neg(sum(t, { axis: 1, keepDims: true })))
    },
    l: ({ dz: c, inputs: { dl, y }, z: out }) => neg(sum(weighted(c, dl, y, out), { axis: 1 })),
    y: 'nondifferentiable',
  },
})

/** Infinity begins here, in float32 at the latest. */
const LARGEST = 3.4e38

/** c dl e^(z_j - z_y - l). */
const weighted = (c: Tensor, dl: Tensor, y: Tensor, out: Tensor): Tensor =>
  mul(c, scatterAdd(out, y, column(dl)))

const column = (x: Tensor): Tensor => reshape(x, [x.size, 1])

export const sampleLogits = (rng: Generator) => ({ n: rng.integer(1, 4), classes: rng.integer(1, 5) })
