import { awayFrom, positive, reals } from '../domain.ts'
import { apply, binaryOp, unaryOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, neg, type Operand, operands, sub } from './arithmetic.ts'
import { unbroadcast } from './reduce.ts'
import { equal, where } from './select.ts'

/** z = e^x.  x[...] -> [...] */
export const exp = (x: Tensor): Tensor => apply(expOp, { x })
export const expOp = unaryOp('exp', {
  equation: 'e^x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 1] }, z: [1, Math.E] }],
  reads: { x: ['->'] },
  vjp: { x: ({ dz, z }) => mul(dz, z) },
})

/** z = ln x, for x > 0.  x[...] -> [...] */
export const log = (x: Tensor): Tensor => apply(logOp, { x })
export const logOp = unaryOp('log', {
  equation: 'ln x',
  domain: { x: positive },
  examples: [{ inputs: { x: [1, Math.E] }, z: [0, 1] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => div(dz, x) },
})

/** z = ln(1 + x), exact for small x.  x[...] -> [...] */
export const log1p = (x: Tensor): Tensor => apply(log1pOp, { x })
export const log1pOp = unaryOp('log1p', {
  equation: 'ln(1 + x)',
  domain: { x: { ...reals, low: -0.75 } },
  examples: [{ inputs: { x: [0, 1e-20] }, z: [0, 1e-20] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => div(dz, add(x, 1)) },
})

/** z = e^x - 1, exact for small x.  x[...] -> [...] */
export const expm1 = (x: Tensor): Tensor => apply(expm1Op, { x })
export const expm1Op = unaryOp('expm1', {
  equation: 'e^x - 1',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 1e-20] }, z: [0, 1e-20] }],
  reads: { x: ['->'] },
  vjp: { x: ({ dz, z }) => mul(dz, add(z, 1)) },
})

/** z = sqrt(x); its slope at 0 is infinite.  x[...] -> [...] */
export const sqrt = (x: Tensor): Tensor => apply(sqrtOp, { x })
export const sqrtOp = unaryOp('sqrt', {
  equation: 'sqrt(x)',
  domain: { x: positive },
  examples: [{ inputs: { x: [4, 0] }, z: [2, 0], grads: { x: [0.25, Infinity] } }],
  reads: { x: ['->'] },
  vjp: { x: ({ dz, z }) => div(mul(dz, 0.5), z) },
})

/** z = 1 / sqrt(x), for x > 0.  x[...] -> [...] */
export const rsqrt = (x: Tensor): Tensor => apply(rsqrtOp, { x })
export const rsqrtOp = unaryOp('rsqrt', {
  equation: '1 / sqrt(x)',
  domain: { x: positive },
  examples: [{ inputs: { x: [4, 0.25] }, z: [0.5, 2] }],
  reads: { x: ['x', '->'] },
  vjp: { x: ({ dz, inputs: { x }, z }) => mul(dz, div(mul(z, -0.5), x)) },
})

/** z = tanh x.  x[...] -> [...] */
export const tanh = (x: Tensor): Tensor => apply(tanhOp, { x })
export const tanhOp = unaryOp('tanh', {
  equation: 'tanh x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 50] }, z: [0, 1] }],
  reads: { x: ['->'] },
  vjp: { x: ({ dz, z }) => mul(dz, sub(1, mul(z, z))) },
})

/** z = (2 / sqrt(pi)) times the integral of e^(-t^2) from 0 to x.  x[...] -> [...] */
export const erf = (x: Tensor): Tensor => apply(erfOp, { x })
export const erfOp = unaryOp('erf', {
  equation: 'erf x',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 0.5, -1, 7] }, z: [0, 0.5204998778130465, -0.8427007929497149, 1] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))) },
})

/** z = 1 - erf x, which keeps its digits where erf x is near 1.  x[...] -> [...] */
export const erfc = (x: Tensor): Tensor => apply(erfcOp, { x })
export const erfcOp = unaryOp('erfc', {
  equation: '1 - erf x',
  domain: { x: reals },
  examples: [
    { inputs: { x: [0, 0.5, -1, 30] }, z: [1, 0.4795001221869535, 1.8427007929497148, 0] },
    { inputs: { x: [3, 10, 26] }, z: [2.209049699858544e-5, 2.088487583762545e-45, 5.663192408856143e-296] },
  ],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, mul(exp(neg(mul(x, x))), -2 / Math.sqrt(Math.PI))) },
})

/**
 * z = x^y, elementwise with broadcasting; 1^NaN and 1^Infinity are NaN, as in JavaScript (1 in NumPy and PyTorch); for a
 * gradient in y, x > 0. At x = 0 the slope in y is 0, and so is that of x^0 in x; every derivative of x^n, n = 0, 1, 2, ..., is
 * right there.  x[...] y[...] -> [...]
 */
export const pow = (x: Operand, y: Operand): Tensor => apply(powOp, operands('pow', x, y))
export const powOp = binaryOp('pow', {
  equation: 'x ^ y',
  domain: { x: positive, y: awayFrom(0) },
  examples: [
    { inputs: { x: [2, 3], y: [3, 2] }, z: [8, 9] },
    { inputs: { x: [0, -2], y: 2 }, z: [0, 4], grads: { x: [0, -4] } },
    { inputs: { x: [0, 0], y: [0, 1] }, z: [1, 0], grads: { x: [0, 1], y: [0, 0] } },
  ],
  reads: { x: ['x', 'y'], y: ['x', '->'] },
  vjp: {
    x({ dz, inputs: { x, y } }) {
      // x^0 is a constant; as 0 times x^-1 it would be no number at x = 0, in this order or the next: 0 times x^0 is one.
      if (!y.requiresGrad) {
        return unbroadcast(mul(dz, mul(y, pow(x, where(equal(y, 0), 0, sub(y, 1))))), x.shape)
      }
      const constant = mul(equal(x, 0), equal(y, 0))
      const slope = mul(y, pow(where(constant, 1, x), sub(y, 1)))
      return unbroadcast(mul(dz, where(constant, 0, slope)), x.shape)
    },
    y: ({ dz, inputs: { x, y }, z }) => unbroadcast(mul(dz, mul(z, log(where(equal(x, 0), 1, x)))), y.shape),
  },
})
