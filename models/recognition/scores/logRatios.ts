import type { PairScores } from '../../evaluation/verification.ts'
import { bothKinds } from './bothKinds.ts'
import { isotonicPools } from './isotonic.ts'

/**
 * C_llr = [mean over pairs of one identity of log2(1 + e^-l) + mean over pairs of two of log2(1 + e^l)] / 2,
 * the cost in bits of log-likelihood ratios l = ln p(score | one) / p(score | two): 0 for perfect ones, 1 for l = 0, more
 * for misleading ones.  scores l -> bits. Throws on what is not finite, and without scores of a kind.
 *
 * Source: Brümmer and du Preez, "Application-independent evaluation of speaker detection", Computer Speech & Language 20 (2006).
 */
export function cllr(scores: PairScores): number {
  const { same, different } = bothKinds('cllr', scores)
  return (meanBits(same, -1) + meanBits(different, 1)) / 2
}

/**
 * min C_llr: that of the best log-likelihood ratios that a monotone function makes of the scores, by PAV on these scores
 * themselves: what the scores could tell. cllr - minCllr is what their calibration loses.  scores -> bits in 0..1
 */
export function minCllr(scores: PairScores): number {
  const { same, different } = bothKinds('minCllr', scores)
  const [n, m] = [same.length, different.length]
  let bits = 0
  for (const pool of isotonicPools(same, different)) {
    const ratio = (pool.same * m) / (pool.different * n)
    // A pool of one kind is told without loss.
    if (pool.same > 0) bits += (pool.same / n) * Math.log2(1 + 1 / ratio)
    if (pool.different > 0) bits += (pool.different / m) * Math.log2(1 + ratio)
  }
  return bits / 2
}

/** The mean of log2(1 + e^(sign l)), for l of any size. */
function meanBits(list: ArrayLike<number>, sign: 1 | -1): number {
  let sum = 0
  for (let i = 0; i < list.length; i++) {
    const l = sign * list[i]
    sum += Math.max(l, 0) + Math.log1p(Math.exp(-Math.abs(l)))
  }
  return sum / list.length / Math.LN2
}
