import { axes, flag } from '../attrs.ts'
import { refusal } from '../check.ts'
import { distinct, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { exp } from './analytic.ts'
import { div, mul, sub } from './arithmetic.ts'
import { type Along, alongOptions, axesOf } from './axes.ts'
import {
  type Axes,
  keep,
  nonempty,
  REDUCE,
  type ReduceOptions,
  reduced,
  reduceOp,
  reduction,
  sampleAxes,
  spread,
  sum,
} from './reduce.ts'
import { equal } from './select.ts'

const signature = 'x[...] -> [...]'

/** z = the largest of x over `axis`; equals share the gradient evenly. Throws on no elements.  x[...] -> [...] */
export const max = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(maxOp, { x }, reduction('max', x, axis, none))
export const maxOp = reduceOp('max', {
  equation: 'max over axis of x',
  domain: { x: distinct },
  examples: [
    {
      inputs: { x: [[1, 3, 3]] },
      attrs: { axes: [1], keepDims: false },
      z: [3],
      grads: { x: [[0, 0.5, 0.5]] },
    },
  ],
  reads: { x: ['x', '->'] },
  vjp: { x: ({ dz, inputs: { x }, z, attrs }) => toExtreme(dz, x, z, attrs) },
})

/** z = the smallest of x over `axis`; equals share the gradient evenly. Throws on no elements.  x[...] -> [...] */
export const min = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(minOp, { x }, reduction('min', x, axis, none))
export const minOp = reduceOp('min', {
  equation: 'min over axis of x',
  domain: { x: distinct },
  examples: [
    {
      inputs: { x: [[1, 1, 3]] },
      attrs: { axes: [1], keepDims: false },
      z: [1],
      grads: { x: [[0.5, 0.5, 0]] },
    },
  ],
  reads: { x: ['x', '->'] },
  vjp: { x: ({ dz, inputs: { x }, z, attrs }) => toExtreme(dz, x, z, attrs) },
})

/** z = ln sum over axis of e^x, without overflow. Throws on no elements.  x[...] -> [...] */
export const logSumExp = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(logSumExpOp, { x }, reduction('logSumExp', x, axis, none))
export const logSumExpOp = reduceOp('logSumExp', {
  equation: 'ln sum over axis of e^x',
  domain: { x: reals },
  examples: [{ inputs: { x: [1000, 1000] }, attrs: { axes: [0], keepDims: false }, z: 1000 + Math.LN2 }],
  reads: { x: ['x', '->'] },
  vjp: {
    x: ({ dz, inputs: { x }, z, attrs }) =>
      mul(spread(dz, x.shape, attrs), exp(sub(x, keep(z, x.shape, attrs)))),
  },
})

/** z = the index of the first largest element along `axis` (default the last); int32.  x[...] -> [...] */
export function argmax(x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor {
  const { axis: one, keepDims = false } = alongOptions('argmax', axis, REDUCE, none)
  return apply(argmaxOp, { x }, { axes: axesOf('argmax', x, one, -1), keepDims })
}
export const argmaxOp = defineOp<'x', Axes>({
  name: 'argmax',
  signature,
  equation: 'index of max over axis of x',
  domain: { x: distinct },
  attrs: { axes: axes('x'), keepDims: flag },
  examples: [
    {
      inputs: {
        x: [
          [1, 3, 3],
          [2, 1, 0],
        ],
      },
      attrs: { axes: [1], keepDims: false },
      z: [1, 0],
    },
  ],
  sample: rng => {
    const { shapes, attrs } = sampleAxes(rng)
    return { shapes, attrs: { ...attrs, axes: [rng.integer(0, shapes.x.length - 1)] } }
  },
  shape({ x }, attrs) {
    if (attrs.axes.length !== 1) throw refusal('argmax', 'one axis', attrs.axes)
    return reduced(nonempty('argmax', x, attrs), attrs)
  },
  forward: (k, { x }, { axes }, shape) => k.argmax(x, axes[0], shape),
  vjp: { x: 'nondifferentiable' },
})

function toExtreme(dz: Tensor, x: Tensor, z: Tensor, attrs: Axes): Tensor {
  const chosen = equal(x, keep(z, x.shape, attrs))
  const share = sum(chosen, { axis: attrs.axes, keepDims: true })
  return mul(chosen, div(keep(dz, x.shape, attrs), share))
}
