import { positive, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { rsqrt } from './analytic.ts'
import { add, mul, sub } from './arithmetic.ts'
import { mean, variance } from './reduce.ts'

export interface BatchNormOptions {
  /** Statistics per channel, [C]; by default those of x itself, over all axes but the last. */
  mean?: Tensor
  variance?: Tensor
  /** Added to the variance. Default 1e-5. */
  eps?: number
}

/**
 * z = gamma (x - mean) / sqrt(variance + eps) + beta, channel by channel (Ioffe and Szegedy 2015). The gradient
 * flows through the statistics of x, unless `mean` and `variance` are given.  x[...,C] gamma[C] beta[C] -> [...,C]
 */
export function batchNorm(x: Tensor, gamma: Tensor, beta: Tensor, options: BatchNormOptions = {}): Tensor {
  const axis = x.shape.slice(0, -1).map((_, i) => i)
  const statistics = {
    mean: options.mean ?? mean(x, { axis }),
    variance: options.variance ?? variance(x, { axis }),
  }
  return apply(batchNormOp, { x, ...statistics, gamma, beta }, { eps: options.eps ?? 1e-5 })
}
export const batchNormOp = defineOp<'x' | 'mean' | 'variance' | 'gamma' | 'beta', { eps: number }>({
  name: 'batchNorm',
  signature: 'x[...,C] mean[C] variance[C] gamma[C] beta[C] -> [...,C]',
  equation: 'gamma (x - mean) / sqrt(variance + eps) + beta',
  domain: { x: reals, mean: reals, variance: positive, gamma: reals, beta: reals },
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
    add(mul(sub(x, mean), mul(gamma, rsqrt(add(variance, eps)))), beta),
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
  examples: [{ inputs: { x: [[1, 3]], gamma: [1, 2], beta: [0, 5] }, attrs: { eps: 0 }, z: [[-1, 7]] }],
  sample(rng) {
    const d = [rng.integer(3, 5)]
    return { shapes: { x: [rng.integer(1, 3), ...d], gamma: d, beta: d }, attrs: { eps: 1e-5 } }
  },
  compose({ x, gamma, beta }, { eps }) {
    const last = { axis: -1, keepDims: true }
    return add(mul(mul(sub(x, mean(x, last)), rsqrt(add(variance(x, last), eps))), gamma), beta)
  },
})
