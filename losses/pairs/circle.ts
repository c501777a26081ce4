import { checkFinite, checkName, type OptionNames, refusal } from '../../engine/check.ts'
import { add, mul, neg, relu, softplus, stopGradient, sub, type Tensor } from '../../engine/index.ts'
import { type Average, logSum, maskOf, positiveMean } from './masked.ts'
import { optionsOf, type PairLoss, pairLoss } from './pairLoss.ts'

export interface CircleOptions {
  /** The relaxation, 0 < m < 1. Default 0.25, the paper's for faces. */
  m?: number
  /** The scale, > 0. Default 256, the paper's for faces; 128 for re-identification, and 80 with m = 0.4 for retrieval. */
  gamma?: number
  /** The mean over anchors with pairs of both kinds, or over those of them whose loss is above 0. Default all. */
  average?: Average
}

export const CIRCLE_OPTIONS = {
  m: ['margin'],
  gamma: ['scale', 's'],
  average: ['reducer'],
} satisfies OptionNames<CircleOptions>

/**
 * mean over i of ln(1 + sum_n e^{gamma [s_in + m]_+ (s_in - m)} sum_p e^{-gamma [1 + m - s_ip]_+ (s_ip - 1 + m)}), s = cos: circle loss,
 * Sun 2020, arXiv:2002.10857, equation 6, the weights [..]_+ constant to the gradient, over the anchors with pairs of both kinds; 0 of
 * none.  x[N,D] y[N] -> []
 *
 * pytorch-metric-learning 2.8: `{ m: 0.4, gamma: 80, average: 'nonzero' }`, where a loss that is 0 but for rounding drops out of the mean.
 */
export const circle = (options?: CircleOptions): PairLoss => circleOf(options, stopGradient)

/** The same with weights of the cosines that `weighed` gives. */
export function circleOf(options: CircleOptions | undefined, weighed: (s: Tensor) => Tensor): PairLoss {
  const name = 'circle'
  const { m = 0.25, gamma = 256, average = 'all' } = optionsOf(name, options, CIRCLE_OPTIONS)
  if (!(typeof m === 'number' && m > 0 && m < 1)) throw refusal(name, 'm as a number above 0 and below 1', m)
  checkFinite(name, 'gamma', gamma)
  checkName(name, 'average', average, ['all', 'nonzero'])
  return pairLoss(name, ({ same, other, sames, others, cosines }) => {
    const s = cosines()
    const fixed = weighed(s)
    const p = neg(mul(mul(relu(sub(1 + m, fixed)), sub(s, 1 - m)), gamma))
    const n = mul(mul(relu(add(fixed, m)), sub(s, m)), gamma)
    const losses = softplus(add(logSum(p, same), logSum(n, other)))
    const both = sames.map((list, i) => list.length > 0 && others[i] > 0)
    return positiveMean(losses, maskOf(both, losses), average)
  })
}
