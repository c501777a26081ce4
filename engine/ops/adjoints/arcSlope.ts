import { cosines } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { Tensor } from '../../tensor.ts'
import { rsqrt } from '../analytic.ts'
import { add, mul, sub } from '../arithmetic.ts'

/** z = 1 / sqrt(1 - x^2): less acos's slope. Its own is x z^3, which at both ends is infinite and not infinity less infinity. */
export const arcSlope = (x: Tensor): Tensor => apply(arcSlopeOp, { x })
export const arcSlopeOp = defineOp({
  name: 'arcSlope',
  signature: 'x[...] -> [...]',
  equation: '1 / sqrt(1 - x^2)',
  domain: { x: cosines },
  examples: [{ inputs: { x: [0, 0.6, -0.8] }, z: [1, 1.25, 1 / 0.6] }],
  compose: ({ x }) => rsqrt(mul(sub(1, x), add(1, x))),
  reads: { x: ['x', '->'] },
  vjp: { x: ({ dz, inputs: { x }, z }) => mul(mul(dz, x), mul(z, mul(z, z))) },
})
