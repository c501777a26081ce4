import { checkInteger } from '../../engine/check.ts'
import { ascending } from './numbers.ts'

/** CMC(k) = share of the first ranks that are <= k, for k = 1..upTo; NaN without any. */
export function cumulativeMatch(firstRanks: readonly number[], upTo: number): Float64Array {
  const counts = new Float64Array(upTo)
  for (const rank of firstRanks) if (rank <= upTo) counts[rank - 1]++
  let reached = 0
  return counts.map(count => {
    reached += count
    return reached / firstRanks.length
  })
}

/** Throws unless a CMC curve can go up to that rank. */
export const checkRanks = (op: string, ranks: number): void => checkInteger(op, 'ranks', ranks, 1, LONGEST)

/** Of a curve that memory is sure to hold. */
const LONGEST = 2 ** 24

/**
 * AP = (1/K) sum_k k / r_k, not interpolated, for the ranks r_1 < .. < r_K (from 1) of the K matches; NaN for K = 0.
 * The area under the precision as a step function of the recall. Ranks in another order are sorted. Throws on one that
 * is no integer >= 1, and on one that is there twice.
 */
export const averagePrecision = (ranks: ArrayLike<number>): number =>
  meanAtHits('averagePrecision', ranks, (r, k) => (k + 1) / r)

/**
 * AP = (1/K) sum_k (q_k + k / r_k) / 2, where q_k is the precision one rank earlier, (k - 1) / (r_k - 1), and 1
 * for r_k = 1: the area by trapezoids between the old precision and the new, as `compute_AP.m` of Market-1501's
 * and DukeMTMC-reID's evaluation code has it (from the Oxford buildings' `compute_ap.cpp`, Philbin et al. 2007).
 * Never above `averagePrecision`, and equal to it only where all matches come first. Ranks as there.
 */
export const trapezoidalPrecision = (ranks: ArrayLike<number>): number =>
  meanAtHits('trapezoidalPrecision', ranks, (r, k) => ((r === 1 ? 1 : k / (r - 1)) + (k + 1) / r) / 2)

/** The mean of a figure of each match, of its rank and of how many matches stand before it. */
function meanAtHits(
  op: string,
  ranks: ArrayLike<number>,
  figure: (rank: number, before: number) => number,
): number {
  const sorted = ascending(op, 'ranks', ranks, 'match')
  let sum = 0
  for (let k = 0; k < sorted.length; k++) {
    checkInteger(op, 'a rank', sorted[k], 1)
    if (sorted[k] === sorted[k - 1])
      throw new Error(`${op}: ranks that differ expected, got ${sorted[k]} twice`)
    sum += figure(sorted[k], k)
  }
  return sum / sorted.length
}
