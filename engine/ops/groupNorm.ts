import { epsilon, integer } from '../attrs.ts'
import { checkInteger } from '../check.ts'
import { distinct, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, format } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { rsqrt } from './analytic.ts'
import { add, mul, sub } from './arithmetic.ts'
import { nonempty, reshape } from './reduce.ts'
import { mean } from './statistics.ts'

/**
 * z = gamma (x - mean) / sqrt(variance + eps) + beta, mean and variance of each sample and each of `groups` groups of channels
 * that follow each other (Wu 2018); eps is 1e-5 by default.  x[N,...,C] gamma[C] beta[C] -> [N,...,C]
 */
export function groupNorm(x: Tensor, gamma: Tensor, beta: Tensor, groups: number, eps = 1e-5): Tensor {
  checkInteger('groupNorm', 'groups', groups, 1)
  return apply(groupNormOp, { x, gamma, beta }, { groups, eps })
}

/**
 * The same with a group a channel: statistics over height and width of each image (Ulyanov 2016); eps is 1e-5 by default.
 * x[N,...,C] gamma[C] beta[C] -> [N,...,C]
 */
export function instanceNorm(x: Tensor, gamma: Tensor, beta: Tensor, eps = 1e-5): Tensor {
  checkTensor('instanceNorm', 'x', x)
  if (x.rank < 3)
    throw new Error(`instanceNorm: x[N,...,C] of rank 3 at least expected, got ${format(x.shape)}`)
  return apply(groupNormOp, { x, gamma, beta }, { groups: Math.max(1, x.shape[x.rank - 1]), eps })
}

export const groupNormOp = defineOp<'x' | 'gamma' | 'beta', { groups: number; eps: number }>({
  name: 'groupNorm',
  signature: 'x[...,C] gamma[C] beta[C] -> [...,C]',
  equation: 'gamma (x - mean) / sqrt(variance + eps) + beta, by sample and group of channels',
  domain: { x: distinct, gamma: reals, beta: reals },
  attrs: { groups: integer(1), eps: epsilon },
  examples: [
    {
      inputs: {
        x: [
          [
            [1, 5],
            [3, 9],
          ],
        ],
        gamma: [1, 2],
        beta: [0, 5],
      },
      attrs: { groups: 2, eps: 0 },
      z: [
        [
          [-1, 3],
          [1, 7],
        ],
      ],
    },
  ],
  sample(rng) {
    const groups = rng.integer(1, 2)
    const c = [groups * rng.integer(1, 2)]
    const x = [rng.integer(1, 2), rng.integer(2, 3), rng.integer(2, 3), ...c]
    return { shapes: { x, gamma: c, beta: c }, attrs: { groups, eps: 1e-5 } }
  },
  shape(shapes, { groups }) {
    const { x } = shapes
    const z = bind('groupNorm', 'x[...,C] gamma[C] beta[C] -> [...,C]', shapes)
    if (x.length < 2 || x[x.length - 1] % groups !== 0) {
      throw new Error(`groupNorm: x[N,...,C], C a multiple of ${groups}, expected, got ${format(x)}`)
    }
    return z
  },
  compose({ x, gamma, beta }, { groups, eps }, shape) {
    if (x.size === 0) return add(mul(x, gamma), beta)
    const [n, c] = [shape[0], shape[shape.length - 1]]
    const grouped = reshape(x, [n, x.size / n / c, groups, c / groups])
    const within = { axis: [1, 3], keepDims: true }
    const d = sub(grouped, mean(grouped, within))
    const xHat = mul(d, rsqrt(add(mean(mul(d, d), within), eps)))
    return add(mul(reshape(xHat, shape), gamma), beta)
  },
})

/**
 * z = gamma x / sqrt(mean of x^2 + eps), over the last axis (Zhang and Sennrich 2019); eps is 1e-5 by default, as in ONNX.
 * x[...,D] gamma[D] -> [...,D]
 */
export const rmsNorm = (x: Tensor, gamma: Tensor, eps = 1e-5): Tensor =>
  apply(rmsNormOp, { x, gamma }, { eps })
export const rmsNormOp = defineOp<'x' | 'gamma', { eps: number }>({
  name: 'rmsNorm',
  signature: 'x[...,D] gamma[D] -> [...,D]',
  equation: 'gamma x / sqrt(mean of x^2 + eps)',
  domain: { x: distinct, gamma: reals },
  attrs: { eps: epsilon },
  examples: [{ inputs: { x: [[1, 7]], gamma: [1, 10] }, attrs: { eps: 0 }, z: [[0.2, 14]] }],
  sample(rng) {
    const d = [rng.integer(2, 5)]
    return { shapes: { x: [rng.integer(1, 3), ...d], gamma: d }, attrs: { eps: 1e-5 } }
  },
  shape(shapes) {
    const z = bind('rmsNorm', 'x[...,D] gamma[D] -> [...,D]', shapes)
    return nonempty('rmsNorm', z, { axes: [z.length - 1] })
  },
  compose: ({ x, gamma }, { eps }) =>
    mul(mul(x, rsqrt(add(mean(mul(x, x), { axis: -1, keepDims: true }), eps))), gamma),
})
