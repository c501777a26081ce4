import { checkInteger, checkOptions, type OptionNames, refusal } from '../../../engine/check.ts'
import type { TypedArray } from '../../../engine/index.ts'
import { nearest } from '../../evaluation/nearest.ts'
import { checkNumbers } from '../../evaluation/numbers.ts'
import { cosineRows } from '../../evaluation/similarities.ts'
import { type Embeddings, withUnitRows } from '../../evaluation/unitRows.ts'

export interface CohortOptions {
  /** Only the so many most similar of the cohort count, as adaptive s-norm has it. Default: all. */
  readonly top?: number
}

const OPTIONS = { top: true } satisfies OptionNames<CohortOptions>

/** Of each embedding, the mean and the standard deviation of its similarities with the cohort. */
export interface CohortStatistics {
  readonly mean: Float64Array
  readonly std: Float64Array
}

/**
 * μ_i = mean_k cos(x_i, c_k),  σ_i = sqrt(mean_k (cos(x_i, c_k) - μ_i)²) over a cohort of others, or over the `top` most similar
 * of it.  x[N,D] cohort[K,D] -> mean[N] std[N]
 * The cohort is of identities that are neither enrolled nor tested. Throws unless 2 <= top <= K, and on embeddings that are not finite.
 */
export async function cohortStatistics(
  x: Embeddings,
  cohort: Embeddings,
  options: CohortOptions = {},
): Promise<CohortStatistics> {
  const op = 'cohortStatistics'
  checkOptions(op, options, OPTIONS)
  return withUnitRows(op, ['x', x], ['cohort', cohort], async (u, v) => {
    const { top = v.size } = options
    if (v.size < 2) throw new Error(`${op}: a cohort of at least 2 expected, got ${v.size}`)
    checkInteger(op, 'top', top, 2, v.size)
    const [mean, std] = [new Float64Array(u.size), new Float64Array(u.size)]
    const note = (i: number, scores: TypedArray): void => {
      mean[i] = meanOf(scores, s => s)
      std[i] = Math.sqrt(meanOf(scores, s => (s - mean[i]) ** 2))
    }
    if (top < v.size) {
      const { scores } = await nearest(u, v, top)
      for (let i = 0; i < u.size; i++) note(i, scores.subarray(i * top, (i + 1) * top))
    } else {
      // Nothing is to be sorted, nor kept.
      for await (const { start, rows, cosines } of cosineRows(u, v)) {
        for (let r = 0; r < rows; r++) note(start + r, cosines.subarray(r * top, (r + 1) * top))
      }
    }
    return { mean, std }
  })
}

function meanOf(scores: TypedArray, f: (score: number) => number): number {
  let sum = 0
  for (let i = 0; i < scores.length; i++) sum += f(scores[i])
  return sum / scores.length
}

/** Which embedding of each side a score is of. */
export interface ScoredRows {
  /** s[P] */
  readonly scores: ArrayLike<number>
  /** The rows of the statistics of enrolled embeddings: enrolled[P]. */
  readonly enrolled: ArrayLike<number>
  /** The rows of the statistics of probes: probes[P]. */
  readonly probes: ArrayLike<number>
}

/** z_p = (s_p - μ_e) / σ_e, e the enrolled embedding of pair p: z-norm (Auckenthaler et al. 2000).  s[P] -> [P] */
export const zNorm = (rows: ScoredRows, ofEnrolled: CohortStatistics): Float64Array =>
  normalized('zNorm', rows, [['enrolled', ofEnrolled]])

/** t_p = (s_p - μ_t) / σ_t, t the probe of pair p: t-norm (Auckenthaler et al. 2000).  s[P] -> [P] */
export const tNorm = (rows: ScoredRows, ofProbes: CohortStatistics): Float64Array =>
  normalized('tNorm', rows, [['probes', ofProbes]])

/**
 * (z_p + t_p) / 2: s-norm (Kenny 2010), and with statistics of the `top` most similar of the cohort adaptive s-norm (Matejka et
 * al. 2017, its variant 1: each side by the cohort nearest to itself).  s[P] -> [P]
 */
export const sNorm = (
  rows: ScoredRows,
  ofEnrolled: CohortStatistics,
  ofProbes: CohortStatistics,
): Float64Array =>
  normalized('sNorm', rows, [
    ['enrolled', ofEnrolled],
    ['probes', ofProbes],
  ])

/** The mean over the sides of the scores, standardised by each. */
function normalized(
  op: string,
  rows: ScoredRows,
  sides: readonly (readonly ['enrolled' | 'probes', CohortStatistics])[],
): Float64Array {
  if (typeof rows !== 'object' || rows === null || !('scores' in rows))
    throw refusal(op, 'rows as { scores, enrolled, probes }', rows)
  const { scores } = rows
  checkNumbers(op, 'scores', scores, 'pair')
  const z = new Float64Array(scores.length)
  for (const [name, { mean, std }] of sides) {
    const places = rows[name]
    if (places?.length !== scores.length)
      throw new Error(`${op}: ${scores.length} rows of ${name} expected, got ${places?.length}`)
    for (let p = 0; p < z.length; p++) {
      checkInteger(op, `row ${p} of ${name}`, places[p], 0, mean.length - 1)
      const spread = std[places[p]]
      if (!(spread > 0))
        throw new Error(`${op}: a spread above 0 in the cohort expected, got ${spread} for row ${places[p]}`)
      z[p] += (scores[p] - mean[places[p]]) / spread / sides.length
    }
  }
  return z
}
