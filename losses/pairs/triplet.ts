import { checkFinite, checkFlag, checkName, type OptionNames } from '../../engine/check.ts'
import {
  add,
  div,
  greater,
  maximum,
  mul,
  relu,
  reshape,
  softplus,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  where,
} from '../../engine/index.ts'
import { type Average, above0, largest, maskOf, meanOf, positiveMean, smallest } from './masked.ts'
import { optionsOf, type PairLoss, pairLoss } from './pairLoss.ts'
import { type Pairs, root } from './pairs.ts'

export interface TripletOptions {
  /** How much further the other class is to be, > 0; or `soft`: ln(1 + e^v) in place of [margin + v]_+. Default 0.2. */
  margin?: number | 'soft'
  /**
   * Which triplets of an anchor a, one of its class p and one of another n. `hard`, the default: the furthest p and the nearest n (Hermans 2017).
   * `semihard`: for each a and p the nearest n that is further than p; where there is none, the furthest n (Schroff 2015).
   * `all`: each.
   */
  mining?: 'hard' | 'semihard' | 'all'
  /** Distances of x / ‖x‖. Default true; else x is refused where it is longer than 1e14, in float64 1e145. */
  normalized?: boolean
  /** Squares of distances, as Schroff has them. Default false. */
  squared?: boolean
  /** The mean over all triplets, or over those above 0. Default: all for hard and semihard, nonzero for all. */
  average?: Average
  /** Of `hard`: an anchor is of its own class, so that one without another counts, at distance 0. Default false: it is left out. */
  ownPositive?: boolean
}

export const TRIPLET_OPTIONS = {
  margin: true,
  mining: ['miner', 'strategy'],
  normalized: ['normalised', 'normalize'],
  squared: true,
  average: ['reducer'],
  ownPositive: true,
} satisfies OptionNames<TripletOptions>

/**
 * mean of [margin + d(a,p) - d(a,n)]_+, d = ‖x_i - x_j‖, over triplets: Schroff 2015, arXiv:1503.03832, equation 2; Hermans
 * 2017, arXiv:1703.07737, equations 5 (`hard`) and 6 (`all`).  x[N,D] y[N] -> []
 *
 * Hermans takes embeddings as they are (`normalized: false`) and margin `soft`. torchreid and fastreid count the anchor as one of
 * its class (`ownPositive`), so that classes of one sample stay in the mean; pytorch-metric-learning drops them and means over triplets
 * above 0 (`average`). Which triplet is taken is a constant to the gradient. A batch without a triplet has the loss 0 and the gradient 0.
 */
export function triplet(options?: TripletOptions): PairLoss {
  const name = 'triplet'
  const given = optionsOf(name, options, TRIPLET_OPTIONS)
  const { margin = 0.2, mining = 'hard', normalized = true, squared = false, ownPositive = false } = given
  const { average = mining === 'all' ? 'nonzero' : 'all' } = given
  if (margin !== 'soft') checkFinite(name, 'margin', margin)
  checkName(name, 'mining', mining, ['hard', 'semihard', 'all'])
  for (const [flag, value] of Object.entries({ normalized, squared, ownPositive }))
    checkFlag(name, flag, value)
  checkName(name, 'average', average, ['all', 'nonzero'])
  if (ownPositive && mining !== 'hard') throw new Error(`${name}: ownPositive goes with hard, got ${mining}`)
  const violation = (further: Tensor): Tensor =>
    margin === 'soft' ? softplus(further) : add(further, margin)
  const compute = (pairs: Pairs): Tensor => {
    const square = pairs.squares(normalized)
    const d = squared ? square : root(square)
    if (mining === 'hard') {
      const counted = pairs.others.map((n, i) => n > 0 && (ownPositive || pairs.sames[i].length > 0))
      const furthest = largest(d, pairs.same)
      const p = ownPositive ? furthest.maximum(0) : furthest
      return positiveMean(violation(sub(p, smallest(d, pairs.other))), maskOf(counted, d), average)
    }
    // Of the positive at place k of each anchor, a matrix [N,M] at a time: there are few of one class.
    if (pairs.sames.every(list => list.length === 0)) return meanOf(d, pairs.same)
    const others = maskOf(
      pairs.others.map(count => count > 0),
      d,
    )
    const terms = placesOf(pairs, d).map(({ p, has }) => {
      if (mining === 'all') {
        const v = violation(sub(p, d))
        return { v, mask: mul(pairs.other, reshape(has, [-1, 1])) }
      }
      const further = mul(pairs.other, greater(d, p))
      const any = sum(further, { axis: 1 })
      const n = where(any, smallest(d, further), largest(d, pairs.other))
      return { v: violation(sub(reshape(p, [-1]), n)), mask: mul(has, others) }
    })
    return averaged(terms, average)
  }
  return pairLoss(name, compute, { normalized })
}

/** Each anchor's distance to its k-th sample of the class, [N,1], and whether it has so many, [N]; for k = 0, 1, .. */
function placesOf({ same, sames }: Pairs, d: Tensor): { p: Tensor; has: Tensor }[] {
  const flat = reshape(d, [-1])
  const most = Math.max(...sames.map(list => list.length))
  return Array.from({ length: most }, (_, k) => {
    const places = Int32Array.from(sames, (list, i) => i * same.shape[1] + (list[k] ?? 0))
    const p = take(flat, tensor(places, { backend: d.backend }))
    return {
      p: reshape(p, [-1, 1]),
      has: maskOf(
        sames.map(list => k < list.length),
        d,
      ),
    }
  })
}

/** One mean over what several masks have. */
function averaged(terms: readonly { v: Tensor; mask: Tensor }[], average: Average): Tensor {
  const kept = terms.map(({ v, mask }) => {
    const counted = average === 'all' ? mask : mul(mask, above0(v))
    return { total: sum(where(counted, relu(v), 0)), count: sum(counted) }
  })
  const total = kept.map(one => one.total).reduce(add)
  return div(total, maximum(kept.map(one => one.count).reduce(add), 1))
}
