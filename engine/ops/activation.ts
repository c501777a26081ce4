import { finite, flag, real } from '../attrs.ts'
import { checkNoMore, checkOptions, type OptionNames } from '../check.ts'
import { like } from '../create.ts'
import { awayFrom, reals } from '../domain.ts'
import { apply, defineOp, unaryOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { preluGrad, preluSlopeGrad } from './adjoints/preluGrad.ts'
import { reluGrad } from './adjoints/reluGrad.ts'
import { erfc, exp } from './analytic.ts'
import { add, mul, neg, sub } from './arithmetic.ts'
import { unbroadcast } from './reduce.ts'
import { greater, greaterEqual, lessEqual, where } from './select.ts'

const signature = 'x[...] -> [...]'

/** z = |x|; the slope at 0 is 0.  x[...] -> [...] */
export const abs = (x: Tensor): Tensor => apply(absOp, { x })
export const absOp = unaryOp('abs', {
  equation: '|x|',
  domain: { x: awayFrom(0) },
  integers: true,
  examples: [{ inputs: { x: [-2, 0, 3] }, z: [2, 0, 3], grads: { x: [-1, 0, 1] } }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, sign(x)) },
})

/** z = -1, 0 or 1, as x is; without a gradient.  x[...] -> [...] */
export const sign = (x: Tensor): Tensor => apply(signOp, { x })
export const signOp = unaryOp('sign', {
  equation: 'sign x',
  domain: { x: awayFrom(0) },
  integers: true,
  examples: [{ inputs: { x: [-2, 0, 3] }, z: [-1, 0, 1] }],
  vjp: { x: 'nondifferentiable' },
})

/** z = 1 / (1 + e^-x).  x[...] -> [...] */
export const sigmoid = (x: Tensor): Tensor => apply(sigmoidOp, { x })
export const sigmoidOp = unaryOp('sigmoid', {
  equation: '1 / (1 + e^-x)',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 800, -800] }, z: [0.5, 1, 0] }],
  reads: { x: ['->'] },
  vjp: { x: ({ dz, z }) => mul(dz, mul(z, sub(1, z))) },
})

/** z = ln(1 + e^x), without overflow.  x[...] -> [...] */
export function softplus(x: Tensor, ...none: never[]): Tensor {
  checkNoMore('softplus', none, 'softplus(x); softplus(x.mul(beta)).div(beta) is that of another slope')
  return apply(softplusOp, { x })
}
export const softplusOp = unaryOp('softplus', {
  equation: 'ln(1 + e^x)',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 800, -800] }, z: [Math.LN2, 800, 0] }],
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x } }) => mul(dz, sigmoid(x)) },
})

/** z = max(x, 0); the slope at 0 is 0.  x[...] -> [...] */
export const relu = (x: Tensor): Tensor => apply(reluOp, { x })
export const reluOp = unaryOp('relu', {
  equation: 'max(x, 0)',
  domain: { x: awayFrom(0) },
  examples: [{ inputs: { x: [-1, 0, 2] }, z: [0, 0, 2], grads: { x: [0, 0, 1] } }],
  reads: { x: ['->'] },
  vjp: { x: ({ dz, z }) => reluGrad(dz, z) },
})

/** z = x where x > 0, else slope x; the slope at 0 is `slope`, default 0.01.  x[...] -> [...] */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => apply(leakyReluOp, { x }, { slope })
export const leakyReluOp = defineOp<'x', { slope: number }>({
  name: 'leakyRelu',
  signature,
  equation: 'x > 0 ? x : slope x',
  domain: { x: awayFrom(0) },
  attrs: { slope: finite },
  examples: [
    { inputs: { x: [-4, 0, 2] }, attrs: { slope: 0.25 }, z: [-1, 0, 2], grads: { x: [0.25, 0.25, 1] } },
  ],
  sample: rng => ({
    shapes: { x: [rng.integer(1, 4), rng.integer(1, 4)] },
    attrs: { slope: rng.uniform(0.1, 0.5) },
  }),
  compose: ({ x }, { slope }) => prelu(x, like('leakyRelu', slope, x)),
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x }, attrs: { slope } }) => preluGrad(dz, x, like('leakyRelu', slope, x)) },
})

/** z = x where x > 0, else slope x, slopes learned (He 2015).  x[...] slope[...] -> [...] */
export const prelu = (x: Tensor, slope: Tensor): Tensor => apply(preluOp, { x, slope })
export const preluOp = defineOp({
  name: 'prelu',
  signature: 'x[...] slope[...] -> [...]',
  equation: 'x > 0 ? x : slope x',
  domain: { x: awayFrom(0), slope: reals },
  examples: [
    { inputs: { x: [-4, 0, 2], slope: 0.5 }, z: [-2, 0, 2], grads: { x: [0.5, 0.5, 1], slope: -4 } },
  ],
  compose: ({ x, slope }) => where(greater(x, 0), x, mul(x, slope)),
  fused: (k, { x, slope }, _, shape) => k.prelu?.(x, slope, shape),
  reads: { x: ['x', 'slope'], slope: ['x'] },
  vjp: {
    x: ({ dz, inputs: { x, slope } }) => unbroadcast(preluGrad(dz, x, slope), x.shape),
    slope: ({ dz, inputs: { x, slope } }) => preluSlopeGrad(dz, x, slope.shape),
  },
})

interface GeluOptions {
  tanh?: boolean
}

/** z = x Phi(x), Phi the normal distribution's; `tanh: true` is the approximation of Hendrycks 2016.  x[...] -> [...] */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  checkOptions('gelu', options, { tanh: true } satisfies OptionNames<GeluOptions>)
  return apply(geluOp, { x }, { tanh: options.tanh ?? false })
}
export const geluOp = defineOp<'x', { tanh: boolean }>({
  name: 'gelu',
  signature,
  equation: 'x Phi(x)',
  domain: { x: reals },
  attrs: { tanh: flag },
  examples: [
    { inputs: { x: [0, 1, -1] }, attrs: { tanh: false }, z: [0, 0.8413447460685429, -0.15865525393145707] },
  ],
  sample: rng => ({ shapes: { x: [rng.integer(1, 6)] }, attrs: { tanh: rng.uniform() < 0.5 } }),
  // 1 + tanh u, or 1 + erf, would lose its digits far below 0: it is 2 sigmoid(2 u), or erfc of minus that.
  compose({ x }, attrs) {
    if (attrs.tanh) return mul(x, sigmoid(doubled(x)))
    return mul(mul(x, 0.5), erfc(mul(x, -Math.SQRT1_2)))
  },
  reads: { x: ['x'] },
  vjp: { x: ({ dz, inputs: { x }, attrs: { tanh } }) => mul(dz, tanh ? tanhSlope(x) : exactSlope(x)) },
})

/** 2 u = 2 sqrt(2 / pi) (x + 0.044715 x^3), of which gelu's approximation takes the tanh of half. */
const doubled = (x: Tensor): Tensor => mul(x, add(mul(mul(x, x), CUBIC), LINEAR))
const LINEAR = 2 * Math.sqrt(2 / Math.PI)
const CUBIC = LINEAR * 0.044715

/** s(v) + x s(v) s(-v) dv/dx, v = 2 u; s(-v) keeps the digits that 1 - s(v) loses far above 0. */
function tanhSlope(far: Tensor): Tensor {
  // Beyond, the slope stays as it is, where a cube would overflow.
  const x = clamp(far, -100, 100)
  const v = doubled(x)
  const s = sigmoid(v)
  return add(s, mul(mul(x, mul(s, sigmoid(neg(v)))), add(mul(mul(x, x), 3 * CUBIC), LINEAR)))
}

/** Phi(x) + x phi(x). */
function exactSlope(x: Tensor): Tensor {
  const phi = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return add(mul(erfc(mul(x, -Math.SQRT1_2)), 0.5), mul(x, phi))
}

/** z = min(max(x, low), high); the slope at both bounds is 1.  x[...] -> [...] */
export const clamp = (x: Tensor, low: number, high: number): Tensor => apply(clampOp, { x }, { low, high })
export const clampOp = defineOp<'x', { low: number; high: number }>({
  name: 'clamp',
  signature,
  equation: 'min(max(x, low), high)',
  domain: { x: awayFrom(-1, 1) },
  integers: true,
  attrs: { low: real(), high: real() },
  examples: [
    {
      inputs: { x: [-2, -1, 0, 1, 2] },
      attrs: { low: -1, high: 1 },
      z: [-1, -1, 0, 1, 1],
      grads: { x: [0, 1, 1, 1, 0] },
    },
  ],
  sample: rng => ({ shapes: { x: [rng.integer(4, 8)] }, attrs: { low: -1, high: 1 } }),
  shape({ x }, { low, high }) {
    if (!(low <= high)) throw new Error(`clamp: low <= high expected, got ${low} and ${high}`)
    return x
  },
  compose: ({ x }, { low, high }) => where(lessEqual(x, low), low, where(greaterEqual(x, high), high, x)),
  reads: { x: ['x'] },
  vjp: {
    x: ({ dz, inputs: { x }, attrs: { low, high } }) =>
      mul(dz, mul(greaterEqual(x, low), lessEqual(x, high))),
  },
})
