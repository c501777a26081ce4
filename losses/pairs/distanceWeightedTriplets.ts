import { checkFinite, checkInteger, checkOptions, type OptionNames } from '../../engine/check.ts'
import type { Chance, Tensor } from '../../engine/index.ts'
import { CHANCE, type Generator, generatorOf } from '../../engine/random.ts'
import { checkLabels, type Labels } from '../labels.ts'
import { compared, type Found, listed, partnersOf, type Triplets } from './mined.ts'

export interface DistanceWeightedOptions extends Chance {
  /** No sample of another class counts as nearer, so that the nearest are not drawn again and again, > 0. Default 0.5. */
  cutoff?: number
  /** No sample of another class so far away or further is drawn, > 0: it has no loss. Default 1.4. */
  nonzeroLossCutoff?: number
  /** Triplets of each anchor, an integer >= 1. Default as many as the batch has samples of its class. */
  perAnchor?: number
}

const KNOWN = {
  cutoff: true,
  nonzeroLossCutoff: ['maxDistance'],
  perAnchor: ['tPerAnchor', 'tripletsPerAnchor'],
  ...CHANCE,
} satisfies OptionNames<DistanceWeightedOptions>

/**
 * Triplets of a random p of the anchor's class and of an n of another class drawn by 1 / q(d), d = max(cutoff, ‖x_a - x_n‖) of unit
 * vectors and q(d) = d^(D-2) (1 - d^2 / 4)^((D-3)/2) the density of the distances on the sphere: near and far ones as often, where
 * uniform draws would all be at sqrt(2). Distance-weighted sampling, Wu 2017, arXiv:1706.07567, section 4, as
 * pytorch-metric-learning's DistanceWeightedMiner, whose p are drawn with replacement, too. An anchor without an n nearer than
 * nonzeroLossCutoff has none. Where d nears 2, opposite vectors, q is that of 1 - d^2 / 4 = 2^-52 at least: every weight is
 * finite.  x[N,D] y[N] -> a[T] p[T] n[T]
 *
 * Drawn by `seed`, default 0, the same at each call; for a training give an `rng`, which goes on.
 */
export async function distanceWeightedTriplets(
  x: Tensor,
  y: Labels,
  options: DistanceWeightedOptions = {},
): Promise<Triplets> {
  const op = 'distanceWeightedTriplets'
  checkOptions(op, options, KNOWN)
  const { cutoff = 0.5, nonzeroLossCutoff = 1.4, perAnchor } = options
  checkFinite(op, 'cutoff', cutoff)
  checkFinite(op, 'nonzeroLossCutoff', nonzeroLossCutoff)
  if (perAnchor !== undefined) checkInteger(op, 'perAnchor', perAnchor, 1)
  const labels = checkLabels(op, y)
  const { dim, distance } = await compared(op, x, labels, {})
  const rng = generatorOf(op, options, 0)
  const logWeight = (d: number): number => {
    const far = Math.max(d, cutoff)
    if (far >= nonzeroLossCutoff) return Number.NEGATIVE_INFINITY
    const height = Math.max(1 - far ** 2 / 4, Number.EPSILON)
    return (2 - dim) * Math.log(far) - ((dim - 3) / 2) * Math.log(height)
  }
  const found = partnersOf(labels).flatMap(({ same, other }, a): Found => {
    if (same.length === 0) return []
    const sums = sumsOfWeights(other.map(n => logWeight(distance(a, n))))
    if (sums === undefined) return []
    return Array.from({ length: perAnchor ?? same.length + 1 }, () => [
      a,
      same[rng.integer(0, same.length - 1)],
      other[drawn(sums, rng)],
    ])
  })
  return listed(found)
}

/** e^log added up one after another, the largest taken for 1; undefined where all are 0. */
function sumsOfWeights(logs: readonly number[]): Float64Array | undefined {
  const most = Math.max(...logs)
  if (!Number.isFinite(most)) return undefined
  let total = 0
  return Float64Array.from(logs, log => {
    total += Math.exp(log - most)
    return total
  })
}

/** A place, as often as its weight says. */
function drawn(sums: Float64Array, rng: Generator): number {
  const at = rng.uniform() * sums[sums.length - 1]
  return sums.findIndex(sum => sum > at)
}
