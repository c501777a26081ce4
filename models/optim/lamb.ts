import { checkList, checkOptions, type OptionNames } from '../../engine/check.ts'
import { add, div, greater, mul, norm, sqrt, sub, type Tensor, tidy, where } from '../../engine/index.ts'
import { recorded } from '../../engine/recipe.ts'
import { placeOfRows } from '../../engine/tableRows.ts'
import { checkAtLeast0, checkBelow1 } from '../checks.ts'
import { type Groups, trained } from './groups.ts'
import { runningMean } from './moments.ts'
import { type Optimizer, optimizer } from './optimizer.ts'

export interface LambOptions {
  /** Default 1e-3. */
  lr?: number
  /** Decay rates of the two moments. Default [0.9, 0.999]. */
  betas?: readonly [number, number]
  /** Added to the root of the second moment. Default 1e-6. */
  eps?: number
  /** lambda, decoupled. Default 0.01. */
  weightDecay?: number
}

const KNOWN = {
  lr: ['learningRate', 'rate'],
  betas: true,
  eps: ['epsilon'],
  weightDecay: true,
} satisfies OptionNames<LambOptions>

/**
 * u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + lambda p;  p <- p - lr ‖p‖ / ‖u‖ u for each parameter, m and v as in `adam`: LAMB, You 2020,
 * arXiv:1904.00962, algorithm 2, for large batches. Where p or u is all 0 the ratio is 1.
 *
 * The paper's phi, which may bound ‖p‖, is the identity here. Public code parts: timm scales parameters that do not decay by 1.
 */
export function lamb(groups: Groups, options: LambOptions = {}): Optimizer {
  const op = 'lamb'
  checkOptions(op, options, KNOWN)
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-6, weightDecay = 0.01 } = options
  checkList(op, 'betas', betas, '[0.9, 0.999]', 2)
  const [b1, b2] = betas
  checkAtLeast0(op, { lr, eps, weightDecay })
  checkBelow1(op, { 'betas[0]': b1, 'betas[1]': b2 })
  const list = trained(op, groups, { lr, weightDecay })
  const rows = Object.keys(list).find(name => placeOfRows(list[name].parameter))
  if (rows !== undefined) {
    // The length of a table is not that of the rows that a step sees.
    throw new Error(
      `${op}: parameters that hold all their values expected, got ${rows}, rows of sampledClasses`,
    )
  }
  const made = optimizer(op, lr, list, ['m', 'v'], (p, g, last, rates, t) => {
    const m = runningMean(last.m, g, b1)
    const v = tidy(() => runningMean(last.v, mul(g, g), b2))
    const root = (): Tensor => tidy(() => add(mul(sqrt(v), 1 / Math.sqrt(1 - b2 ** t)), eps))
    const own = tidy(() => mul(div(m, root()), 1 / (1 - b1 ** t)))
    const along = rates.weightDecay === 0 ? own : tidy(() => add(own, mul(p, rates.weightDecay)))
    return { p: tidy(() => sub(p, mul(along, mul(trustRatio(p, along), rates.lr)))), m, v }
  })
  return recorded(made, op, { betas, eps, rates: list })
}

/** ‖p‖ / ‖u‖, or 1 where one of them is 0.  -> [] */
function trustRatio(p: Tensor, u: Tensor): Tensor {
  const [a, b] = [norm(p), norm(u)]
  const both = mul(greater(a, 0), greater(b, 0))
  return where(both, div(a, where(both, b, 1)), 1)
}
