import { checkOptions, type OptionNames } from '../../engine/check.ts'
import { add, div, mul, sqrt, sub, tidy } from '../../engine/index.ts'
import { recorded } from '../../engine/recipe.ts'
import { checkAtLeast0 } from '../checks.ts'
import { type Groups, trained } from './groups.ts'
import { decayed } from './moments.ts'
import { type Optimizer, optimizer } from './optimizer.ts'

export interface AdagradOptions {
  /** Default 0.01. */
  lr?: number
  /** eta: the rate at step t = 1, 2, .. is lr / (1 + (t - 1) eta). Default 0. */
  lrDecay?: number
  /** lambda, an L2 penalty that goes into the gradient. Default 0. */
  weightDecay?: number
  /** What the sum of squares begins with, >= 0. Default 0. */
  initialAccumulator?: number
  /** Added to the root of the sum. Default 1e-10. */
  eps?: number
}

const KNOWN = {
  lr: ['learningRate', 'rate'],
  lrDecay: true,
  weightDecay: true,
  initialAccumulator: ['initialAccumulatorValue'],
  eps: ['epsilon'],
} satisfies OptionNames<AdagradOptions>

/**
 * g <- g + lambda p;  s <- s + g^2;  p <- p - lr / (1 + (t - 1) eta) g / (sqrt(s) + eps): Duchi 2011 (JMLR 12), as torch.optim.Adagrad.
 * The state holds s without `initialAccumulator`.
 */
export function adagrad(groups: Groups, options: AdagradOptions = {}): Optimizer {
  const op = 'adagrad'
  checkOptions(op, options, KNOWN)
  const { lr = 0.01, lrDecay = 0, weightDecay = 0, initialAccumulator = 0, eps = 1e-10 } = options
  checkAtLeast0(op, { lr, lrDecay, weightDecay, initialAccumulator, eps })
  const list = trained(op, groups, { lr, weightDecay })
  const made = optimizer(op, lr, list, ['s'], (p, g, last, rates, t) => {
    const slope = decayed(g, p, rates.weightDecay)
    const s = tidy(() => add(last.s, mul(slope, slope)))
    const whole = () => (initialAccumulator === 0 ? s : add(s, initialAccumulator))
    const along = tidy(() => div(slope, add(sqrt(whole()), eps)))
    return { p: tidy(() => sub(p, mul(along, rates.lr / (1 + (t - 1) * lrDecay)))), s }
  })
  return recorded(made, op, { lrDecay, initialAccumulator, eps, rates: list })
}
