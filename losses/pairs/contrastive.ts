import { checkFinite, checkFlag, checkName, type OptionNames } from '../../engine/check.ts'
import { add, mul, relu, sub, type Tensor } from '../../engine/index.ts'
import { type Average, positiveMean } from './masked.ts'
import { optionsOf, type PairLoss, pairLoss } from './pairLoss.ts'
import { type Pairs, root } from './pairs.ts'

export interface ContrastiveOptions {
  /** Pairs of two classes are pushed until they are so far apart, > 0. Default 1. */
  margin?: number
  /** Pairs of one class are drawn until they are so near, >= 0. Default 0. */
  positiveMargin?: number
  /** Halves of squares, the paper's; false: the distances themselves, as pytorch-metric-learning has them. Default true. */
  squared?: boolean
  /** Distances of x / ‖x‖. Default true; else x is refused where it is longer than 1e14, in float64 1e145. */
  normalized?: boolean
  /** Means over all pairs of a kind, or over those above 0. Default nonzero. */
  average?: Average
}

export const CONTRASTIVE_OPTIONS = {
  margin: ['negMargin', 'negativeMargin'],
  positiveMargin: ['posMargin'],
  squared: true,
  normalized: ['normalised', 'normalize'],
  average: ['reducer'],
} satisfies OptionNames<ContrastiveOptions>

/**
 * mean over pairs of one class of 1/2 [d - positiveMargin]_+^2 + mean over pairs of two of 1/2 [margin - d]_+^2, d = ‖x_i - x_j‖:
 * contrastive loss, Hadsell 2006 (CVPR, "Dimensionality reduction by learning an invariant mapping"), equation 4, which sums
 * over pairs.  x[N,D] y[N] -> []
 *
 * pytorch-metric-learning 2.8: `{ squared: false }`. A batch without pairs of a kind has 0 for it. Two equal embeddings of
 * two classes are pushed in no direction: the gradient of a distance of 0 counts as 0.
 */
export function contrastive(options?: ContrastiveOptions): PairLoss {
  const name = 'contrastive'
  const given = optionsOf(name, options, CONTRASTIVE_OPTIONS)
  const { margin = 1, positiveMargin = 0, squared = true, normalized = true, average = 'nonzero' } = given
  checkFinite(name, 'margin', margin)
  checkFinite(name, 'positiveMargin', positiveMargin, { orZero: true })
  checkFlag(name, 'squared', squared)
  checkFlag(name, 'normalized', normalized)
  checkName(name, 'average', average, ['all', 'nonzero'])
  const compute = ({ same, other, squares }: Pairs): Tensor => {
    const d = root(squares(normalized))
    const [near, far] = [sub(d, positiveMargin), sub(margin, d)].map(relu)
    if (!squared) return add(positiveMean(near, same, average), positiveMean(far, other, average))
    const half = (v: Tensor) => mul(mul(v, v), 0.5)
    return add(positiveMean(half(near), same, average), positiveMean(half(far), other, average))
  }
  return pairLoss(name, compute, { normalized })
}
