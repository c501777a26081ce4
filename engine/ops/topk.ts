import { axis as axisOf, flag, integer } from '../attrs.ts'
import { checkFlag, type OptionNames } from '../check.ts'
import { distinct } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { format } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { type Along, type AxisOptions, alongOptions, oneAxis } from './axes.ts'
import { gather } from './indexing.ts'

export interface TopkOptions extends AxisOptions {
  /** The largest, or else the smallest. Default true. */
  largest?: boolean
}

const KNOWN = { axis: true, largest: true } as const satisfies OptionNames<TopkOptions>

/**
 * The k largest elements along `axis` (default the last), or the smallest, in their order, and their indices, as torch.topk:
 * of equals the first comes first, and NaN is larger than all. The gradient of the values goes to their places.
 * Throws unless k is an integer from 0 to the axis's size.  x[...,n] -> values[...,k], indices[...,k]
 */
export function topk(
  x: Tensor,
  k: number,
  axis?: Along<TopkOptions>,
  ...none: never[]
): { values: Tensor; indices: Tensor } {
  checkTensor('topk', 'x', x)
  const { axis: given, largest = true } = alongOptions('topk', axis, KNOWN, none)
  checkFlag('topk', 'largest', largest)
  const one = oneAxis('topk', { axis: given }, x.rank, -1)
  const indices = apply(topkOp, { x }, { axis: one, k, largest })
  return { values: gather(x, indices, one), indices }
}
/** The indices. */
export const topkOp = defineOp<'x', { axis: number; k: number; largest: boolean }>({
  name: 'topk',
  signature: 'x[...] -> [...]',
  equation: 'indices of the k largest along axis',
  domain: { x: distinct },
  integers: true,
  attrs: { axis: axisOf('x'), k: integer(0), largest: flag },
  examples: [
    { inputs: { x: [[1, 3, 2, 3]] }, attrs: { axis: 1, k: 3, largest: true }, z: [[1, 3, 2]] },
    { inputs: { x: [4, 4, 1] }, attrs: { axis: 0, k: 2, largest: false }, z: [2, 0] },
  ],
  sample(rng) {
    const x = [rng.integer(1, 3), rng.integer(1, 5), rng.integer(1, 3)]
    const axis = rng.integer(0, 2)
    return { shapes: { x }, attrs: { axis, k: rng.integer(1, x[axis]), largest: rng.uniform() < 0.5 } }
  },
  shape({ x }, { axis, k }) {
    if (k > x[axis])
      throw new Error(`topk: k of at most ${x[axis]} expected along axis ${axis} of ${format(x)}, got ${k}`)
    return x.with(axis, k)
  },
  forward: (b, { x }, { axis, k, largest }) => b.topk(x, k, axis, largest),
  vjp: { x: 'nondifferentiable' },
})
