import { checkFlag, checkOptions, type OptionNames } from '../../engine/check.ts'
import { add, div, maximum, mul, sqrt, sub, type Tensor, tidy } from '../../engine/index.ts'
import { recorded } from '../../engine/recipe.ts'
import { checkAtLeast0, checkBelow1 } from '../checks.ts'
import { type Groups, trained } from './groups.ts'
import { decayed, runningMean } from './moments.ts'
import { type Optimizer, optimizer } from './optimizer.ts'

export interface RmspropOptions {
  /** Default 0.01. */
  lr?: number
  /** How slowly the mean square moves, from 0 to below 1. Default 0.99. */
  alpha?: number
  /** Added to the root of the mean square. Default 1e-8. */
  eps?: number
  /** lambda, an L2 penalty that goes into the gradient. Default 0. */
  weightDecay?: number
  /** mu. Default 0: no memory. */
  momentum?: number
  /** The variance in the place of the mean square: the mean gradient's square is taken off. Default false. */
  centered?: boolean
}

const KNOWN = {
  lr: ['learningRate', 'rate'],
  alpha: ['rho', 'decay'],
  eps: ['epsilon'],
  weightDecay: true,
  momentum: true,
  centered: ['centred'],
} satisfies OptionNames<RmspropOptions>

/**
 * g <- g + lambda p;  v <- alpha v + (1 - alpha) g^2;  b <- mu b + g / (sqrt(v) + eps);  p <- p - lr b: Hinton's RMSprop, as
 * torch.optim.RMSprop; with `centered`, sqrt(v - m^2) for sqrt(v), m <- alpha m + (1 - alpha) g: Graves 2013, arXiv:1308.0850, whose eps is
 * inside the root. v, m and b start at 0, without correction. A v - m^2 that rounding brings below 0 counts as 0, where PyTorch has NaN.
 */
export function rmsprop(groups: Groups, options: RmspropOptions = {}): Optimizer {
  const op = 'rmsprop'
  checkOptions(op, options, KNOWN)
  const { lr = 0.01, alpha = 0.99, eps = 1e-8, weightDecay = 0, momentum = 0, centered = false } = options
  checkAtLeast0(op, { lr, eps, weightDecay })
  checkBelow1(op, { alpha, momentum })
  checkFlag(op, 'centered', centered)
  const list = trained(op, groups, { lr, weightDecay })
  const moments = ['v', ...(centered ? ['m'] : []), ...(momentum > 0 ? ['b'] : [])]
  const made = optimizer(op, lr, list, moments, (p, g, last, rates) => {
    const slope = decayed(g, p, rates.weightDecay)
    const next: Record<string, Tensor> = { v: tidy(() => runningMean(last.v, mul(slope, slope), alpha)) }
    if (centered) next.m = runningMean(last.m, slope, alpha)
    const spread = centered ? tidy(() => variance(next.v, next.m)) : next.v
    const along = tidy(() =>
      div(
        slope,
        tidy(() => add(sqrt(spread), eps)),
      ),
    )
    if (momentum > 0) next.b = tidy(() => add(mul(last.b, momentum), along))
    return { ...next, p: tidy(() => sub(p, mul(next.b ?? along, rates.lr))) }
  })
  return recorded(made, op, { alpha, eps, momentum, centered, rates: list })
}

const variance = (v: Tensor, m: Tensor): Tensor =>
  maximum(
    tidy(() => sub(v, mul(m, m))),
    0,
  )
