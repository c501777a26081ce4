import { checkFlag, checkGiven, checkList, checkOptions, type OptionNames } from '../../engine/check.ts'
import { recorded } from '../../engine/recipe.ts'
import { checkAtLeast0, checkBelow1 } from '../checks.ts'
import { adamMoments, adamRules } from './adamRules.ts'
import { type Groups, trained } from './groups.ts'
import { type Optimizer, optimizer } from './optimizer.ts'
import { sgdRules } from './sgdRules.ts'

export interface SgdOptions {
  lr: number
  /** mu. Default 0: no memory. */
  momentum?: number
  /** delta: b takes in (1 - delta) g, from the second step on. From 0 to below 1. Default 0. */
  dampening?: number
  /** Look ahead along the momentum; needs one, and no dampening. Default false. */
  nesterov?: boolean
  /** lambda, an L2 penalty that goes into the gradient. Default 0. */
  weightDecay?: number
}

const SGD = {
  lr: ['learningRate', 'rate'],
  momentum: true,
  dampening: true,
  nesterov: true,
  weightDecay: true,
} satisfies OptionNames<SgdOptions>

/**
 * g <- g + lambda p;  b <- mu b + (1 - delta) g;  p <- p - lr b, and with Nesterov p <- p - lr (g + mu b): as torch.optim.SGD.
 * b starts at 0, and its first step is undampened: b = g. (Sutskever 2013 puts the rate inside b; with a constant rate it is the same.)
 */
export function sgd(groups: Groups, options: SgdOptions): Optimizer {
  checkGiven('sgd', options, SGD)
  const { lr, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = options
  checkAtLeast0('sgd', { lr, weightDecay })
  checkBelow1('sgd', { momentum, dampening })
  checkFlag('sgd', 'nesterov', nesterov)
  if (nesterov && momentum === 0) throw new Error('sgd: nesterov needs a momentum above 0, got 0')
  if (nesterov && dampening > 0) throw new Error(`sgd: nesterov needs a dampening of 0, got ${dampening}`)
  const list = trained('sgd', groups, { lr, weightDecay })
  const { move, bounds } = sgdRules({ momentum, dampening, nesterov })
  const made = optimizer('sgd', lr, list, momentum === 0 ? [] : ['b'], move, { bounds })
  return recorded(made, 'sgd', { momentum, dampening, nesterov, rates: list })
}

export interface AdamOptions {
  /** Default 1e-3. */
  lr?: number
  /** Decay rates of the two moments. Default [0.9, 0.999]. */
  betas?: readonly [number, number]
  /** Added to the root of the second moment. Default 1e-8. */
  eps?: number
  /** lambda. Default 0 in adam, 0.01 in adamW. */
  weightDecay?: number
  /** AMSGrad: the largest v so far in the place of v. Default false. */
  amsgrad?: boolean
}

const ADAM = {
  lr: ['learningRate', 'rate'],
  betas: true,
  eps: true,
  weightDecay: true,
  amsgrad: ['amsGrad', 'ams'],
} satisfies OptionNames<AdamOptions>

/**
 * m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;
 * p <- p - lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps): Kingma 2015, as torch.optim.Adam. Weight decay is an
 * L2 penalty: g + lambda p stands for g. With `amsgrad` the largest v of all steps stands for v, and rates never grow: Reddi 2018,
 * arXiv:1904.09237, where bias is corrected after the maximum is taken, as in PyTorch; the paper corrects none.
 */
export function adam(groups: Groups, options: AdamOptions = {}): Optimizer {
  return build('adam', groups, options, { weightDecay: 0, decoupled: false })
}

/** Adam whose weight decay shrinks p by 1 - lr lambda beforehand: Loshchilov 2019, as torch.optim.AdamW. */
export function adamW(groups: Groups, options: AdamOptions = {}): Optimizer {
  return build('adamW', groups, options, { weightDecay: 0.01, decoupled: true })
}

function build(
  name: 'adam' | 'adamW',
  groups: Groups,
  options: AdamOptions,
  { decoupled, ...own }: { weightDecay: number; decoupled: boolean },
): Optimizer {
  checkOptions(name, options, ADAM)
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = own.weightDecay } = options
  const { amsgrad = false } = options
  checkList(name, 'betas', betas, '[0.9, 0.999]', 2)
  const [b1, b2] = betas
  checkAtLeast0(name, { lr, eps, weightDecay })
  checkBelow1(name, { 'betas[0]': b1, 'betas[1]': b2 })
  checkFlag(name, 'amsgrad', amsgrad)
  const list = trained(name, groups, { lr, weightDecay })
  const { move, catchUp, bounds } = adamRules({ betas, eps, amsgrad, decoupled })
  const made = optimizer(name, lr, list, adamMoments(amsgrad), move, { catchUp, bounds })
  return recorded(made, name, { betas, eps, amsgrad, rates: list })
}
