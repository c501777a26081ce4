import { checkFinite, checkNumber, type OptionNames } from '../../engine/check.ts'
import { add, mul, neg, relu, softplus, stopGradient, sub } from '../../engine/index.ts'
import { logSum, maskOf, meanOf } from './masked.ts'
import { optionsOf, type PairLoss, pairLoss } from './pairLoss.ts'

export interface CircleOptions {
  /** The relaxation, 0 < m < 1. Default 0.25, the paper's for faces. */
  m?: number
  /** The scale, > 0. Default 256, the paper's for faces; 128 for re-identification, and 80 with m = 0.4 for retrieval. */
  gamma?: number
}

export const CIRCLE_OPTIONS = { m: ['margin'], gamma: ['scale', 's'] } satisfies OptionNames<CircleOptions>

/**
 * mean over i of ln(1 + sum_n e^{gamma [s_in + m]_+ (s_in - m)} sum_p e^{-gamma [1 + m - s_ip]_+ (s_ip - 1 + m)}), s = cos: circle loss,
 * Sun 2020, arXiv:2002.10857, equation 6, the weights [..]_+ constant to the gradient, over the anchors with pairs of both kinds.
 * x[N,D] y[N] -> []
 *
 * pytorch-metric-learning 2.8: `{ m: 0.4, gamma: 80 }`.
 */
export function circle(options?: CircleOptions): PairLoss {
  const name = 'circle'
  const { m = 0.25, gamma = 256 } = optionsOf(name, options, CIRCLE_OPTIONS)
  checkNumber(name, 'm', m, 0, 1)
  checkFinite(name, 'gamma', gamma)
  return pairLoss(name, ({ same, other, sames, others, cosines }) => {
    const s = cosines()
    const fixed = stopGradient(s)
    const p = neg(mul(mul(relu(sub(1 + m, fixed)), sub(s, 1 - m)), gamma))
    const n = mul(mul(relu(add(fixed, m)), sub(s, m)), gamma)
    const losses = softplus(add(logSum(p, same), logSum(n, other)))
    return meanOf(
      losses,
      maskOf(
        sames.map((list, i) => list.length > 0 && others[i] > 0),
        losses,
      ),
    )
  })
}
