import { cosines, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { arcSlope } from './adjoints/arcSlope.ts'
import { mul, neg } from './arithmetic.ts'

const signature = 'x[...] -> [...]'

/** z = sin x, x in radians.  x[...] -> [...] */
export const sin = (x: Tensor): Tensor => apply(sinOp, { x })
export const sinOp = defineOp({
  name: 'sin',
  signature,
  equation: 'sin x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, Math.PI / 2] }, z: [0, 1] }],
  forward: (k, { x }) => k.unary('sin', x),
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, cos(x)) },
})

/** z = cos x, x in radians.  x[...] -> [...] */
export const cos = (x: Tensor): Tensor => apply(cosOp, { x })
export const cosOp = defineOp({
  name: 'cos',
  signature,
  equation: 'cos x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, Math.PI] }, z: [1, -1] }],
  forward: (k, { x }) => k.unary('cos', x),
  vjp: { x: ({ dz, inputs: { x } }) => neg(mul(dz, sin(x))) },
})

/** z = arccos x in radians, for -1 <= x <= 1; its slope at both ends is infinite.  x[...] -> [...] */
export const acos = (x: Tensor): Tensor => apply(acosOp, { x })
export const acosOp = defineOp({
  name: 'acos',
  signature,
  equation: 'arccos x',
  domain: { x: cosines },
  examples: [{ inputs: { x: [1, 0, -1] }, z: [0, Math.PI / 2, Math.PI] }],
  forward: (k, { x }) => k.unary('acos', x),
  vjp: { x: ({ dz, inputs: { x } }) => neg(mul(dz, arcSlope(x))) },
})
