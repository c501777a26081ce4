import { checkInteger, checkName, checkOptions, type OptionNames } from '../../engine/check.ts'
import { checkIdentities, type Labels } from '../../losses/labels.ts'
import { openSet } from './openSet.ts'
import { checkRanks, cumulativeMatch, type Ties } from './ranks.ts'
import { checkFars } from './tarAtFars.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'
import { allowedOf, highestRefused } from './verification.ts'

export interface OpenSetOptions {
  /** The false positive identification rates. Default 0.1 and 0.01, as IJB-B and IJB-C report. */
  readonly fpirs?: readonly number[]
  /** Up to which rank the right identity counts as identified; M for any. Default 1. */
  readonly withinRank?: number
  /** Up to which rank the CMC curve goes. Default 10. */
  readonly ranks?: number
  /** What stands first among equal similarities. Default worst. */
  readonly ties?: Ties
}

const OPTIONS = {
  fpirs: true,
  withinRank: true,
  ranks: true,
  ties: true,
} satisfies OptionNames<OpenSetOptions>

/** TPIR at an FPIR, and what it rests on. */
export interface TpirAtFpir {
  readonly fpir: number
  readonly tpir: number
  /** 1 - tpir: the false negative identification rate, FNIR(N, R, T) with R = `withinRank`. */
  readonly fnir: number
  /** byRank[k-1]: TPIR with the right identity within rank k, for k = 1..ranks; byRank[0] is DIR at this FAR (FPIR). */
  readonly byRank: Float64Array
  /** The probes without a mate that may be accepted: floor(FPIR n) of n. */
  readonly allowed: number
  /** Scores above it are accepted; -Infinity where all are. */
  readonly above: number
}

export interface OpenSetIdentification {
  /** Probes whose identity is in the gallery, and others. */
  readonly mated: number
  readonly unmated: number
  /** Of the probes with a mate alone, whatever the score: cmc[k-1] = CMC(k), and rank1 = CMC(1). */
  readonly cmc: Float64Array
  readonly rank1: number
  readonly rates: readonly TpirAtFpir[]
}

/**
 * 1:N, of an open set: each probe against the whole gallery, s = cos.
 *   FPIR(t) = share of the probes without a mate whose highest score is > t
 *   TPIR(t) = share of the probes with one, whose best mate has a score > t and a rank <= `withinRank`
 * TPIR is reported at the least t with FPIR(t) <= fpir, nothing interpolated.
 * probes x[N,D] ids[N], gallery z[M,D] ids[M] -> rates in 0..1, NaN without probes of a kind
 *
 * Source: NIST's FRVT 1:N, FNIR(N, R, T) = 1 - TPIR with R = `withinRank`; IJB-B (Whitelam et al. 2017) and IJB-C (Maze et al.
 * 2018), which search all probes in each of two galleries, G1 and G2, and report the mean of the two. insightface's ijb_1n.py
 * computes something else: both galleries as one, so that every probe has a mate; as impostor scores all pairs of a probe and
 * another's template, of which the ceil(FAR N)-th highest is the threshold, N the number of probes and not of pairs; and no
 * rank.
 * Throws on embeddings that are not finite.
 */
export async function openSetIdentification(
  probes: Embeddings,
  probeIds: Labels,
  gallery: Embeddings,
  galleryIds: Labels,
  options: OpenSetOptions = {},
): Promise<OpenSetIdentification> {
  const op = 'openSetIdentification'
  checkOptions(op, options, OPTIONS)
  const { fpirs = [0.1, 0.01], withinRank = 1, ranks = 10, ties = 'worst' } = options
  checkFars(op, 'fpirs', fpirs)
  checkInteger(op, 'withinRank', withinRank, 1)
  checkRanks(op, ranks)
  checkName(op, 'ties', ties, ['index', 'worst'])
  return withUnitRows(op, ['probes', probes], ['gallery', gallery], async (u, v) => {
    const asked = checkIdentities(op, 'ids of probes', probeIds, u.size)
    const enrolled = checkIdentities(op, 'ids of the gallery', galleryIds, v.size)
    const { genuine, impostors } = await openSet(u, asked, v, enrolled, ties)
    const unmated = impostors.length
    const cmc = cumulativeMatch(
      genuine.map(probe => probe.rank),
      ranks,
    )
    const rates = fpirs.map(fpir => {
      const above = highestRefused(impostors, fpir) ?? -Infinity
      // Whoever scores too low is found at no rank.
      const found = genuine.map(({ score, rank }) => (score > above ? rank : Infinity))
      const tpir = unmated === 0 ? Number.NaN : found.filter(rank => rank <= withinRank).length / found.length
      const byRank = unmated === 0 ? new Float64Array(ranks).fill(Number.NaN) : cumulativeMatch(found, ranks)
      return { fpir, tpir, fnir: 1 - tpir, byRank, allowed: allowedOf(unmated, fpir), above }
    })
    return { mated: genuine.length, unmated, cmc, rank1: cmc[0], rates }
  })
}
