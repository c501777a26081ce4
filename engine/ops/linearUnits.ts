import { finite } from '../attrs.ts'
import { checkFinite, checkOptions, type OptionNames } from '../check.ts'
import { awayFrom, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { sigmoid, softplus } from './activation.ts'
import { exp, expm1, tanh } from './analytic.ts'
import { add, mul, neg, sub } from './arithmetic.ts'
import { greater, where } from './select.ts'

const signature = 'x[...] -> [...]'

interface Exponential {
  readonly alpha: number
  readonly scale: number
  readonly inputScale: number
}

interface AlphaOptions {
  /** Default 1. */
  alpha?: number
}

const ALPHA = { alpha: ['a'] } as const satisfies OptionNames<AlphaOptions>

/** z = x where x > 0, else alpha (e^x - 1) (Clevert 2015); the slope at 0 is alpha, as in PyTorch.  x[...] -> [...] */
export function elu(x: Tensor, options: AlphaOptions = {}): Tensor {
  checkOptions('elu', options, ALPHA)
  return apply(eluOp, { x }, { alpha: options.alpha ?? 1, scale: 1, inputScale: 1 })
}

/** z = x where x > 0, else alpha (e^(x / alpha) - 1), alpha above 0 (Barron 2017): its slope at 0 is 1.  x[...] -> [...] */
export function celu(x: Tensor, options: AlphaOptions = {}): Tensor {
  checkOptions('celu', options, ALPHA)
  const { alpha = 1 } = options
  checkFinite('celu', 'alpha', alpha)
  return apply(eluOp, { x }, { alpha, scale: 1, inputScale: 1 / alpha })
}

/**
 * z = scale (x where x > 0, else alpha (e^x - 1)), with the alpha and the scale that keep mean 0 and variance 1
 * (Klambauer 2017); the slope at 0 is scale alpha, as in PyTorch.  x[...] -> [...]
 */
export const selu = (x: Tensor): Tensor =>
  apply(eluOp, { x }, { alpha: 1.6732632423543772, scale: 1.0507009873554805, inputScale: 1 })

export const eluOp = defineOp<'x', Exponential>({
  name: 'elu',
  signature,
  equation: 'scale (x > 0 ? x : alpha (e^(inputScale x) - 1))',
  domain: { x: awayFrom(0) },
  attrs: { alpha: finite, scale: finite, inputScale: finite },
  examples: [
    {
      inputs: { x: [-800, 0, 2] },
      attrs: { alpha: 0.5, scale: 3, inputScale: 2 },
      z: [-1.5, 0, 6],
      grads: { x: [0, 3, 3] },
    },
  ],
  sample: rng => ({
    shapes: { x: [rng.integer(1, 6)] },
    attrs: { alpha: rng.uniform(0.5, 2), scale: rng.uniform(0.5, 2), inputScale: rng.uniform(0.5, 2) },
  }),
  compose({ x }, { alpha, scale, inputScale }) {
    const above = greater(x, 0)
    const below = mul(expm1(mul(where(above, 0, x), inputScale)), scale * alpha)
    return where(above, scale === 1 ? x : mul(x, scale), below)
  },
  reads: { x: ['x'] },
  vjp: {
    x({ dz, inputs: { x }, attrs: { alpha, scale, inputScale } }) {
      const above = greater(x, 0)
      const below = mul(exp(mul(where(above, 0, x), inputScale)), scale * alpha * inputScale)
      return mul(dz, where(above, scale, below))
    },
  },
})

/** z = x / (1 + e^-x), also called swish (Hendrycks 2016, Elfwing 2017).  x[...] -> [...] */
export const silu = (x: Tensor): Tensor => apply(siluOp, { x })
export const siluOp = defineOp({
  name: 'silu',
  signature,
  equation: 'x / (1 + e^-x)',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 800, -800] }, z: [0, 800, 0], grads: { x: [0.5, 1, 0] } }],
  compose: ({ x }) => mul(x, sigmoid(x)),
  reads: { x: ['x'] },
  vjp: {
    // s(-x) keeps the digits that 1 - s(x) loses far above 0.
    x({ dz, inputs: { x } }) {
      const s = sigmoid(x)
      return mul(dz, add(s, mul(x, mul(s, sigmoid(neg(x))))))
    },
  },
})

/** z = x tanh(ln(1 + e^x)) (Misra 2019).  x[...] -> [...] */
export const mish = (x: Tensor): Tensor => apply(mishOp, { x })
export const mishOp = defineOp({
  name: 'mish',
  signature,
  equation: 'x tanh(ln(1 + e^x))',
  domain: { x: reals },
  examples: [{ inputs: { x: [0, 800, -800] }, z: [0, 800, 0], grads: { x: [0.6, 1, 0] } }],
  compose: ({ x }) => mul(x, tanh(softplus(x))),
  reads: { x: ['x'] },
  vjp: {
    x({ dz, inputs: { x } }) {
      const t = tanh(softplus(x))
      return mul(dz, add(t, mul(mul(x, sigmoid(x)), sub(1, mul(t, t)))))
    },
  },
})
