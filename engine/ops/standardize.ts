import { epsilon } from '../attrs.ts'
import { checkNumber, checkOptions, type OptionNames } from '../check.ts'
import { distinct, positive, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, format, sameShape, sizeOf } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { channelSums, row, scaleShift, scaleShiftAdd } from './adjoints/channels.ts'
import { rsqrt } from './analytic.ts'
import { add, mul, neg, sub } from './arithmetic.ts'
import { nonempty } from './reduce.ts'
import { mean, moments, momentsOp, variance } from './statistics.ts'

export interface BatchNormOptions {
  /** Statistics per channel, [C]; by default those of x itself, over all axes but the last. */
  mean?: Tensor
  variance?: Tensor
  /** Mean and variance in one, [2,C]; `moments(x)` where they are known already. Not beside the two above. */
  moments?: Tensor
  /** Added to the variance. Default 1e-5. */
  eps?: number
}

const KNOWN = {
  mean: true,
  variance: true,
  moments: true,
  eps: true,
} as const satisfies OptionNames<BatchNormOptions>

/**
 * z = gamma (x - mean) / sqrt(variance + eps) + beta, channel by channel (Ioffe and Szegedy 2015). The gradient flows
 * through the statistics to whatever they are of, x or other values.  x[...,C] gamma[C] beta[C] -> [...,C]
 */
export function batchNorm(x: Tensor, gamma: Tensor, beta: Tensor, options: BatchNormOptions = {}): Tensor {
  checkTensor('batchNorm', 'x', x)
  checkOptions('batchNorm', options, KNOWN)
  const { eps = 1e-5, moments: known } = options
  checkNumber('batchNorm', 'eps', eps, 0, Number.MAX_VALUE)
  const alone = options.mean === undefined && options.variance === undefined
  if (known !== undefined) {
    checkTensor('batchNorm', 'moments', known)
    if (!alone) throw new Error('batchNorm: moments, or a mean and a variance, expected, got both')
    const right = [2, ...x.shape.slice(-1)]
    if (!sameShape(known.shape, right)) {
      throw new Error(`batchNorm: moments${format(right)} expected, got moments${format(known.shape)}`)
    }
    if (!areMoments(known, x)) {
      return apply(
        batchNormInferenceOp,
        { x, mean: row(known, 0), variance: row(known, 1), gamma, beta },
        { eps },
      )
    }
  }
  if (alone) return apply(batchNormTrainingOp, { x, gamma, beta }, { eps, moments: known ?? moments(x) })
  const axis = x.shape.slice(0, -1).map((_, i) => i)
  const statistics = {
    mean: options.mean ?? mean(x, { axis }),
    variance: options.variance ?? variance(x, { axis }),
  }
  return apply(batchNormInferenceOp, { x, ...statistics, gamma, beta }, { eps })
}
/** Is `known` moments(x), by its graph? Then the gradient in x is known with all that flows through them. */
const areMoments = ({ node }: Tensor, x: Tensor): boolean =>
  node?.op.name === momentsOp.name && node.inputs.x === x

export const batchNormInferenceOp = defineOp<'x' | 'mean' | 'variance' | 'gamma' | 'beta', { eps: number }>({
  name: 'batchNormInference',
  signature: 'x[...,C] mean[C] variance[C] gamma[C] beta[C] -> [...,C]',
  equation: 'gamma (x - mean) / sqrt(variance + eps) + beta',
  domain: { x: reals, mean: reals, variance: positive, gamma: reals, beta: reals },
  attrs: { eps: epsilon },
  examples: [
    {
      inputs: { x: [[3], [5]], mean: [1], variance: [4], gamma: [10], beta: [1] },
      attrs: { eps: 0 },
      z: [[11], [21]],
    },
  ],
  sample(rng) {
    const c = [rng.integer(1, 3)]
    const x = [rng.integer(1, 3), rng.integer(1, 3), ...c]
    return { shapes: { x, mean: c, variance: c, gamma: c, beta: c }, attrs: { eps: 1e-5 } }
  },
  compose: ({ x, mean, variance, gamma, beta }, { eps }) =>
    scaleShift(x, mean, mul(gamma, rsqrt(add(variance, eps))), beta),
})

/**
 * `batchNorm` with the statistics of x, through which the gradient flows. `moments` are x's own and no others, computed
 * before: no input, as x's rule holds for them too.
 */
export const batchNormTrainingOp = defineOp<'x' | 'gamma' | 'beta', { eps: number; moments?: Tensor }>({
  name: 'batchNormTraining',
  signature: 'x[...,C] gamma[C] beta[C] -> [...,C]',
  equation: 'gamma (x - mean x) / sqrt(variance x + eps) + beta',
  domain: { x: distinct, gamma: reals, beta: reals },
  attrs: { eps: epsilon, moments: () => {} },
  examples: [
    {
      inputs: { x: [[1], [3]], gamma: [2], beta: [5] },
      attrs: { eps: 0 },
      z: [[3], [7]],
      grads: { x: [[0], [0]], gamma: [0], beta: [2] },
    },
  ],
  sample(rng) {
    const c = [rng.integer(1, 3)]
    const x = [rng.integer(1, 2), rng.integer(3, 5), ...c]
    return { shapes: { x, gamma: c, beta: c }, attrs: { eps: 1e-5 } }
  },
  compose: ({ x, gamma, beta }, { eps, moments: known = moments(x) }) =>
    scaleShift(x, row(known, 0), mul(gamma, rsqrt(add(row(known, 1), eps))), beta),
  // The moments have a graph of their own, by which a second gradient reaches x through them.
  shared: ({ dz, inputs: { x }, attrs: { moments: known = moments(x) } }) =>
    channelSums(dz, x, row(known, 0)),
  reads: { x: ['x', 'gamma'], gamma: ['x'], beta: ['x'] },
  vjp: {
    // With r = 1 / sqrt(variance + eps), xHat = (x - mean) r: gamma r (dz - mean of dz - xHat mean of dz xHat).
    x({ dz, inputs: { x, gamma }, attrs: { eps, moments: known = moments(x) }, shared }) {
      const n = sizeOf(x.shape.slice(0, -1))
      const r = rsqrt(add(row(known, 1), eps))
      const b = mul(gamma, r)
      const share = neg(mul(b, 1 / n))
      const a = mul(mul(share, mul(r, r)), row(shared(), 1))
      return scaleShiftAdd({ x, m: row(known, 0), a, c: mul(share, row(shared(), 0)), y: dz, b })
    },
    gamma: ({ inputs: { x }, attrs: { eps, moments: known = moments(x) }, shared }) =>
      mul(row(shared(), 1), rsqrt(add(row(known, 1), eps))),
    beta: ({ shared }) => row(shared(), 0),
  },
})

/**
 * z = gamma (x - mean x) / sqrt(variance x + eps) + beta, over the last axis (Ba 2016); eps is 1e-5 by default.
 * x[...,D] gamma[D] beta[D] -> [...,D]
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, eps = 1e-5): Tensor {
  return apply(layerNormOp, { x, gamma, beta }, { eps })
}
export const layerNormOp = defineOp<'x' | 'gamma' | 'beta', { eps: number }>({
  name: 'layerNorm',
  signature: 'x[...,D] gamma[D] beta[D] -> [...,D]',
  equation: 'gamma (x - mean x) / sqrt(variance x + eps) + beta',
  domain: { x: { ...reals, distinct: true }, gamma: reals, beta: reals },
  attrs: { eps: epsilon },
  examples: [{ inputs: { x: [[1, 3]], gamma: [1, 2], beta: [0, 5] }, attrs: { eps: 0 }, z: [[-1, 7]] }],
  sample(rng) {
    const d = [rng.integer(3, 5)]
    return { shapes: { x: [rng.integer(1, 3), ...d], gamma: d, beta: d }, attrs: { eps: 1e-5 } }
  },
  shape(shapes) {
    const z = bind('layerNorm', 'x[...,D] gamma[D] beta[D] -> [...,D]', shapes)
    return nonempty('layerNorm', z, { axes: [z.length - 1] })
  },
  compose({ x, gamma, beta }, { eps }) {
    const last = { axis: -1, keepDims: true }
    return add(mul(mul(sub(x, mean(x, last)), rsqrt(add(variance(x, last), eps))), gamma), beta)
  },
})
