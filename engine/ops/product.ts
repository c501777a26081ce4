import { axes, flag } from '../attrs.ts'
import { nonzero } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import type { Along } from './axes.ts'
import { concat } from './concat.ts'
import { permute, slice } from './movement.ts'
import { type Axes, type ReduceOptions, reduced, reduction, reshape, sampleAxes, sum } from './reduce.ts'

/**
 * z = the product of x over `axis`; of no elements 1. Its gradient divides by nothing: zeros in x do no harm, in any
 * order.  x[...] -> [...]
 */
export const prod = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(prodOp, { x }, reduction('prod', x, axis, none))
export const prodOp = defineOp<'x', Axes>({
  name: 'prod',
  signature: 'x[...] -> [...]',
  equation: 'product over axis of x',
  domain: { x: nonzero },
  integers: true,
  attrs: { axes: axes('x'), keepDims: flag },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      attrs: { axes: [0], keepDims: false },
      z: [3, 8],
      grads: {
        x: [
          [3, 4],
          [1, 2],
        ],
      },
    },
    { inputs: { x: [2, 0, 3] }, attrs: { axes: [0], keepDims: true }, z: [0], grads: { x: [0, 6, 0] } },
    { inputs: { x: [] }, attrs: { axes: [0], keepDims: false }, z: 1 },
  ],
  sample: sampleAxes,
  shape: ({ x }, attrs) => reduced(x, attrs),
  compose({ x }, { axes }, shape) {
    const kept = x.shape.map((_, i) => i).filter(i => !axes.includes(i))
    const rows = sizeOf(kept.map(i => x.shape[i]))
    const n = sizeOf(axes.map(i => x.shape[i]))
    // The sum, 0, is of x, whose gradient is then an empty one.
    if (n === 0) return add(reshape(sum(x, { axis: axes }), shape), 1)
    return reshape(ofRows(reshape(permute(x, [...kept, ...axes]), [rows, n])), shape)
  },
})

/** [M,n] -> [M,1]: each half times the other, until one is left. */
function ofRows(x: Tensor): Tensor {
  let z = x
  for (let n = x.shape[1]; n > 1; n = z.shape[1]) {
    const half = n >> 1
    const rows = z.shape[0]
    const both = mul(slice(z, [0, 0], [rows, half]), slice(z, [0, half], [rows, 2 * half]))
    z = n % 2 === 0 ? both : concat([both, slice(z, [0, n - 1])], 1)
  }
  return z
}
