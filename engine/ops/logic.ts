import { axes, flag } from '../attrs.ts'
import { anyDType } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { OpSpec } from '../spec.ts'
import type { Nested, Tensor } from '../tensor.ts'
import type { Along } from './axes.ts'
import { type Axes, type ReduceOptions, reduced, reduction, sampleAxes, sum } from './reduce.ts'
import { equal, notEqual } from './select.ts'

type Row = { name: string; equation: string; z: Nested; compose(x: Tensor, over: ReduceOptions): Tensor }

/** A question about all elements: 1 or 0, as comparisons give; without a gradient. */
const question = ({ name, equation, z, compose }: Row): OpSpec<'x', Axes> =>
  defineOp<'x', Axes>({
    name,
    signature: 'x[...] -> [...]',
    equation,
    domain: { x: anyDType },
    attrs: { axes: axes('x'), keepDims: flag },
    examples: [
      {
        inputs: {
          x: [
            [0, 2, 0],
            [0, 0, 0],
            [1, 2, 3],
          ],
        },
        attrs: { axes: [1], keepDims: false },
        z,
      },
    ],
    sample: sampleAxes,
    shape: ({ x }, attrs) => reduced(x, attrs),
    compose: ({ x }, { axes, keepDims }) => compose(x, { axis: axes, keepDims }),
    vjp: { x: 'nondifferentiable' },
  })

/**
 * 1 where an element of x over `axis` is not 0, else 0, and so of no elements; NaN is not 0. As numpy.any; in x's dtype, of
 * int32 in float32.  x[...] -> [...]
 */
export const any = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(anyOp, { x }, reduction('any', x, axis, none))
export const anyOp = question({
  name: 'any',
  equation: 'is an x over axis not 0?',
  z: [1, 0, 1],
  compose: (x, over) => notEqual(sum(notEqual(x, 0), over), 0),
})

/**
 * 1 where no element of x over `axis` is 0, else 0; of no elements 1. As numpy.all; in x's dtype, of int32 in float32.
 * x[...] -> [...]
 */
export const all = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(allOp, { x }, reduction('all', x, axis, none))
export const allOp = question({
  name: 'all',
  equation: 'is no x over axis 0?',
  z: [0, 0, 1],
  compose: (x, over) => equal(sum(equal(x, 0), over), 0),
})
