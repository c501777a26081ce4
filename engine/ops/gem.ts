import { positiveNumber } from '../attrs.ts'
import { checkFinite, checkOptions, type OptionNames, refusal } from '../check.ts'
import { positive } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, format } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { clamp } from './activation.ts'
import { pow } from './analytic.ts'
import { div, mul, stopGradient } from './arithmetic.ts'
import { max } from './extremes.ts'
import { reshape } from './reduce.ts'
import { minimum } from './select.ts'
import { mean } from './statistics.ts'

/** Infinity is a part of this, not of itself. */
const mostOf = ({ dtype }: Tensor): number => (dtype === 'float64' ? 1e300 : 1e38)

const signature = 'x[N,H,W,C] p[1] -> [N,C]'

interface GemOptions {
  /** The least that x is taken for: powers of less have no gradient, or none that is finite. Default 1e-6. */
  eps?: number
}

const GEM = { eps: true } as const satisfies OptionNames<GemOptions>

/**
 * z = (mean over height and width of max(x, eps)^p)^(1/p), generalised-mean pooling (Radenović 2018): the mean at p = 1, and
 * nearer to the maximum the larger p is. p may be learned.  x[N,H,W,C] p[1] -> [N,C]
 */
export function gem(x: Tensor, p: Tensor, options: GemOptions = {}): Tensor {
  checkTensor('gem', 'x', x)
  checkOptions('gem', options, GEM)
  const { eps = 1e-6 } = options
  checkFinite('gem', 'eps', eps)
  if (x.dtype === 'float32' && Math.fround(eps) === 0)
    throw refusal('gem', 'eps as a number of float32 above 0', eps)
  return apply(gemOp, { x, p }, { eps })
}
export const gemOp = defineOp<'x' | 'p', { eps: number }>({
  name: 'gem',
  signature,
  equation: '(mean over h and w of max(x, eps)^p)^(1/p)',
  domain: { x: positive, p: { ...positive, low: 1 } },
  attrs: { eps: positiveNumber },
  examples: [
    { inputs: { x: [[[[3], [-1]]]], p: [2] }, attrs: { eps: 1 }, z: [[Math.sqrt(5)]] },
    {
      inputs: { x: [[[[0], [-1]]]], p: [100] },
      attrs: { eps: 1e-6 },
      z: [[1e-6]],
      grads: { x: [[[[0], [0]]]], p: [0] },
    },
  ],
  sample(rng) {
    const x = [rng.integer(1, 2), rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 2)]
    return { shapes: { x, p: [1] }, attrs: { eps: 1e-6 } }
  },
  shape({ x, p }) {
    const z = bind('gem', signature, { x, p })
    if (x[1] > 0 && x[2] > 0) return z
    throw new Error(`gem: an image with a place expected, got ${format(x)}`)
  },
  // Of parts of a channel's largest, whose powers do not overflow and do not all vanish; nothing depends on what they are parts of.
  compose({ x, p }, { eps }, shape) {
    const values = clamp(x, eps, Number.POSITIVE_INFINITY)
    const largest = minimum(stopGradient(max(values, { axis: [1, 2], keepDims: true })), mostOf(x))
    const part = pow(mean(pow(div(values, largest), p), { axis: [1, 2] }), div(1, p))
    return mul(reshape(largest, shape), part)
  },
})
