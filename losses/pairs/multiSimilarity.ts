import { checkFinite, checkNumber, type OptionNames } from '../../engine/check.ts'
import { add, div, greaterEqual, lessEqual, mean, mul, reshape, sub } from '../../engine/index.ts'
import { largest, logOnePlusSum, smallest } from './masked.ts'
import { optionsOf, type PairLoss, pairLoss } from './pairLoss.ts'

export interface MultiSimilarityOptions {
  /** Of pairs of one class, > 0. Default 2. */
  alpha?: number
  /** Of pairs of two, > 0. Default 50. */
  beta?: number
  /** The cosine from which pairs are judged. Default 1. */
  lambda?: number
  /**
   * Pairs of one class count where they are less than epsilon above the nearest of another, and the other way round. Default 0.1;
   * Infinity counts all.
   */
  epsilon?: number
}

export const MULTI_SIMILARITY_OPTIONS = {
  alpha: true,
  beta: true,
  lambda: ['base', 'thresh'],
  epsilon: ['eps', 'margin'],
} satisfies OptionNames<MultiSimilarityOptions>

/**
 * mean over i of 1/alpha ln(1 + sum_p e^{-alpha (s_ip - lambda)}) + 1/beta ln(1 + sum_n e^{beta (s_in - lambda)}), s = cos, over the p of its class
 * with s_ip < max_n s_in + epsilon and the n of others with s_in > min_p s_ip - epsilon: multi-similarity loss, Wang 2019, arXiv:1904.06627.  x[N,D] y[N] -> []
 *
 * The authors' code has lambda 0.5, and so has pytorch-metric-learning, whose loss alone does not choose pairs: `{ lambda: 0.5,
 * epsilon: Infinity }`; with its miner before it, `{ lambda: 0.5 }`. The authors' code leaves an anchor without chosen pairs of both
 * kinds out of the sum. Which pairs count is a constant to the gradient; an anchor without pairs of one kind has then none of
 * the other, and a batch of such anchors the loss 0.
 */
export function multiSimilarity(options?: MultiSimilarityOptions): PairLoss {
  const name = 'multiSimilarity'
  const given = optionsOf(name, options, MULTI_SIMILARITY_OPTIONS)
  const { alpha = 2, beta = 50, lambda = 1, epsilon = 0.1 } = given
  checkFinite(name, 'alpha', alpha)
  checkFinite(name, 'beta', beta)
  checkNumber(name, 'lambda', lambda, -Number.MAX_VALUE, Number.MAX_VALUE)
  checkNumber(name, 'epsilon', epsilon, 0)
  return pairLoss(name, ({ same, other, cosines }) => {
    const s = cosines()
    let [near, far] = [same, other]
    if (epsilon !== Infinity) {
      const column = (v: typeof s) => reshape(v, [-1, 1])
      // Of an anchor without the other kind these are far below and above all cosines, which let none through.
      const [most, least] = [column(largest(s, other)), column(smallest(s, same))]
      // What is left out is asked for, so that NaN stays in.
      near = mul(same, sub(1, greaterEqual(s, add(most, epsilon))))
      far = mul(other, sub(1, lessEqual(s, sub(least, epsilon))))
    }
    const drawn = div(logOnePlusSum(mul(sub(s, lambda), -alpha), near), alpha)
    const pushed = div(logOnePlusSum(mul(sub(s, lambda), beta), far), beta)
    return mean(add(drawn, pushed))
  })
}
