import { checkFinite, checkName, checkOptions, type OptionNames } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkLabels, type Labels } from '../labels.ts'
import { compared, type Found, listed, MINER, type MinerOptions, partnersOf, type Triplets } from './mined.ts'

/** All triplets of a batch, by anchors.  y[N] -> a[T] p[T] n[T] */
export function allTriplets(y: Labels): Triplets {
  return listed(every(checkLabels('allTriplets', y)))
}

/**
 * For each anchor that has both, the furthest of its class and the nearest of another: Hermans 2017, arXiv:1703.07737; as
 * pytorch-metric-learning's BatchHardMiner. Of equals the first.  x[N,D] y[N] -> a[T] p[T] n[T]
 */
export async function batchHardTriplets(x: Tensor, y: Labels, options: MinerOptions = {}): Promise<Triplets> {
  const op = 'batchHardTriplets'
  checkOptions(op, options, MINER)
  const labels = checkLabels(op, y)
  const { distance: d } = await compared(op, x, labels, options)
  const found = partnersOf(labels).flatMap(({ same, other }, i): Found => {
    if (same.length === 0 || other.length === 0) return []
    const p = same.reduce((most, j) => (d(i, j) > d(i, most) ? j : most))
    const n = other.reduce((least, j) => (d(i, j) < d(i, least) ? j : least))
    return [[i, p, n]]
  })
  return listed(found)
}

export interface MarginTripletsOptions extends MinerOptions {
  /** > 0. Default 0.2. */
  margin?: number
  /**
   * With v = d(a,n) - d(a,p): `violating`, the default, v <= margin; of these `hard` v <= 0 and `semihard` v > 0; `easy` all others.
   */
  kind?: 'violating' | 'hard' | 'semihard' | 'easy'
}

const MARGIN = {
  ...MINER,
  margin: true,
  kind: ['typeOfTriplets', 'type'],
} satisfies OptionNames<MarginTripletsOptions>

/**
 * Triplets by how far the other class is beyond the own: semi-hard ones are those of Schroff 2015, arXiv:1503.03832; as
 * pytorch-metric-learning's TripletMarginMiner, whose `all` is `violating` here.  x[N,D] y[N] -> a[T] p[T] n[T]
 */
export async function marginTriplets(
  x: Tensor,
  y: Labels,
  options: MarginTripletsOptions = {},
): Promise<Triplets> {
  const op = 'marginTriplets'
  checkOptions(op, options, MARGIN)
  const { margin = 0.2, kind = 'violating' } = options
  checkFinite(op, 'margin', margin)
  checkName(op, 'kind', kind, ['violating', 'hard', 'semihard', 'easy'])
  const labels = checkLabels(op, y)
  const { distance: d } = await compared(op, x, labels, options)
  const taken = {
    violating: (v: number) => v <= margin,
    hard: (v: number) => v <= 0,
    semihard: (v: number) => v > 0 && v <= margin,
    easy: (v: number) => v > margin,
  }[kind]
  return listed(every(labels).filter(([a, p, n]) => taken(d(a, n) - d(a, p))))
}

const every = (y: Int32Array): Found =>
  partnersOf(y).flatMap(({ same, other }, a) => same.flatMap(p => other.map((n): Found[number] => [a, p, n])))
