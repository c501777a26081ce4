import { axes, epsilon } from '../attrs.ts'
import type { OptionNames } from '../check.ts'
import { nonzero } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { normalizeGrad } from './adjoints/normalizeGrad.ts'
import { type Along, type AxisOptions, alongOptions, axesOf } from './axes.ts'
import { type Axes, isLast, norm, over, sample } from './vector.ts'

type NormalizeOptions = AxisOptions & { eps?: number }
type Attrs = Axes & { eps: number }

const NORMALIZE = { axis: true, eps: true } as const satisfies OptionNames<NormalizeOptions>

/**
 * z = x / ‖x‖ along `axis` (one or several, default the last). A vector no longer than `eps` (default 1e-12) has no direction: it
 * gives 0, with gradient 0.  x[...] -> [...]
 */
export function normalize(x: Tensor, axis?: Along<NormalizeOptions>, ...none: never[]): Tensor {
  const options = alongOptions('normalize', axis, NORMALIZE, none)
  const { eps = 1e-12 } = options
  return apply(normalizeOp, { x }, { axes: axesOf('normalize', x, options.axis, -1), eps })
}
export const normalizeOp = defineOp<'x', Attrs>({
  name: 'normalize',
  signature: 'x[...] -> [...]',
  equation: 'x / ‖x‖',
  domain: { x: nonzero },
  attrs: { axes: axes('x'), eps: epsilon },
  examples: [
    {
      inputs: {
        x: [
          [3, 4],
          [0, 0],
        ],
      },
      attrs: { axes: [1], eps: 1e-12 },
      z: [
        [0.6, 0.8],
        [0, 0],
      ],
    },
    { inputs: { x: [0, 0] }, attrs: { axes: [0], eps: 1e-12 }, z: [0, 0], grads: { x: [0, 0] } },
  ],
  sample(rng) {
    const { shapes, attrs } = sample(rng)
    const x = shapes.x.map((n, i) => (attrs.axes.includes(i) ? n + 1 : n))
    return { shapes: { x }, attrs: { ...attrs, eps: 1e-12 } }
  },
  compose: ({ x }, { axes, eps }) => over(x, norm(x, { axis: axes, keepDims: true }), eps),
  fused: (k, { x }, { axes, eps }) => (isLast(x.shape, axes) ? k.normalize?.(x, eps) : undefined),
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x }, attrs }) => normalizeGrad(dz, x, attrs) },
})
