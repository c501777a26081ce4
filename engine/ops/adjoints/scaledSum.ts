import { real } from '../../attrs.ts'
import { reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import { format, sameShape } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { add, mul } from '../arithmetic.ts'

/** z = alpha x + beta y, rounded as `mul` and `add` round: what optimisers are made of.  x[...] y[...] -> [...] */
export const scaledSum = (x: Tensor, alpha: number, y: Tensor, beta: number): Tensor =>
  apply(scaledSumOp, { x, y }, { alpha, beta })
export const scaledSumOp = defineOp<'x' | 'y', { alpha: number; beta: number }>({
  name: 'scaledSum',
  signature: 'x[...] y[...] -> [...]',
  equation: 'alpha x + beta y',
  domain: { x: reals, y: reals },
  attrs: { alpha: real(), beta: real() },
  examples: [{ inputs: { x: [1, 2], y: [3, -4] }, attrs: { alpha: 2, beta: -1 }, z: [-1, 8] }],
  sample(rng) {
    const shape = [rng.integer(1, 3), rng.integer(1, 4)]
    return { shapes: { x: shape, y: shape }, attrs: { alpha: rng.uniform(-2, 2), beta: rng.uniform(-2, 2) } }
  },
  shape({ x, y }) {
    if (sameShape(x, y)) return x
    throw new Error(`scaledSum: y${format(x)} expected, got y${format(y)}`)
  },
  compose: ({ x, y }, { alpha, beta }) => add(scaled(x, alpha), scaled(y, beta)),
  fused: (k, { x, y }, { alpha, beta }) => k.scaledSum?.(x, alpha, y, beta),
  reads: { x: [], y: [] },
  vjp: {
    x: ({ dz, attrs: { alpha } }) => scaled(dz, alpha),
    y: ({ dz, attrs: { beta } }) => scaled(dz, beta),
  },
})

const scaled = (x: Tensor, by: number): Tensor => (by === 1 ? x : mul(x, by))
