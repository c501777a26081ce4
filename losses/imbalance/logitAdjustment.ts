import { checkOptions, type OptionNames, shown } from '../../engine/check.ts'
import { add, keep, type Tensor, tensor } from '../../engine/index.ts'
import type { LossOptions } from '../loss.ts'
import { checkSizesOfClasses } from './sizes.ts'

export interface LogitAdjustment {
  /** n_j, the training images of each class, C numbers > 0; only their ratios count, so priors do as well. */
  readonly sizes: ArrayLike<number>
  /** What the log prior counts, >= 0; 0 adjusts nothing. Default 1: balanced softmax. */
  readonly tau?: number
}

export interface LogitAdjustmentOptions {
  /** Adds tau ln pi_j to the logits of training; `logits` stays free of it. Default: nothing is added. */
  logitAdjustment?: LogitAdjustment
}

export const ADJUSTMENT_OPTIONS = {
  logitAdjustment: ['adjustment', 'priors', 'sizes', 'tau'],
} satisfies OptionNames<LogitAdjustmentOptions>
const KNOWN = { sizes: ['priors', 'counts'], tau: ['temperature'] } satisfies OptionNames<LogitAdjustment>

/**
 * tau ln pi_j, pi_j = n_j / sum_k n_k, to be added to the logit z_j of class j in training: the logit-adjusted loss,
 * Menon 2021, arXiv:2007.07314, equation 10. [C], or undefined where nothing is adjusted.
 *
 * With tau = 1 it is balanced softmax, z_j + ln n_j (Ren 2020, arXiv:2007.10740, theorem 1): the two differ by the
 * same number in every logit. Both papers add to the plain logits <w_j, x>; that it goes with any margin, scale and
 * prototype rule, after the scale s, is ours. Throws unless there are C sizes, finite and > 0 (a class that has no
 * image to train on has no log prior), and tau is finite and >= 0.
 */
export function logPriors(
  op: string,
  { classes, dtype = 'float32', backend, logitAdjustment }: LossOptions & LogitAdjustmentOptions,
): Tensor | undefined {
  if (logitAdjustment === undefined) return undefined
  checkOptions(`${op}: logitAdjustment`, logitAdjustment, KNOWN)
  const { sizes, tau = 1 } = logitAdjustment
  checkSizesOfClasses(`${op}: logitAdjustment`, sizes, classes)
  if (!(typeof tau === 'number' && tau >= 0 && tau < Infinity)) {
    throw new Error(`${op}: logitAdjustment: tau is a finite number >= 0, got ${shown(tau)}`)
  }
  const n = Float64Array.from(sizes)
  const total = n.reduce((a, b) => a + b)
  return keep(
    tensor(
      n.map(nj => tau * Math.log(nj / total)),
      { dtype, backend },
    ),
  )
}

/** The bias of a loss with the log priors, where it has either.  b[C] priors[C] -> [C] */
export const withPriors = (b: Tensor | undefined, priors: Tensor | undefined): Tensor | undefined =>
  b && priors ? add(b, priors) : (b ?? priors)
