import { nonzero, reals } from '../domain.ts'
import { apply, binaryOp, unaryOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { div, mul, neg, type Operand, operands, sub } from './arithmetic.ts'
import { unbroadcast } from './reduce.ts'

/** z = the largest integer that is not above x; without a gradient.  x[...] -> [...] */
export const floor = (x: Tensor): Tensor => apply(floorOp, { x })
export const floorOp = unaryOp('floor', {
  equation: 'largest integer <= x',
  domain: { x: reals },
  examples: [{ inputs: { x: [-1.5, 1.2, 2] }, z: [-2, 1, 2] }],
  vjp: { x: 'nondifferentiable' },
})

/** z = the smallest integer that is not below x; without a gradient.  x[...] -> [...] */
export const ceil = (x: Tensor): Tensor => apply(ceilOp, { x })
export const ceilOp = unaryOp('ceil', {
  equation: 'smallest integer >= x',
  domain: { x: reals },
  examples: [{ inputs: { x: [-1.5, 1.2, 2] }, z: [-1, 2, 2] }],
  vjp: { x: 'nondifferentiable' },
})

/**
 * z = the integer next to x, and of two that are equally near the even one, as in NumPy and PyTorch (not in Math.round);
 * without a gradient.  x[...] -> [...]
 */
export const round = (x: Tensor): Tensor => apply(roundOp, { x })
export const roundOp = unaryOp('round', {
  equation: 'integer next to x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0.4, 0.5, 1.5, -2.5, -1.9] }, z: [0, 0, 2, -2, -2] }],
  vjp: { x: 'nondifferentiable' },
})

/** z = x without its fraction; without a gradient.  x[...] -> [...] */
export const trunc = (x: Tensor): Tensor => apply(truncOp, { x })
export const truncOp = unaryOp('trunc', {
  equation: 'x without its fraction',
  domain: { x: reals },
  examples: [{ inputs: { x: [-1.5, 1.7, 2] }, z: [-1, 1, 2] }],
  vjp: { x: 'nondifferentiable' },
})

const divisors = { ...nonzero, margin: 0.4, even: true }

/**
 * z = x - y trunc(x / y), exactly, with the sign of x: torch.fmod, numpy.fmod and JavaScript's `%`, with broadcasting; NaN
 * of y = 0. Where x / y is an integer the gradient is that of one side.  x[...] y[...] -> [...]
 */
export const fmod = (x: Operand, y: Operand): Tensor => apply(fmodOp, operands('fmod', x, y))
export const fmodOp = binaryOp('fmod', {
  equation: 'x - y trunc(x / y)',
  domain: { x: reals, y: divisors },
  integers: true,
  examples: [
    { inputs: { x: [-4, 7, 5, -7], y: [3, -3, 8, 3] }, z: [-1, 1, 5, -1], grads: { y: [1, 2, 0, 2] } },
  ],
  reads: { x: [], y: ['x', 'y', '->'] },
  vjp: { x: ({ dz, inputs: { x } }) => unbroadcast(dz, x.shape), y: toDivisor },
})

/**
 * z = x - y floor(x / y), with the sign of y: torch.remainder, numpy.remainder and Python's `%`, with broadcasting; NaN of
 * y = 0. Where x / y is an integer the gradient is that of one side.  x[...] y[...] -> [...]
 */
export const remainder = (x: Operand, y: Operand): Tensor => apply(remainderOp, operands('remainder', x, y))
export const remainderOp = binaryOp('remainder', {
  equation: 'x - y floor(x / y)',
  domain: { x: reals, y: divisors },
  integers: true,
  examples: [
    { inputs: { x: [-4, 7, 5, -7], y: [3, -3, 8, 3] }, z: [2, -2, 5, 2], grads: { y: [2, 3, 0, 3] } },
  ],
  reads: { x: [], y: ['x', 'y', '->'] },
  vjp: { x: ({ dz, inputs: { x } }) => unbroadcast(dz, x.shape), y: toDivisor },
})

/** The cotangent of y: less the integer (x - z) / y. */
function toDivisor({
  dz,
  inputs: { x, y },
  z,
}: {
  dz: Tensor
  inputs: Record<'x' | 'y', Tensor>
  z: Tensor
}) {
  return unbroadcast(neg(mul(dz, round(div(sub(x, z), y)))), y.shape)
}
