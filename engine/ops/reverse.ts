import { axes } from '../attrs.ts'
import { anyDType } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { sizeOf } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { type Along, type AxisOptions, alongOptions, axesOf } from './axes.ts'
import { sampleAxes } from './reduce.ts'

interface Axes {
  readonly axes: readonly number[]
}

/** z = x backwards along `axis`, or several (default all of them), as numpy.flip.  x[...] -> [...] */
export function reverse(x: Tensor, axis?: Along<AxisOptions>, ...none: never[]): Tensor {
  const { axis: given } = alongOptions('reverse', axis, { axis: true }, none)
  return apply(reverseOp, { x }, { axes: axesOf('reverse', x, given) })
}
export const reverseOp: OpSpec<'x', Axes> = defineOp<'x', Axes>({
  name: 'reverse',
  signature: 'x[...] -> [...]',
  equation: 'z[i] = x[n - 1 - i]',
  domain: { x: anyDType },
  attrs: { axes: axes('x') },
  examples: [{ inputs: { x: [[1, 2, 3]] }, attrs: { axes: [1] }, z: [[3, 2, 1]] }],
  sample(rng) {
    const { shapes, attrs } = sampleAxes(rng)
    return { shapes, attrs: { axes: attrs.axes } }
  },
  forward(k, { x }, { axes }) {
    if (sizeOf(x.shape) === 0) return x
    const begin = x.shape.map((n, i) => (axes.includes(i) ? n - 1 : 0))
    const step = x.shape.map((_, i) => (axes.includes(i) ? -1 : 1))
    return k.slice(x, begin, step, x.shape)
  },
  reads: { x: [] },
  vjp: { x: ({ dz, attrs: { axes } }) => reverse(dz, axes) },
})
