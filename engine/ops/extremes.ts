import type { OptionNames } from '../check.ts'
import { distinct, reals } from '../domain.ts'
import { checkScalar } from '../dtype.ts'
import { apply } from '../op.ts'
import type { OpSpec } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { exp } from './analytic.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { type Along, alongOptions, axesOf } from './axes.ts'
import {
  type Axes,
  count,
  keep,
  REDUCE,
  type ReduceOptions,
  reduced,
  reduceOp,
  reduction,
  spread,
  sum,
} from './reduce.ts'
import { equal, maximum, minimum } from './select.ts'

export interface ExtremeOptions extends ReduceOptions {
  /** One more number to choose from, and so the result of no elements, as in NumPy: -Infinity for a maximum, of int32 an integer. Default none. */
  initial?: number
}

const EXTREME = { ...REDUCE, initial: true } as const satisfies OptionNames<ExtremeOptions>

/** z = the largest of x over `axis`; equals share the gradient evenly. Throws on no elements without `initial`.  x[...] -> [...] */
export const max = (x: Tensor, axis?: Along<ExtremeOptions>, ...none: never[]): Tensor =>
  extreme(maxOp, maximum, x, axis, none)
export const maxOp = reduceOp('max', {
  equation: 'max over axis of x',
  domain: { x: distinct },
  integers: true,
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

/** z = the smallest of x over `axis`; equals share the gradient evenly. Throws on no elements without `initial`.  x[...] -> [...] */
export const min = (x: Tensor, axis?: Along<ExtremeOptions>, ...none: never[]): Tensor =>
  extreme(minOp, minimum, x, axis, none)
export const minOp = reduceOp('min', {
  equation: 'min over axis of x',
  domain: { x: distinct },
  integers: true,
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

/** z = ln sum over axis of e^x, without overflow; of no elements -Infinity, as in PyTorch.  x[...] -> [...] */
export const logSumExp = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(logSumExpOp, { x }, reduction('logSumExp', x, axis, none))
export const logSumExpOp = reduceOp('logSumExp', {
  equation: 'ln sum over axis of e^x',
  domain: { x: reals },
  examples: [{ inputs: { x: [1000, 1000] }, attrs: { axes: [0], keepDims: false }, z: 1000 + Math.LN2 }],
  shape: ({ x }, attrs) => reduced(x, attrs),
  reads: { x: ['x', '->'] },
  vjp: {
    x: ({ dz, inputs: { x }, z, attrs }) =>
      mul(spread(dz, x.shape, attrs), exp(sub(x, keep(z, x.shape, attrs)))),
  },
})

/** The op's result, and where there is `initial` that or it. */
function extreme(
  op: OpSpec<'x', Axes>,
  choose: (z: Tensor, initial: number) => Tensor,
  x: Tensor,
  given: Along<ExtremeOptions> | undefined,
  none: readonly unknown[],
): Tensor {
  const { initial, axis, keepDims = false } = alongOptions(op.name, given, EXTREME, none)
  const attrs = { axes: axesOf(op.name, x, axis), keepDims }
  if (initial === undefined) return apply(op, { x }, attrs)
  checkScalar(op.name, initial, x.dtype)
  if (count(x.shape, attrs.axes) > 0) return choose(apply(op, { x }, attrs), initial)
  // The sum, 0, is of x, whose gradient is then an empty one.
  return add(sum(x, { axis: attrs.axes, keepDims }), initial)
}

function toExtreme(dz: Tensor, x: Tensor, z: Tensor, attrs: Axes): Tensor {
  const chosen = equal(x, keep(z, x.shape, attrs))
  const share = sum(chosen, { axis: attrs.axes, keepDims: true })
  return mul(chosen, div(keep(dz, x.shape, attrs), share))
}
