import { distinct, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { normalizeAxis } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { exp } from './analytic.ts'
import { div, mul, sub } from './arithmetic.ts'
import {
  type Axes,
  axesOf,
  keep,
  nonempty,
  type ReduceOptions,
  reduced,
  sampleAxes,
  spread,
  sum,
} from './reduce.ts'
import { equal } from './select.ts'

const signature = 'x[...] -> [...]'

/** z = the largest of x over `axis`; equals share the gradient evenly. Throws on no elements.  x[...] -> [...] */
export const max = (x: Tensor, options?: ReduceOptions): Tensor =>
  apply(maxOp, { x }, axesOf('max', x, options))
export const maxOp = defineOp<'x', Axes>({
  name: 'max',
  signature,
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
  sample: sampleAxes,
  shape: ({ x }, attrs) => reduced(nonempty('max', x, attrs), attrs),
  forward: (k, { x }, { axes }, shape) => ({ ...k.reduce('max', x, axes), shape }),
  vjp: { x: (dz, { x }, z, attrs) => toExtreme(dz, x, z, attrs) },
})

/** z = the smallest of x over `axis`; equals share the gradient evenly. Throws on no elements.  x[...] -> [...] */
export const min = (x: Tensor, options?: ReduceOptions): Tensor =>
  apply(minOp, { x }, axesOf('min', x, options))
export const minOp = defineOp<'x', Axes>({
  name: 'min',
  signature,
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
  sample: sampleAxes,
  shape: ({ x }, attrs) => reduced(nonempty('min', x, attrs), attrs),
  forward: (k, { x }, { axes }, shape) => ({ ...k.reduce('min', x, axes), shape }),
  vjp: { x: (dz, { x }, z, attrs) => toExtreme(dz, x, z, attrs) },
})

/** z = ln sum over axis of e^x, without overflow. Throws on no elements.  x[...] -> [...] */
export const logSumExp = (x: Tensor, options?: ReduceOptions): Tensor =>
  apply(logSumExpOp, { x }, axesOf('logSumExp', x, options))
export const logSumExpOp = defineOp<'x', Axes>({
  name: 'logSumExp',
  signature,
  equation: 'ln sum over axis of e^x',
  domain: { x: reals },
  examples: [{ inputs: { x: [1000, 1000] }, attrs: { axes: [0], keepDims: false }, z: 1000 + Math.LN2 }],
  sample: sampleAxes,
  shape: ({ x }, attrs) => reduced(nonempty('logSumExp', x, attrs), attrs),
  forward: (k, { x }, { axes }, shape) => ({ ...k.reduce('logSumExp', x, axes), shape }),
  vjp: { x: (dz, { x }, z, attrs) => mul(spread(dz, x.shape, attrs), exp(sub(x, keep(z, x.shape, attrs)))) },
})

/** z = the index of the first largest element along `axis` (default the last); int32.  x[...] -> [...] */
export const argmax = (x: Tensor, axis = -1): Tensor =>
  apply(argmaxOp, { x }, { axes: [normalizeAxis('argmax', axis, x.rank)], keepDims: false })
export const argmaxOp = defineOp<'x', Axes>({
  name: 'argmax',
  signature,
  equation: 'index of max over axis of x',
  domain: { x: distinct },
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
    const { shapes } = sampleAxes(rng)
    return { shapes, attrs: { axes: [rng.integer(0, shapes.x.length - 1)], keepDims: false } }
  },
  shape: ({ x }, attrs) => reduced(nonempty('argmax', x, attrs), attrs),
  forward: (k, { x }, { axes }) => k.argmax(x, axes[0]),
  vjp: { x: 'nondifferentiable' },
})

function toExtreme(dz: Tensor, x: Tensor, z: Tensor, attrs: Axes): Tensor {
  const chosen = equal(x, keep(z, x.shape, attrs))
  const share = sum(chosen, { axis: attrs.axes, keepDims: true })
  return mul(chosen, div(keep(dz, x.shape, attrs), share))
}
