import { generator } from '../../engine/index.ts'
import type { IdentityPairs } from '../../models/recognition/index.ts'

/** Shares of the variance of a pair's score: of its two identities together, and of what all pairs of these two have in common. */
export interface Dependence {
  readonly identity: number
  readonly couple: number
}

/**
 * Pairs of two identities, `images` of every two: s = g_a + g_b + h_ab + e, normal, of variance 1 together, so that the true
 * FAR at a threshold t is 1 - Φ(t).
 */
export function population(
  seed: number,
  identities: number,
  images: number,
  { identity, couple }: Dependence,
): IdentityPairs {
  const rng = generator(seed)
  const own = Float64Array.from({ length: identities }, () => Math.sqrt(identity / 2) * rng.normal())
  const [scores, a, b]: number[][] = [[], [], []]
  for (let i = 0; i < identities; i++) {
    for (let j = i + 1; j < identities; j++) {
      const common = own[i] + own[j] + Math.sqrt(couple) * rng.normal()
      for (let k = 0; k < images; k++) {
        scores.push(common + Math.sqrt(1 - identity - couple) * rng.normal())
        a.push(i)
        b.push(j)
      }
    }
  }
  return { scores: Float64Array.from(scores), a: Int32Array.from(a), b: Int32Array.from(b) }
}
