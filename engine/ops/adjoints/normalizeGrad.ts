import { axes, epsilon } from '../../attrs.ts'
import { nonzero, reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import { format, sameShape } from '../../shape.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { mul, sub } from '../arithmetic.ts'
import { sum } from '../reduce.ts'
import { type Axes, isLast, norm, over, sample } from '../vector.ts'

type Attrs = Axes & { eps: number }

/** The gradient of normalize, of y: along each z = x / ‖x‖ nothing of y is left.  y[...] x[...] -> [...] */
export const normalizeGrad = (y: Tensor, x: Tensor, attrs: Attrs): Tensor =>
  apply(normalizeGradOp, { y, x }, attrs)
export const normalizeGradOp: OpSpec<'y' | 'x', Attrs> = defineOp<'y' | 'x', Attrs>({
  name: 'normalizeGrad',
  signature: 'y[...] x[...] -> [...]',
  equation: '(y - z <y, z>) / ‖x‖, z = x / ‖x‖',
  domain: { y: reals, x: nonzero },
  attrs: { axes: axes('x'), eps: epsilon },
  examples: [
    {
      inputs: {
        y: [
          [1, 2],
          [3, 4],
        ],
        x: [
          [2, 0],
          [0, 0],
        ],
      },
      attrs: { axes: [1], eps: 1e-12 },
      z: [
        [0, 1],
        [0, 0],
      ],
    },
  ],
  sample(rng) {
    const { shapes, attrs } = sample(rng)
    const x = shapes.x.map((n, i) => (attrs.axes.includes(i) ? n + 1 : n))
    return { shapes: { y: x, x }, attrs: { ...attrs, eps: 1e-12 } }
  },
  shape({ y, x }) {
    if (sameShape(y, x)) return x
    throw new Error(`normalizeGrad: y${format(x)} expected, got y${format(y)}`)
  },
  compose({ y, x }, { axes, eps }) {
    const along = { axis: axes, keepDims: true }
    const length = norm(x, along)
    const z = over(x, length, eps)
    return over(sub(y, mul(z, sum(mul(y, z), along))), length, eps)
  },
  fused: (k, { y, x }, { axes, eps }) => (isLast(x.shape, axes) ? k.normalizeGrad?.(y, x, eps) : undefined),
})
