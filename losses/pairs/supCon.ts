import { checkFinite, checkName, type OptionNames } from '../../engine/check.ts'
import { div, neg, reshape, sub, sum, where } from '../../engine/index.ts'
import { logSum, maskOf, meanOf } from './masked.ts'
import { optionsOf, type PairLoss, pairLoss } from './pairLoss.ts'

export interface SupConOptions {
  /** tau > 0. Default 0.1. */
  temperature?: number
  /** The mean is over anchors with another of their class (`matched`, the default), or over `all`, of which the others count 0. */
  anchors?: 'matched' | 'all'
}

export const SUP_CON_OPTIONS = {
  temperature: ['tau', 't'],
  anchors: true,
} satisfies OptionNames<SupConOptions>

/**
 * mean over i of -1/|P(i)| sum_{p in P(i)} ln(e^{s_ip / tau} / sum_{a != i} e^{s_ia / tau}), s = cos, P(i) the others of the class: supervised
 * contrastive loss, Khosla 2020, arXiv:2004.11362 (its L_out), which sums over i.  x[N,D] y[N] -> []
 *
 * Public code parts in what it means over: the authors' over all anchors (a class alone gives NaN there, 0 here), pytorch-metric-learning
 * over those with a loss above 0. A batch without two of a class has the loss 0.
 */
export function supCon(options?: SupConOptions): PairLoss {
  const name = 'supCon'
  const { temperature = 0.1, anchors = 'matched' } = optionsOf(name, options, SUP_CON_OPTIONS)
  checkFinite(name, 'temperature', temperature)
  checkName(name, 'anchors', anchors, ['matched', 'all'])
  return pairLoss(name, ({ same, other, sames, cosines }) => {
    const z = div(cosines(), temperature)
    const logs = sub(z, reshape(logSum(z, same.add(other)), [-1, 1]))
    const counts = sum(same, { axis: 1 }).maximum(1)
    const losses = neg(div(sum(where(same, logs, 0), { axis: 1 }), counts))
    return meanOf(
      losses,
      maskOf(
        sames.map(list => anchors === 'all' || list.length > 0),
        losses,
      ),
    )
  })
}
