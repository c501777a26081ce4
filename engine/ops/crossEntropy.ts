import { onesLike } from '../create.ts'
import { index, reals } from '../domain.ts'
import { apply, defineOp, type OpSpec } from '../op.ts'
import type { Generator } from '../random.ts'
import type { Tensor } from '../tensor.ts'
import { exp } from './analytic.ts'
import { mul, neg, sub } from './arithmetic.ts'
import { logSumExp, max } from './extremes.ts'
import { gather, scatterAdd } from './indexing.ts'
import { reshape } from './movement.ts'
import { sum } from './reduce.ts'
import { greater, where } from './select.ts'

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
    const { n, classes } = sizes(rng)
    return { shapes: { z: [n, classes], y: [n, 1] }, attrs: {}, index: classes }
  },
  compose({ z, y }) {
    // Taking the largest off first keeps the digits of a small loss: ln(1 + e^-20) is lost next to z_y = 20.
    const below = sub(z, max(z, { axis: 1, keepDims: true }))
    return sub(logSumExp(below, { axis: 1 }), reshape(gather(below, y), [z.shape[0]]))
  },
  fused: (k, { z, y }) => k.softmaxCrossEntropy?.(z, y),
  vjp: {
    z: (dl, { z, y }, l) => apply(softmaxCrossEntropyGradOp, { dl, z, y, l }),
    y: 'nondifferentiable',
  },
})

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
    const { n, classes } = sizes(rng)
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
  vjp: {
    dl: (c, { dl, z, y, l }) =>
      sum(mul(c, apply(softmaxCrossEntropyGradOp, { dl: onesLike(dl), z, y, l })), { axis: 1 }),
    z(c, { dl, y }, out) {
      const t = weighted(c, dl, y, out)
      return scatterAdd(t, y, neg(sum(t, { axis: 1, keepDims: true })))
    },
    l: (c, { dl, y }, out) => neg(sum(weighted(c, dl, y, out), { axis: 1 })),
    y: 'nondifferentiable',
  },
})

/** Infinity begins here, in float32 at the latest. */
const LARGEST = 3.4e38

/** c dl e^(z_j - z_y - l). */
const weighted = (c: Tensor, dl: Tensor, y: Tensor, out: Tensor): Tensor =>
  mul(c, scatterAdd(out, y, column(dl)))

const column = (x: Tensor): Tensor => reshape(x, [x.size, 1])

const sizes = (rng: Generator) => ({ n: rng.integer(1, 4), classes: rng.integer(1, 5) })
