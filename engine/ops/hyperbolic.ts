import { positive, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { abs, clamp, sign } from './activation.ts'
import { exp, expm1, log, log1p, rsqrt, sqrt } from './analytic.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { maximum, minimum } from './select.ts'

const signature = 'x[...] -> [...]'

/** z = sinh x = (e^x - e^-x) / 2, exact for small x.  x[...] -> [...] */
export const sinh = (x: Tensor): Tensor => apply(sinhOp, { x })
export const sinhOp = defineOp({
  name: 'sinh',
  signature,
  equation: '(e^x - e^-x) / 2',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 1e-20, -1] }, z: [0, 1e-20, -1.1752011936438014] }],
  // Of halves of x, which overflow no earlier than the result: (e^x - 1) / 2 = m (m + 2) / 2, m = e^(x / 2) - 1.
  compose: ({ x }) => sub(halfGrowth(mul(x, 0.5)), halfGrowth(mul(x, -0.5))),
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, cosh(x)) },
})

/** (e^2h - 1) / 2. */
function halfGrowth(h: Tensor): Tensor {
  const m = expm1(h)
  return mul(mul(m, 0.5), add(m, 2))
}

/** z = cosh x = (e^x + e^-x) / 2.  x[...] -> [...] */
export const cosh = (x: Tensor): Tensor => apply(coshOp, { x })
export const coshOp = defineOp({
  name: 'cosh',
  signature,
  equation: '(e^x + e^-x) / 2',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, -1] }, z: [1, 1.5430806348152437] }],
  compose({ x }) {
    const h = exp(mul(x, 0.5))
    return add(mul(mul(h, 0.5), h), div(div(0.5, h), h))
  },
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, sinh(x)) },
})

/** z = the number whose sinh is x, exact for small x.  x[...] -> [...] */
export const asinh = (x: Tensor): Tensor => apply(asinhOp, { x })
export const asinhOp = defineOp({
  name: 'asinh',
  signature,
  equation: 'ln(x + sqrt(x^2 + 1))',
  domain: { x: reals },
  examples: [
    {
      inputs: { x: [0, 1e-20, -1, 1e200, -1.7e308] },
      z: [0, 1e-20, -0.881373587019543, 461.2101657793691, -710.4199840737881],
    },
    {
      inputs: { x: [-1e200, 1e100] },
      z: [-461.2101657793691, 230.95165647996453],
      grads: { x: [1e-200, 1e-100] },
    },
  ],
  // ln(1 + a + a^2 / (1 + sqrt(a^2 + 1))) of a = |x|, without squares that overflow.
  compose({ x }) {
    const { near: a, times } = withinReach(abs(x))
    const inverse = div(1, a)
    const root = sqrt(add(mul(inverse, inverse), 1))
    return mul(sign(x), add(log1p(add(a, div(a, add(inverse, root)))), log(times)))
  },
  reads: { x: ['x'] },
  vjp: {
    // 1 / sqrt(x^2 + 1), where squares would overflow 1 / |x|; smooth at 0, as |x| would not be.
    x({ dz, inputs: { x } }) {
      const near = clamp(x, -FAR, FAR)
      return mul(dz, div(rsqrt(add(mul(near, near), 1)), withinReach(abs(x)).times))
    },
  },
})

/** From here on asinh a and acosh a are ln(2 a), to the last digit. */
const FAR = 1e18

/** a, or what neither 2 a nor a^2 overflows of, and how many times as large a is. */
const withinReach = (a: Tensor): { near: Tensor; times: Tensor } => ({
  near: minimum(a, FAR),
  times: maximum(mul(a, 1 / FAR), 1),
})

/** z = the number >= 0 whose cosh is x, for x >= 1; its slope at 1 is infinite.  x[...] -> [...] */
export const acosh = (x: Tensor): Tensor => apply(acoshOp, { x })
export const acoshOp = defineOp({
  name: 'acosh',
  signature,
  equation: 'ln(x + sqrt(x^2 - 1))',
  domain: { x: { ...positive, low: 1.1 } },
  examples: [
    {
      inputs: { x: [1, 2, 1e200, 1.7e308] },
      z: [0, 1.3169578969248166, 461.2101657793691, 710.4199840737881],
    },
  ],
  // By t = x - 1, which keeps the digits of a result near 0.
  compose({ x }) {
    const { near, times } = withinReach(x)
    const t = sub(near, 1)
    return add(log1p(add(t, mul(sqrt(t), sqrt(add(t, 2))))), log(times))
  },
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1)))) },
})

/** z = the number whose tanh is x, for -1 <= x <= 1, exact for small x; infinite at both ends, as its slope.  x[...] -> [...] */
export const atanh = (x: Tensor): Tensor => apply(atanhOp, { x })
export const atanhOp = defineOp({
  name: 'atanh',
  signature,
  equation: 'ln((1 + x) / (1 - x)) / 2',
  domain: { x: { ...reals, low: -0.9, high: 0.9 } },
  examples: [{ inputs: { x: [0, 1e-20, -0.5, 1] }, z: [0, 1e-20, -0.5493061443340549, Infinity] }],
  compose({ x }) {
    const a = abs(x)
    return mul(mul(sign(x), 0.5), log1p(div(add(a, a), sub(1, a))))
  },
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => div(dz, mul(sub(1, x), add(1, x))) },
})
