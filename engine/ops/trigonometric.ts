import { cosines, reals } from '../domain.ts'
import { apply, unaryOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { arcSlope } from './adjoints/arcSlope.ts'
import { mul, neg } from './arithmetic.ts'

/** z = sin x, x in radians.  x[...] -> [...] */
export const sin = (x: Tensor): Tensor => apply(sinOp, { x })
export const sinOp = unaryOp('sin', {
  equation: 'sin x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, Math.PI / 2] }, z: [0, 1] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, cos(x)) },
})

/** z = cos x, x in radians.  x[...] -> [...] */
export const cos = (x: Tensor): Tensor => apply(cosOp, { x })
export const cosOp = unaryOp('cos', {
  equation: 'cos x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, Math.PI] }, z: [1, -1] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => neg(mul(dz, sin(x))) },
})

/** z = arccos x in radians, for -1 <= x <= 1; its slope at both ends is infinite.  x[...] -> [...] */
export const acos = (x: Tensor): Tensor => apply(acosOp, { x })
export const acosOp = unaryOp('acos', {
  equation: 'arccos x',
  domain: { x: cosines },
  examples: [{ inputs: { x: [1, 0, -1] }, z: [0, Math.PI / 2, Math.PI] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => neg(mul(dz, arcSlope(x))) },
})
