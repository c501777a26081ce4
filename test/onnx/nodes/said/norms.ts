import {
  add,
  avgPool2d,
  batchNorm,
  div,
  instanceNorm,
  layerNorm,
  mean,
  mul,
  pow,
  reshape,
  rsqrt,
  type Tensor,
  variance,
  zerosLike,
} from '../../../../engine/index.ts'
import type { Node, Said } from '../node.ts'
import { channelsLast, channelsSecond } from './layout.ts'

export const NORMS: Readonly<Record<string, Said>> = {
  BatchNormalization: ([x, gamma, beta, runningMean, runningVariance], node) => {
    const [eps, momentum] = [node.float('epsilon', 1e-5), node.float('momentum', 0.9)]
    const images = channelsLast(x)
    if (!node.flag('training_mode')) {
      return channelsSecond(
        batchNorm(images, gamma, beta, { mean: runningMean, variance: runningVariance, eps }),
      )
    }
    const axis = x.shape.map((_, i) => i).filter(i => i !== 1)
    const moved = (old: Tensor, now: Tensor) => add(mul(old, momentum), mul(now, 1 - momentum))
    return [
      channelsSecond(batchNorm(images, gamma, beta, { eps })),
      moved(runningMean, mean(x, axis)),
      moved(runningVariance, variance(x, axis)),
    ]
  },
  InstanceNormalization: ([x, gamma, beta], node) =>
    channelsSecond(instanceNorm(channelsLast(x), gamma, beta, node.float('epsilon', 1e-5))),
  LRN: ([x], node) => {
    const size = node.int('size')
    const around = [
      [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)],
      [0, 0],
    ] as const
    const [n, c] = x.shape
    const squares = reshape(mul(x, x), [n, c, -1, 1])
    const near = reshape(avgPool2d(squares, [size, 1], { stride: 1, padding: around }), x.shape)
    const below = add(mul(near, node.float('alpha', 1e-4)), node.float('bias', 1))
    return div(x, pow(below, node.float('beta', 0.75)))
  },
  LayerNormalization: ([x, gamma, beta], node) => {
    const { eps, lines, shape } = flat(x, node)
    const [scale, shift] = [gamma, beta ?? zerosLike(gamma)].map(t => reshape(t, [-1]))
    const over = { axis: -1, keepDims: true }
    return [
      reshape(layerNorm(lines, scale, shift, eps), x.shape),
      reshape(mean(lines, over), shape),
      reshape(rsqrt(add(variance(lines, over), eps)), shape),
    ].slice(0, node.outputs.length)
  },
}

/** The axes from the node's on in one. */
function flat(x: Tensor, node: Node) {
  const at = node.int('axis', -1)
  const lead = x.shape.slice(0, at)
  const lines = reshape(x, [...lead, x.size / lead.reduce((n, s) => n * s, 1)])
  const shape = x.shape.map((n, i) => (i < lead.length ? n : 1))
  return { eps: node.float('epsilon', 1e-5), lines, shape }
}
