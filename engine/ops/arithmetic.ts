import { awayFrom, nonzero, positive, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { log } from './analytic.ts'
import { type Operand, operands } from './operands.ts'
import { unbroadcast } from './reduce.ts'
import { equal, greater, where } from './select.ts'

/** z = x, with x's memory.  x[...] -> [...] */
export const identity = (x: Tensor): Tensor => apply(identityOp, { x })
export const identityOp = defineOp({
  name: 'identity',
  signature: 'x[...] -> [...]',
  equation: 'x',
  domain: { x: { ...reals, kind: 'any' } },
  examples: [{ inputs: { x: [1, -2] }, z: [1, -2] }],
  forward: (_, { x }) => x,
  vjp: { x: dz => dz },
})

/** z = -x.  x[...] -> [...] */
export const neg = (x: Tensor): Tensor => apply(negOp, { x })
export const negOp = defineOp({
  name: 'neg',
  signature: 'x[...] -> [...]',
  equation: '-x',
  domain: { x: reals },
  examples: [{ inputs: { x: [1, -2] }, z: [-1, 2] }],
  forward: (k, { x }) => k.unary('neg', x),
  vjp: { x: dz => neg(dz) },
})

/** z = x + y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const add = (x: Operand, y: Operand): Tensor => apply(addOp, operands('add', x, y))
export const addOp = defineOp({
  name: 'add',
  signature: 'x[...] y[...] -> [...]',
  equation: 'x + y',
  domain: { x: reals, y: reals },
  examples: [
    {
      inputs: { x: [[1], [2]], y: [10, 20] },
      z: [
        [11, 21],
        [12, 22],
      ],
    },
  ],
  forward: (k, { x, y }, _, shape) => k.binary('add', x, y, shape),
  vjp: {
    x: (dz, { x }) => unbroadcast(dz, x.shape),
    y: (dz, { y }) => unbroadcast(dz, y.shape),
  },
})

/** z = x - y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const sub = (x: Operand, y: Operand): Tensor => apply(subOp, operands('sub', x, y))
export const subOp = defineOp({
  name: 'sub',
  signature: 'x[...] y[...] -> [...]',
  equation: 'x - y',
  domain: { x: reals, y: reals },
  examples: [{ inputs: { x: [5, 7], y: 3 }, z: [2, 4] }],
  forward: (k, { x, y }, _, shape) => k.binary('sub', x, y, shape),
  vjp: {
    x: (dz, { x }) => unbroadcast(dz, x.shape),
    y: (dz, { y }) => neg(unbroadcast(dz, y.shape)),
  },
})

/** z = x y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const mul = (x: Operand, y: Operand): Tensor => apply(mulOp, operands('mul', x, y))
export const mulOp = defineOp({
  name: 'mul',
  signature: 'x[...] y[...] -> [...]',
  equation: 'x * y',
  domain: { x: reals, y: reals },
  examples: [{ inputs: { x: [2, 3], y: [4, 5] }, z: [8, 15] }],
  forward: (k, { x, y }, _, shape) => k.binary('mul', x, y, shape),
  vjp: {
    x: (dz, { x, y }) => unbroadcast(mul(dz, y), x.shape),
    y: (dz, { x, y }) => unbroadcast(mul(dz, x), y.shape),
  },
})

/** z = x / y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const div = (x: Operand, y: Operand): Tensor => apply(divOp, operands('div', x, y))
export const divOp = defineOp({
  name: 'div',
  signature: 'x[...] y[...] -> [...]',
  equation: 'x / y',
  domain: { x: reals, y: { ...nonzero, margin: 0.4 } },
  examples: [{ inputs: { x: [6, 7], y: [3, -2] }, z: [2, -3.5] }],
  forward: (k, { x, y }, _, shape) => k.binary('div', x, y, shape),
  vjp: {
    x: (dz, { x, y }) => unbroadcast(div(dz, y), x.shape),
    y: (dz, { y }, z) => unbroadcast(neg(div(mul(dz, z), y)), y.shape),
  },
})

/**
 * z = x^y, elementwise with broadcasting; for a gradient in y, x > 0. At x = 0 the slope in y is 0, and so is that of x^0
 * in x; every derivative of x^n, n = 0, 1, 2, ..., is right there.  x[...] y[...] -> [...]
 */
export const pow = (x: Operand, y: Operand): Tensor => apply(powOp, operands('pow', x, y))
export const powOp = defineOp({
  name: 'pow',
  signature: 'x[...] y[...] -> [...]',
  equation: 'x ^ y',
  domain: { x: positive, y: awayFrom(0) },
  examples: [
    { inputs: { x: [2, 3], y: [3, 2] }, z: [8, 9] },
    { inputs: { x: [0, -2], y: 2 }, z: [0, 4], grads: { x: [0, -4] } },
    { inputs: { x: [0, 0], y: [0, 1] }, z: [1, 0], grads: { x: [0, 1], y: [0, 0] } },
  ],
  forward: (k, { x, y }, _, shape) => k.binary('pow', x, y, shape),
  vjp: {
    x(dz, { x, y }) {
      // 0^0 is a constant; as 0 times 0^-1 it would be no number, in this order or the next. So is x^0 for every x, near 0
      // with the same trouble, unless y is to vary.
      const constant = y.requiresGrad ? mul(equal(x, 0), equal(y, 0)) : equal(y, 0)
      const slope = mul(y, pow(where(constant, 1, x), sub(y, 1)))
      return unbroadcast(mul(dz, where(constant, 0, slope)), x.shape)
    },
    y: (dz, { x, y }, z) => unbroadcast(mul(dz, mul(z, log(where(equal(x, 0), 1, x)))), y.shape),
  },
})

/** z = max(x, y), elementwise with broadcasting; where they tie each gets half.  x[...] y[...] -> [...] */
export const maximum = (x: Operand, y: Operand): Tensor => apply(maximumOp, operands('maximum', x, y))
export const maximumOp = defineOp({
  name: 'maximum',
  signature: 'x[...] y[...] -> [...]',
  equation: 'max(x, y)',
  domain: { x: reals, y: { ...reals, even: true } },
  examples: [
    { inputs: { x: [1, 5, 2], y: [3, 4, 2] }, z: [3, 5, 2], grads: { x: [0, 1, 0.5], y: [1, 0, 0.5] } },
  ],
  forward: (k, { x, y }, _, shape) => k.binary('maximum', x, y, shape),
  vjp: {
    x: (dz, { x, y }) => unbroadcast(mul(dz, above(x, y)), x.shape),
    y: (dz, { x, y }) => unbroadcast(mul(dz, above(y, x)), y.shape),
  },
})

/** z = min(x, y), elementwise with broadcasting; where they tie each gets half.  x[...] y[...] -> [...] */
export const minimum = (x: Operand, y: Operand): Tensor => apply(minimumOp, operands('minimum', x, y))
export const minimumOp = defineOp({
  name: 'minimum',
  signature: 'x[...] y[...] -> [...]',
  equation: 'min(x, y)',
  domain: { x: reals, y: { ...reals, even: true } },
  examples: [
    { inputs: { x: [1, 5, 2], y: [3, 4, 2] }, z: [1, 4, 2], grads: { x: [1, 0, 0.5], y: [0, 1, 0.5] } },
  ],
  forward: (k, { x, y }, _, shape) => k.binary('minimum', x, y, shape),
  vjp: {
    x: (dz, { x, y }) => unbroadcast(mul(dz, above(y, x)), x.shape),
    y: (dz, { x, y }) => unbroadcast(mul(dz, above(x, y)), y.shape),
  },
})

/** 1 where x > y, 1/2 where x = y, else 0. */
const above = (x: Tensor, y: Tensor): Tensor => add(greater(x, y), mul(equal(x, y), 0.5))
