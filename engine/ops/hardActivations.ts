import { finite } from '../attrs.ts'
import { checkNoMore, checkNumber, checkOptions, type OptionNames } from '../check.ts'
import { awayFrom, type Domain, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { abs, clamp } from './activation.ts'
import { add, div, mul } from './arithmetic.ts'
import { greater, greaterEqual, less, lessEqual, where } from './select.ts'

const signature = 'x[...] -> [...]'

interface Line {
  readonly alpha: number
  readonly beta: number
}

/** Away from where the line meets 0 and 1, for the two lines that the tests draw. */
const around: Domain = { kind: 'float', low: -4, high: 4, avoid: [-3, 1, 3], margin: 0.05 }

const LINE = { alpha: ['slope'], beta: ['offset'] } as const satisfies OptionNames<Line>

/**
 * z = min(max(alpha x + beta, 0), 1); alpha is 1/6 and beta 1/2 by default, as in PyTorch (0.2 and 0.5 in ONNX). The slope
 * where the line meets 0 and 1 is 0.  x[...] -> [...]
 */
export function hardsigmoid(x: Tensor, options: Partial<Line> = {}): Tensor {
  checkOptions('hardsigmoid', options, LINE)
  return apply(hardsigmoidOp, { x }, { alpha: options.alpha ?? 1 / 6, beta: options.beta ?? 0.5 })
}
export const hardsigmoidOp = defineOp<'x', Line>({
  name: 'hardsigmoid',
  signature,
  equation: 'min(max(alpha x + beta, 0), 1)',
  domain: { x: around },
  attrs: { alpha: finite, beta: finite },
  examples: [
    {
      inputs: { x: [-4, -2, 0, 2, 4] },
      attrs: { alpha: 0.25, beta: 0.5 },
      z: [0, 0, 0.5, 1, 1],
      grads: { x: [0, 0, 0.25, 0, 0] },
    },
  ],
  sample: rng => ({
    shapes: { x: [rng.integer(4, 8)] },
    attrs: rng.uniform() < 0.5 ? { alpha: 1 / 6, beta: 0.5 } : { alpha: 0.25, beta: 0.75 },
  }),
  compose: ({ x }, { alpha, beta }) => clamp(add(mul(x, alpha), beta), 0, 1),
  reads: { x: ['->'] },
  vjp: {
    x: ({ dz, z, attrs: { alpha } }) => mul(mul(dz, alpha), mul(greater(z, 0), less(z, 1))),
  },
})

/** z = x min(max(x / 6 + 1/2, 0), 1) (Howard 2019); the slope is 0 at -3 and 1 at 3.  x[...] -> [...] */
export const hardswish = (x: Tensor): Tensor => apply(hardswishOp, { x })
export const hardswishOp = defineOp({
  name: 'hardswish',
  signature,
  equation: 'x min(max(x / 6 + 1/2, 0), 1)',
  domain: { x: around },
  examples: [{ inputs: { x: [-4, -3, 0, 3, 4] }, z: [0, 0, 0, 3, 4], grads: { x: [0, 0, 0.5, 1, 1] } }],
  compose: ({ x }) => mul(x, hardsigmoid(x)),
  reads: { x: ['x'] },
  vjp: {
    x({ dz, inputs: { x } }) {
      const rising = where(lessEqual(x, -3), 0, add(div(x, 3), 0.5))
      return mul(dz, where(greaterEqual(x, 3), 1, rising))
    },
  },
})

/** z = x / (1 + |x|).  x[...] -> [...] */
export const softsign = (x: Tensor): Tensor => apply(softsignOp, { x })
export const softsignOp = defineOp({
  name: 'softsign',
  signature,
  equation: 'x / (1 + |x|)',
  domain: { x: awayFrom(0) },
  examples: [{ inputs: { x: [-3, 0, 1] }, z: [-0.75, 0, 0.5], grads: { x: [0.0625, 1, 0.25] } }],
  compose: ({ x }) => div(x, add(abs(x), 1)),
  reads: { x: ['x'] },
  vjp: {
    x({ dz, inputs: { x } }) {
      const below = add(abs(x), 1)
      return div(dz, mul(below, below))
    },
  },
})

/** z = x where x > alpha, else 0; alpha is 1 by default, as in ONNX; the slope at alpha is 0.  x[...] -> [...] */
export function thresholdedRelu(x: Tensor, alpha = 1, ...none: never[]): Tensor {
  checkNoMore('thresholdedRelu', none, 'thresholdedRelu(x, alpha)')
  checkNumber('thresholdedRelu', 'alpha', alpha)
  return apply(thresholdedReluOp, { x }, { alpha })
}
export const thresholdedReluOp = defineOp<'x', { alpha: number }>({
  name: 'thresholdedRelu',
  signature,
  equation: 'x > alpha ? x : 0',
  domain: { x: { ...reals, avoid: [1], margin: 0.05 } },
  attrs: { alpha: finite },
  examples: [{ inputs: { x: [0.5, 1, 2] }, attrs: { alpha: 1 }, z: [0, 0, 2], grads: { x: [0, 0, 1] } }],
  sample: rng => ({ shapes: { x: [rng.integer(4, 8)] }, attrs: { alpha: 1 } }),
  compose: ({ x }, { alpha }) => where(lessEqual(x, alpha), 0, x),
})
