import { checkFlag, checkGiven, type OptionNames } from '../../engine/check.ts'
import { add, mul, sub } from '../../engine/index.ts'
import { checkAtLeast0, checkBelow1, type Groups, trained } from './groups.ts'
import { type Optimizer, optimizer } from './optimizer.ts'

export interface SgdOptions {
  lr: number
  /** mu. Default 0: no memory. */
  momentum?: number
  /** Look ahead along the momentum; needs one. Default false. */
  nesterov?: boolean
  /** lambda, an L2 penalty that goes into the gradient. Default 0. */
  weightDecay?: number
}

const KNOWN = {
  lr: ['learningRate', 'rate'],
  momentum: true,
  nesterov: true,
  weightDecay: true,
} satisfies OptionNames<SgdOptions>

/**
 * g <- g + lambda p;  b <- mu b + g;  p <- p - lr b, and with Nesterov p <- p - lr (g + mu b): as torch.optim.SGD,
 * without dampening. b starts at 0. (Sutskever 2013 puts the rate inside b; with a constant rate it is the same.)
 */
export function sgd(groups: Groups, options: SgdOptions): Optimizer {
  checkGiven('sgd', options, KNOWN)
  const { lr, momentum = 0, nesterov = false, weightDecay = 0 } = options
  checkAtLeast0('sgd', { lr, weightDecay })
  checkBelow1('sgd', { momentum })
  checkFlag('sgd', 'nesterov', nesterov)
  if (nesterov && momentum === 0) throw new Error('sgd: nesterov needs a momentum above 0, got 0')
  const list = trained('sgd', groups, { lr, weightDecay })
  if (momentum === 0) {
    return optimizer('sgd', lr, list, [], (p, g, _, rates) => ({
      p: sub(p, mul(rates.weightDecay === 0 ? g : add(g, mul(p, rates.weightDecay)), rates.lr)),
    }))
  }
  return optimizer('sgd', lr, list, ['b'], (p, g, { b }, rates) => {
    const slope = rates.weightDecay === 0 ? g : add(g, mul(p, rates.weightDecay))
    const next = add(mul(b, momentum), slope)
    return { p: sub(p, mul(nesterov ? add(slope, mul(next, momentum)) : next, rates.lr)), b: next }
  })
}
