import { checkNumber, checkOptions, type OptionNames } from '../../engine/check.ts'
import { type ClassIndices, checkIdentities, type Labels } from '../../losses/labels.ts'
import { rowsByLabel } from '../labels.ts'
import { beside, type Distractors, distractorParts, type Part } from './distractors.ts'
import { FalseAccepts } from './falseAccepts.ts'
import type { FlatIndex } from './flatIndex.ts'
import { checkRanks, cumulativeMatch, MatchRanks } from './ranks.ts'
import { cosineTiles, TILE } from './similarities.ts'
import { type Embeddings, unitRows } from './unitRows.ts'

export interface IdentificationOptions {
  /** How many of the distractors are in the gallery, ascending: the first so many. Default 10, 100, ... and all. */
  readonly sizes?: readonly number[]
  /** Up to which rank the CMC curves go. Default 10. */
  readonly ranks?: number
  /** The false accept rate at which verification is reported, 1e-6 in MegaFace. Default: it is not. */
  readonly far?: number
}

const KNOWN = { sizes: true, ranks: true, far: true } satisfies OptionNames<IdentificationOptions>

export interface IdentificationCurve {
  readonly distractors: number
  /** cmc[k-1] = CMC(k), and rank1 = CMC(1). */
  readonly cmc: Float64Array
  readonly rank1: number
  /** The true accept rate at `far`; where that was given. */
  readonly tar?: number
}

export interface Identification {
  /** How many probes with a mate there were: the sum over the identities of M (M - 1). */
  readonly trials: number
  /** One for each number of distractors. */
  readonly curves: readonly IdentificationCurve[]
}

/**
 * A trial for every ordered pair (i, j) of different images of one identity: probe i against a gallery of its one
 * mate j and the first n distractors.
 *   r_ij(n) = 1 + #{d < n : cos(x_i, z_d) >= cos(x_i, x_j)},  CMC(k; n) = share of the trials with r_ij(n) <= k
 * With `far` also verification, as `tarAtFar` defines it: the pairs (i, j) of one identity against all pairs (i, d), d < n.
 * x[N,D] y[N] distractors z[M,D] -> a curve for each n, figures in 0..1; NaN where no identity has two images
 *
 * Source: MegaFace (Kemelmacher-Shlizerman et al., CVPR 2016, arXiv:1512.00596, "identification"): each of the M
 * photos of a person is added to the distractors in turn, and each of the other M - 1 is a probe; CMC is the
 * probability over the probes that the mate is found by rank k. Other images of the probe's person are not in the
 * gallery. Its development kit computes ranks and rates in compiled programs, so what follows is ours: of equal
 * similarities the distractors come first, so that no figure depends on the order of the probes and a collapsed embedding
 * earns nothing; the galleries are nested, the first n rows of z each, in an order that the caller draws; and no rate
 * is interpolated, where some authors do so with the kit's curve.
 *
 * Memory grows with the probes, the trials and one block, not with the number of distractors.
 * Throws on embeddings that are not finite, on fewer distractors than the sizes ask for, and unless the sizes ascend.
 */
export async function identification(
  x: Embeddings,
  y: Labels,
  distractors: Distractors,
  options: IdentificationOptions = {},
): Promise<Identification> {
  checkOptions('identification', options, KNOWN)
  const { sizes, ranks = 10, far } = options
  checkRanks('identification', ranks)
  if (far !== undefined) checkNumber('identification', 'far', far, 0, 1)
  const probes = await unitRows('identification', 'probes', x, beside(distractors))
  try {
    const labels = checkIdentities('identification', 'labels', y, probes.size)
    const ranked = await matchRanksOf(probes, labels)
    const pairs = ranked.flatMap(({ scores }) => [...scores])
    const accepts = far === undefined ? undefined : new FalseAccepts(pairs, far)
    const curveOf = (n: number): IdentificationCurve => {
      const found = ranked.flatMap(probe => probe.before().map(before => before + 1))
      const cmc = cumulativeMatch(found, ranks)
      const rates = { distractors: n, rank1: cmc[0], cmc }
      return accepts === undefined ? rates : { ...rates, tar: accepts.tar() }
    }
    const curves = sizes?.[0] === 0 ? [curveOf(0)] : []
    let total = 0
    for await (const part of distractorParts('identification', probes, distractors, sizes)) {
      await addAll(ranked, accepts, probes, part)
      const { seen, reached } = part
      if (reached) curves.push(curveOf(seen))
      total = seen
    }
    if (sizes === undefined && curves[curves.length - 1]?.distractors !== total) curves.push(curveOf(total))
    return { trials: ranked.reduce((sum, probe) => sum + probe.order.length, 0), curves }
  } finally {
    probes.dispose()
  }
}

/** For each probe its mates, in descending order of similarity. */
async function matchRanksOf(probes: FlatIndex, labels: ClassIndices): Promise<MatchRanks[]> {
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

/** Adds distractors to every probe's ranks, and to what verification counts. */
async function addAll(
  ranked: readonly MatchRanks[],
  accepts: FalseAccepts | undefined,
  probes: FlatIndex,
  part: Part,
): Promise<void> {
  const tiles = cosineTiles(probes, part.rows, ...TILE, part.from, part.to)
  for await (const { start, rows, column, columns, cosines } of tiles) {
    for (let r = 0; r < rows; r++) {
      const probe = ranked[start + r]
      for (let c = 0; c < columns; c++) probe.add(cosines[r * columns + c], column + c)
    }
    if (accepts !== undefined) for (const score of cosines) accepts.add(score)
  }
}
