import { awayFrom, reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { Tensor } from '../../tensor.ts'
import { mul } from '../arithmetic.ts'
import { unbroadcast } from '../reduce.ts'
import { greater } from '../select.ts'

/** z = y where x > 0, else 0: relu's gradient.  y[...] x[...] -> [...] */
export const reluGrad = (y: Tensor, x: Tensor): Tensor => apply(reluGradOp, { y, x })
export const reluGradOp = defineOp({
  name: 'reluGrad',
  signature: 'y[...] x[...] -> [...]',
  equation: 'x > 0 ? y : 0',
  domain: { y: reals, x: awayFrom(0) },
  examples: [{ inputs: { y: [4, 5, 6], x: [-1, 0, 2] }, z: [0, 0, 6], grads: { y: [0, 0, 1] } }],
  compose: ({ y, x }) => mul(y, greater(x, 0)),
  fused: (k, { y, x }, _, shape) => k.reluGrad?.(y, x, shape),
  reads: { y: ['x'], x: [] },
  vjp: { y: ({ dz, inputs: { y, x } }) => unbroadcast(reluGrad(dz, x), y.shape), x: 'nondifferentiable' },
})
