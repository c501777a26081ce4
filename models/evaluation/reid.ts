import { checkName, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import type { TypedArray } from '../../engine/index.ts'
import { type ClassIndices, checkIdentities, type Labels } from '../../losses/labels.ts'
import { rowsByLabel } from '../labels.ts'
import { meanOf } from './closedSet.ts'
import type { FlatIndex } from './flatIndex.ts'
import {
  averagePrecision,
  checkRanks,
  cumulativeMatch,
  ranksOfMatches,
  type Ties,
  trapezoidalPrecision,
} from './ranks.ts'
import { checkRerank, type RerankOptions, rerankedRows } from './rerank.ts'
import { cosineRows } from './similarities.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'

/** Images of people: embeddings x[N,D], the identity of each, and the camera that took it. */
export interface ReidSet {
  readonly x: Embeddings
  /** 1, 2, ...: a person. In the gallery also 0, a distractor, and -1, junk. */
  readonly ids: Labels
  readonly cameras: Labels
}

export interface ReidOptions {
  /** Up to which rank the CMC curve goes. Default 10. */
  readonly ranks?: number
  /** What stands first among equal similarities. Default `index`, as the sets' own code has it. */
  readonly ties?: Ties
  /** Ranks by the distances of `rerank` with these options, {} for its defaults. Default: by the similarities. */
  readonly rerank?: RerankOptions
}

const KNOWN = { ranks: true, ties: true, rerank: true } satisfies OptionNames<ReidOptions>

export interface Reid {
  /** cmc[k-1]: the share of queries with a match among the first k. */
  readonly cmc: Float64Array
  readonly rank1: number
  readonly rank5: number
  readonly rank10: number
  /** The mean of `trapezoidalPrecision`, as the sets' own code has it. */
  readonly mAP: number
  /** The mean of `averagePrecision`, not interpolated, as much later code has it. */
  readonly mAPStep: number
  /** How many queries had a match in the gallery; only they are counted. */
  readonly queries: number
}

export const DISTRACTOR = 0
export const JUNK = -1

/**
 * Single query. For a query of identity y and camera c the gallery's images of y on other cameras are the matches;
 * those of y on c, and junk (identity -1), are taken out of the ranking; all else competes, distractors (identity
 * 0) too. In descending order of cos(x_q, x_j) the matches have ranks r_1 < ... < r_K:
 *   CMC(k) = [r_1 <= k],  AP = (1/K) sum_k (q_k + k / r_k) / 2, q_k the precision at rank r_k - 1, or 1 at rank 0
 * means over the queries with K > 0.  query[N,D] gallery[M,D] -> figures in 0..1, NaN without queries
 *
 * Source: Market-1501 (Zheng et al., ICCV 2015), its evaluation code's `compute_AP.m` with the good and junk lists;
 * DukeMTMC-reID (Zheng et al., ICCV 2017) uses the same file. There Euclidean distances (of unit vectors: the same
 * order) go through MATLAB's stable sort: of equals the image that comes first in the gallery is ranked first, here
 * `ties: 'index'`. Under `worst` no figure depends on the order of the gallery. A query without a match would count
 * there as missed, with an AP of 0; the sets have none, and leaving it out is ours.
 * With `rerank` junk and distractors are neighbours of others too, as in the code of its authors.
 * Throws on a query that is not of a person, on labels that do not fit, and on embeddings that are not finite.
 */
export async function reid(query: ReidSet, gallery: ReidSet, options: ReidOptions = {}): Promise<Reid> {
  checkOptions('reid', options, KNOWN)
  const { ranks = 10, ties = 'index', rerank } = options
  checkRanks('reid', ranks)
  checkName('reid', 'ties', ties, ['index', 'worst'])
  if (rerank !== undefined) checkRerank('reid: rerank', rerank)
  for (const [name, set] of Object.entries({ query, gallery })) {
    if (typeof set !== 'object' || set === null || !('x' in set)) {
      throw refusal('reid', `${name} as { x, ids, cameras }`, set)
    }
  }
  return withUnitRows('reid', ['query', query.x], ['gallery', gallery.x], async (q, g) => {
    const m = g.size
    const [asked, kept] = [checkSet('query', query, q.size, 1), checkSet('gallery', gallery, m, JUNK)]
    const images = rowsByLabel(kept.ids)
    const found: number[][] = []
    for await (const { start, rows, scores } of scoreRows(q, g, rerank)) {
      for (let r = 0; r < rows; r++) {
        const [id, camera] = [asked.ids[start + r], asked.cameras[start + r]]
        const matches = (images.get(id) ?? []).filter(j => kept.cameras[j] !== camera)
        if (matches.length === 0) continue
        const competes = (j: number): boolean => kept.ids[j] !== id && kept.ids[j] !== JUNK
        found.push(ranksOfMatches(scores.subarray(r * m, (r + 1) * m), matches, competes, ties))
      }
    }
    return figures(found, ranks)
  })
}

/** Some rows of scores, whole: the higher stands first. */
interface Scores {
  readonly start: number
  readonly rows: number
  readonly scores: TypedArray
}

async function* scoreRows(
  q: FlatIndex,
  g: FlatIndex,
  rerank: RerankOptions | undefined,
): AsyncGenerator<Scores> {
  if (rerank === undefined) {
    for await (const { start, rows, cosines } of cosineRows(q, g)) yield { start, rows, scores: cosines }
    return
  }
  for await (const { start, rows, distances } of rerankedRows(q, g, rerank)) {
    yield { start, rows, scores: distances.map(d => -d) }
  }
}

function figures(found: readonly (readonly number[])[], ranks: number): Reid {
  const curve = cumulativeMatch(
    found.map(hits => hits[0]),
    Math.max(ranks, 10),
  )
  return {
    cmc: curve.slice(0, ranks),
    rank1: curve[0],
    rank5: curve[4],
    rank10: curve[9],
    mAP: meanOf(found.map(hits => trapezoidalPrecision(hits))),
    mAPStep: meanOf(found.map(hits => averagePrecision(hits))),
    queries: found.length,
  }
}

interface Checked {
  readonly ids: ClassIndices
  readonly cameras: ClassIndices
}

function checkSet(name: string, { ids, cameras }: ReidSet, n: number, lowest: number): Checked {
  return {
    ids: checkIdentities(`reid: ${name}`, 'ids', ids, n, lowest),
    cameras: checkIdentities(`reid: ${name}`, 'cameras', cameras, n),
  }
}
