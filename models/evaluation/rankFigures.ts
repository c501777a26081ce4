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
export function checkRanks(op: string, ranks: number): void {
  if (!Number.isInteger(ranks) || ranks < 1) throw new Error(`${op}: ranks >= 1 expected, got ${ranks}`)
}

/**
 * AP = (1/K) sum_k k / r_k, not interpolated, for the ascending ranks r_1..r_K (from 1) of the K matches; NaN for
 * K = 0. The area under the precision as a step function of the recall.
 */
export const averagePrecision = (ranks: readonly number[]): number =>
  ranks.reduce((sum, r, k) => sum + (k + 1) / r, 0) / ranks.length

/**
 * AP = (1/K) sum_k (q_k + k / r_k) / 2, where q_k is the precision one rank earlier, (k - 1) / (r_k - 1), and 1
 * for r_k = 1: the area by trapezoids between the old precision and the new, as `compute_AP.m` of Market-1501's
 * and DukeMTMC-reID's evaluation code has it (from the Oxford buildings' `compute_ap.cpp`, Philbin et al. 2007).
 * Never above `averagePrecision`, and equal to it only where all matches come first.
 */
export const trapezoidalPrecision = (ranks: readonly number[]): number =>
  ranks.reduce((sum, r, k) => sum + ((r === 1 ? 1 : k / (r - 1)) + (k + 1) / r) / 2, 0) / ranks.length
