import { cosines, nonzero, reals } from '../domain.ts'
import { apply, defineOp, unaryOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { abs } from './activation.ts'
import { arcSlope } from './adjoints/arcSlope.ts'
import { add, div, mul, neg, type Operand, operands, stopGradient } from './arithmetic.ts'
import { unbroadcast } from './reduce.ts'
import { equal, maximum, where } from './select.ts'

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

/** z = tan x, x in radians.  x[...] -> [...] */
export const tan = (x: Tensor): Tensor => apply(tanOp, { x })
export const tanOp = defineOp({
  name: 'tan',
  signature: 'x[...] -> [...]',
  equation: 'tan x',
  domain: { x: { ...reals, low: -1.2, high: 1.2 } },
  examples: [{ inputs: { x: [0, Math.PI / 4] }, z: [0, 1] }],
  compose: ({ x }) => div(sin(x), cos(x)),
  reads: { x: ['->'] },
  vjp: { x: ({ dz, z }) => mul(dz, add(mul(z, z), 1)) },
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

/** z = arcsin x in radians, for -1 <= x <= 1; its slope at both ends is infinite.  x[...] -> [...] */
export const asin = (x: Tensor): Tensor => apply(asinOp, { x })
export const asinOp = unaryOp('asin', {
  equation: 'arcsin x',
  domain: { x: cosines },
  examples: [{ inputs: { x: [1, 0, -1] }, z: [Math.PI / 2, 0, -Math.PI / 2] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, arcSlope(x)) },
})

/** z = arctan x in radians, between -pi/2 and pi/2.  x[...] -> [...] */
export const atan = (x: Tensor): Tensor => apply(atanOp, { x })
export const atanOp = unaryOp('atan', {
  equation: 'arctan x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 1, -Infinity] }, z: [0, Math.PI / 4, -Math.PI / 2] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => div(dz, add(mul(x, x), 1)) },
})

/**
 * z = the angle of the point (x, y) from the x-axis in radians, from -pi to pi, with broadcasting. The order is that of
 * Math.atan2, NumPy and PyTorch: y first. At the origin, which has no angle, all derivatives are 0.  y[...] x[...] -> [...]
 */
export const atan2 = (y: Operand, x: Operand): Tensor => {
  const pair = operands('atan2', y, x)
  return apply(atan2Op, { y: pair.x, x: pair.y })
}
export const atan2Op = defineOp<'y' | 'x'>({
  name: 'atan2',
  signature: 'y[...] x[...] -> [...]',
  equation: 'angle of (x, y)',
  domain: { y: { ...nonzero, margin: 0.4 }, x: reals },
  examples: [
    { inputs: { y: [1, 1, -2], x: [1, 0, 0] }, z: [Math.PI / 4, Math.PI / 2, -Math.PI / 2] },
    {
      inputs: { y: [0, 3], x: [0, 4] },
      z: [0, Math.atan2(3, 4)],
      grads: { y: [0, 4 / 25], x: [0, -3 / 25] },
    },
  ],
  forward: (k, { y, x }, _, shape) => k.binary('atan2', y, x, shape),
  reads: { y: ['y', 'x'], x: ['y', 'x'] },
  vjp: {
    y: ({ dz, inputs: { y, x } }) => unbroadcast(mul(dz, overSquare(x, y, x)), y.shape),
    x: ({ dz, inputs: { y, x } }) => unbroadcast(neg(mul(dz, overSquare(y, y, x))), x.shape),
  },
})

/** a / (x^2 + y^2), and 0 at the origin: x and y are divided by the longer of them first, or their squares would overflow. */
function overSquare(a: Tensor, y: Tensor, x: Tensor): Tensor {
  // The quotient is the same whatever they are divided by: so is its derivative.
  const longer = stopGradient(maximum(abs(x), abs(y)))
  const origin = equal(longer, 0)
  const unit = where(origin, 1, longer)
  const [p, q] = [div(x, unit), div(y, unit)]
  const square = add(add(mul(p, p), mul(q, q)), origin)
  return where(origin, 0, div(div(div(a, unit), square), unit))
}
