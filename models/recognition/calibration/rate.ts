import { betaQuantile } from './incompleteBeta.ts'

/** A share of pairs, and how well it is known. */
export interface Rate {
  /** events / pairs. */
  readonly value: number
  /** The confidence interval. */
  readonly low: number
  readonly high: number
  readonly events: number
  readonly pairs: number
  /** As many independent pairs would tell as much: `pairs` where they are taken as independent, else at most so many. */
  readonly effective: number
}

/**
 * The exact interval of a share k/n of independent events (Clopper and Pearson 1934, Biometrika 26): the p under which neither k
 * or more nor k or fewer events have a probability below (1 - confidence)/2. k and n need not be integers.
 *   low = B(α/2; k, n-k+1),  high = B(1-α/2; k+1, n-k),  α = 1 - confidence, B the quantile of the beta distribution
 */
export function clopperPearson(k: number, n: number, confidence: number): { low: number; high: number } {
  const tail = (1 - confidence) / 2
  return {
    low: k > 0 ? betaQuantile(tail, k, n - k + 1) : 0,
    high: k < n ? betaQuantile(1 - tail, k + 1, n - k) : 1,
  }
}

/** Of independent pairs. */
export const rateOfPairs = (events: number, pairs: number, confidence: number): Rate => ({
  value: events / pairs,
  ...clopperPearson(events, pairs, confidence),
  events,
  pairs,
  effective: pairs,
})

/** The pairs without an event that bound its rate by `rate` at this confidence: the least n with (1 - rate)^n <= 1 - confidence. */
export const pairsNeeded = (rate: number, confidence: number): number =>
  Math.ceil(Math.log(1 - confidence) / Math.log1p(-rate))
