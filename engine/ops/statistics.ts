import { axes, flag, integer } from '../attrs.ts'
import { checkNoMore, type OptionNames } from '../check.ts'
import { distinct, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { format, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { leading, row, sampleShape, scaleShift } from './adjoints/channels.ts'
import { div, mul, sub } from './arithmetic.ts'
import { type Along, alongOptions, axesOf } from './axes.ts'
import { stack } from './concat.ts'
import {
  type Axes,
  count,
  nonempty,
  REDUCE,
  type ReduceOptions,
  reduced,
  reduction,
  sampleAxes,
  sum,
} from './reduce.ts'

type VarianceOptions = ReduceOptions & { correction?: number }

const VARIANCE = { ...REDUCE, correction: true } as const satisfies OptionNames<VarianceOptions>

const signature = 'x[...] -> [...]'

/** z = the mean of x over `axis`. Throws on no elements.  x[...] -> [...] */
export const mean = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(meanOp, { x }, reduction('mean', x, axis, none))
export const meanOp = defineOp<'x', Axes>({
  name: 'mean',
  signature,
  equation: 'sum over axis of x / n',
  domain: { x: reals },
  attrs: { axes: axes('x'), keepDims: flag },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      attrs: { axes: [1], keepDims: true },
      z: [[1.5], [3.5]],
    },
  ],
  sample: sampleAxes,
  shape: ({ x }, attrs) => reduced(nonempty('mean', x, attrs), attrs),
  compose: ({ x }, { axes, keepDims }) => div(sum(x, { axis: axes, keepDims }), count(x.shape, axes)),
})

/**
 * z = sum over axis of (x - mean x)^2 / (n - correction). `correction` 0, NumPy's default, is the population's;
 * 1, PyTorch's default, the unbiased estimate.  x[...] -> [...]
 */
export function variance(x: Tensor, axis?: Along<VarianceOptions>, ...none: never[]): Tensor {
  const options = alongOptions('variance', axis, VARIANCE, none)
  const { correction = 0, keepDims = false } = options
  return apply(varianceOp, { x }, { axes: axesOf('variance', x, options.axis), keepDims, correction })
}
export const varianceOp = defineOp<'x', Axes & { correction: number }>({
  name: 'variance',
  signature,
  equation: 'sum over axis of (x - mean x)^2 / (n - correction)',
  domain: { x: reals },
  attrs: { axes: axes('x'), keepDims: flag, correction: integer(0) },
  examples: [{ inputs: { x: [1, 3] }, attrs: { axes: [0], keepDims: false, correction: 1 }, z: 2 }],
  sample: rng => {
    const { shapes, attrs } = sampleAxes(rng)
    return { shapes: { x: shapes.x.map(n => n + 1) }, attrs: { ...attrs, correction: rng.integer(0, 1) } }
  },
  shape({ x }, attrs) {
    if (count(x, attrs.axes) <= attrs.correction) {
      throw new Error(
        `variance: more than ${attrs.correction} elements expected, got ${count(x, attrs.axes)}`,
      )
    }
    return reduced(x, attrs)
  },
  compose({ x }, { axes, keepDims, correction }) {
    const d = sub(x, mean(x, { axis: axes, keepDims: true }))
    return div(sum(mul(d, d), { axis: axes, keepDims }), count(x.shape, axes) - correction)
  },
})

/**
 * The mean of each channel, the last axis, and below it the population's variance.
 * Throws on no elements.  x[...,C] -> [2,C]
 */
export function moments(x: Tensor, ...none: never[]): Tensor {
  checkNoMore('moments', none, 'moments(x), over all axes but the last; mean and variance take axes')
  return apply(momentsOp, { x })
}
export const momentsOp = defineOp({
  name: 'moments',
  signature: 'x[...,C] -> [2,C]',
  equation: '[mean x, mean of (x - mean x)^2] over all axes but the last',
  domain: { x: distinct },
  examples: [
    {
      inputs: {
        x: [
          [1, 5],
          [3, 5],
        ],
      },
      z: [
        [2, 5],
        [1, 0],
      ],
    },
  ],
  sample: rng => ({ shapes: { x: sampleShape(rng) }, attrs: {} }),
  shape({ x }) {
    const n = sizeOf(x.slice(0, -1))
    if (x.length === 0 || n === 0) {
      throw new Error(`moments: x[...,C], at least one value a channel, expected, got ${format(x)}`)
    }
    return [2, x[x.length - 1]]
  },
  compose: ({ x }) => stack([mean(x, leading(x)), variance(x, leading(x))]),
  fused: (k, { x }) => k.moments?.(x),
  reads: { x: ['x', '->'] },
  vjp: {
    x({ dz, inputs: { x }, z }) {
      const n = sizeOf(x.shape.slice(0, -1))
      return scaleShift(x, row(z, 0), mul(row(dz, 1), 2 / n), div(row(dz, 0), n))
    },
  },
})
