import { checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import { slice, type Tensor } from '../../engine/index.ts'
import { type ClassIndices, checkIdentities, type Labels } from '../../losses/labels.ts'
import { rowsByLabel } from '../labels.ts'
import { checkRanks, cumulativeMatch, MatchRanks } from './ranks.ts'
import { cosineTiles } from './similarities.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'

export interface IdentificationOptions {
  /** How many of the distractors are in the gallery, ascending: the first so many. Default 10, 100, ... and all. */
  readonly sizes?: readonly number[]
  /** Up to which rank the CMC curves go. Default 10. */
  readonly ranks?: number
}

const KNOWN = { sizes: true, ranks: true } satisfies OptionNames<IdentificationOptions>

export interface Identification {
  /** How many probes with a mate there were: the sum over the identities of M (M - 1). */
  readonly trials: number
  /** For each number of distractors, cmc[k-1] = CMC(k), and rank1 = CMC(1). */
  readonly curves: readonly {
    readonly distractors: number
    readonly rank1: number
    readonly cmc: Float64Array
  }[]
}

/**
 * A trial for every ordered pair (i, j) of different images of one identity: probe i against a gallery of its one
 * mate j and the first n distractors.
 *   r_ij(n) = 1 + #{d < n : cos(x_i, z_d) >= cos(x_i, x_j)},  CMC(k; n) = share of the trials with r_ij(n) <= k
 * x[N,D] y[N] distractors z[M,D] -> a curve for each n, figures in 0..1; NaN where no identity has two images
 *
 * Source: MegaFace (Kemelmacher-Shlizerman et al., CVPR 2016, arXiv:1512.00596, "identification"): each of the M
 * photos of a person is added to the distractors in turn, and each of the other M - 1 is a probe; CMC is the
 * probability over the probes that the mate is found by rank k. Other images of the probe's person are not in the
 * gallery. Its development kit ranks in compiled programs, so what follows is ours: of equal similarities the
 * distractors come first, so that no figure depends on the order of the probes and a collapsed embedding earns
 * nothing; the galleries are nested, the first n rows of z each, in an order that the caller draws.
 * Throws on embeddings that are not finite and unless the sizes ascend within 0..M.
 */
export async function identification(
  x: Embeddings,
  y: Labels,
  distractors: Embeddings,
  options: IdentificationOptions = {},
): Promise<Identification> {
  checkOptions('identification', options, KNOWN)
  const { sizes, ranks = 10 } = options
  checkRanks('identification', ranks)
  return withUnitRows(
    'identification',
    ['probes', x],
    ['distractors', distractors],
    async (probes, others) => {
      const labels = checkIdentities('identification', 'labels', y, probes.shape[0])
      const counts = checkCounts(sizes, others.shape[0])
      const ranked = await matchRanksOf(probes, labels)
      const curves = []
      for (const [i, n] of counts.entries()) {
        await addAll(ranked, probes, others, counts[i - 1] ?? 0, n)
        const found = ranked.flatMap(probe => probe.before().map(before => before + 1))
        const cmc = cumulativeMatch(found, ranks)
        curves.push({ distractors: n, rank1: cmc[0], cmc })
      }
      return { trials: ranked.reduce((sum, probe) => sum + probe.order.length, 0), curves }
    },
  )
}

/** For each probe its mates, in descending order of similarity. */
async function matchRanksOf(probes: Tensor, labels: ClassIndices): Promise<MatchRanks[]> {
  const images = rowsByLabel(labels)
  const mates = Array.from(labels, (label, i) => (images.get(label) ?? []).filter(j => j !== i))
  const similarity = mates.map(list => new Map(list.map(j => [j, 0])))
  for await (const { start, rows, column, columns, cosines } of cosineTiles(probes, probes)) {
    for (let r = 0; r < rows; r++) {
      for (const j of similarity[start + r].keys()) {
        if (j >= column && j < column + columns)
          similarity[start + r].set(j, cosines[r * columns + j - column])
      }
    }
  }
  return mates.map((list, i) => new MatchRanks(list, j => similarity[i].get(j) as number, 'worst'))
}

/** Adds distractors from..to-1 to every probe's ranks. */
async function addAll(
  ranked: readonly MatchRanks[],
  probes: Tensor,
  others: Tensor,
  from: number,
  to: number,
): Promise<void> {
  if (from === to) return
  const part = slice(others, [from], [to])
  try {
    for await (const { start, rows, column, columns, cosines } of cosineTiles(probes, part)) {
      for (let r = 0; r < rows; r++) {
        const probe = ranked[start + r]
        for (let c = 0; c < columns; c++) probe.add(cosines[r * columns + c], from + column + c)
      }
    }
  } finally {
    part.dispose()
  }
}

function checkCounts(sizes: readonly number[] | undefined, m: number): readonly number[] {
  if (sizes === undefined) {
    const powers = []
    for (let n = 10; n < m; n *= 10) powers.push(n)
    return [...powers, m]
  }
  const ascend = (n: number, i: number): boolean => Number.isInteger(n) && n <= m && n > (sizes[i - 1] ?? -1)
  const fits = Array.isArray(sizes) && sizes.length > 0 && sizes.every(ascend)
  if (!fits) {
    throw refusal('identification', `ascending numbers of distractors from 0 to ${m}`, sizes)
  }
  return sizes
}
