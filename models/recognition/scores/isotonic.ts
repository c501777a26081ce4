/** Scores that were pooled to one value, in ascending order of both. */
export interface Pool {
  /** The lowest and the highest score of it. */
  readonly from: number
  readonly to: number
  /** Pairs of one identity, and of two. */
  readonly same: number
  readonly different: number
}

/**
 * The share of pairs of one identity as a function of the score that never falls and fits best (least squares, and every proper
 * scoring rule): pools of neighbouring scores. Pool adjacent violators, PAV (Ayer et al. 1955); equal scores are one from the start.
 * Both lists ascend.  same[n] different[m] -> pools, of shares that ascend strictly
 */
export function isotonicPools(same: ArrayLike<number>, different: ArrayLike<number>): Pool[] {
  const pools: Pool[] = []
  let [i, j] = [0, 0]
  while (i < same.length || j < different.length) {
    const score = Math.min(same[i] ?? Infinity, different[j] ?? Infinity)
    const [from, to] = [i, j]
    while (same[i] === score) i++
    while (different[j] === score) j++
    let pool: Pool = { from: score, to: score, same: i - from, different: j - to }
    for (let last = pools.at(-1); last !== undefined && !isBelow(last, pool); last = pools.at(-1)) {
      pools.pop()
      pool = {
        from: last.from,
        to: pool.to,
        same: last.same + pool.same,
        different: last.different + pool.different,
      }
    }
    pools.push(pool)
  }
  return pools
}

/** p/(p + q) < r/(r + s), in integers. */
const isBelow = (low: Pool, high: Pool): boolean => low.same * high.different < high.same * low.different
