import { checkName, checkOptions, type OptionNames } from '../../engine/check.ts'
import { checkIdentities, type Labels } from '../../losses/labels.ts'
import { meanOf } from './closedSet.ts'
import {
  averagePrecision,
  checkRanks,
  cumulativeMatch,
  ranksOfMatches,
  trapezoidalPrecision,
} from './ranks.ts'
import { cosineRows } from './similarities.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'

export interface RetrievalOptions {
  /** Where each image was taken, one number a row. Default: every image on a camera of its own. */
  readonly cameras?: Labels
  /**
   * What the query's camera shuts out of the gallery: `identity`, its images of the query's own class (the rule of
   * Market-1501, Zheng 2015; the default), or `all`, everything it took.
   */
  readonly exclude?: 'identity' | 'all'
  /** Up to which rank the CMC curve goes. Default 10. */
  readonly ranks?: number
}

const KNOWN = { cameras: true, exclude: true, ranks: true } satisfies OptionNames<RetrievalOptions>

export interface Retrieval {
  /** cmc[k-1]: the share of queries with an image of their class among the first k. cmc[0] is rank-1. */
  readonly cmc: Float64Array
  readonly rank1: number
  /** The mean over queries of `averagePrecision`, not interpolated. */
  readonly mAP: number
  /** The mean of `trapezoidalPrecision`, as the code of Oxford buildings, Market-1501 and DukeMTMC-reID has it. */
  readonly mAPTrapezoid: number
  /** How many rows had an image of their class in their gallery; only they are counted. */
  readonly queries: number
}

/**
 * Each row is a query; its gallery is all other rows, less what the camera rule shuts out, in descending order of
 * cos(x_i, x_j). With r_1 < r_2 < ... < r_K the ranks of the images of its class:
 *   AP = (1/K) sum_k k / r_k, not interpolated (`mAPTrapezoid` is the mean of the other AP);  CMC(k) = [r_1 <= k];
 *   means over the queries with K > 0.
 * Of equal similarities the images of other classes come first: the worst order, so that the figures do not depend
 * on the order of the rows and a collapsed embedding earns nothing: a row of 0 has similarity 0 with all.
 * x[N,D] y[N] -> figures in 0..1, NaN without queries. Labels and cameras are only compared. Throws where they do not fit,
 * and on embeddings that are not finite.
 */
export async function retrieval(
  x: Embeddings,
  y: Labels,
  options: RetrievalOptions = {},
): Promise<Retrieval> {
  checkOptions('retrieval', options, KNOWN)
  const { cameras, exclude = 'identity', ranks = 10 } = options
  checkRanks('retrieval', ranks)
  checkName('retrieval', 'exclude', exclude, ['identity', 'all'])
  return withUnitRows('retrieval', ['x', x], ['x', x], async u => {
    const n = u.size
    const labels = checkIdentities('retrieval', 'labels', y, n)
    const camera = cameras === undefined ? undefined : checkIdentities('retrieval', 'cameras', cameras, n)
    const first: number[] = []
    const [steps, trapezoids]: [number[], number[]] = [[], []]
    for await (const { start, rows, cosines } of cosineRows(u, u)) {
      for (let i = start; i < start + rows; i++) {
        const shut = (j: number, same: boolean): boolean =>
          camera !== undefined && camera[j] === camera[i] && (same || exclude === 'all')
        const own: number[] = []
        for (let j = 0; j < n; j++) if (labels[j] === labels[i] && j !== i && !shut(j, true)) own.push(j)
        if (own.length === 0) continue
        const competes = (j: number): boolean => labels[j] !== labels[i] && !shut(j, false)
        const found = ranksOfMatches(
          cosines.subarray((i - start) * n, (i - start + 1) * n),
          own,
          competes,
          'worst',
        )
        first.push(found[0])
        steps.push(averagePrecision(found))
        trapezoids.push(trapezoidalPrecision(found))
      }
    }
    const cmc = cumulativeMatch(first, ranks)
    return {
      cmc,
      rank1: cmc[0],
      mAP: meanOf(steps),
      mAPTrapezoid: meanOf(trapezoids),
      queries: steps.length,
    }
  })
}
