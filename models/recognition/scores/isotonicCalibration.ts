import { checkNoMore } from '../../../engine/check.ts'
import type { PairScores } from '../../evaluation/verification.ts'
import { bothKinds } from './bothKinds.ts'
import { isotonicPools } from './isotonic.ts'
import { type ScoreCalibration, scoreCalibration } from './logistic.ts'

/**
 * l(s) = ln (same/n) - ln (different/m) of the pool that s lies in, by PAV: steps that never fall, straight lines between
 * neighbouring pools, and beyond them the first's and the last's. A pair of each kind is added at the lowest score and at the highest,
 * so that no ratio is infinite (Laplace's rule, as BOSARIS offers it).  scores -> calibration
 *
 * Source: Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability estimates" (KDD 2002). Throws
 * on scores that are not finite, and without scores of a kind.
 */
export function isotonicCalibration(scores: PairScores, ...none: readonly never[]): ScoreCalibration {
  checkNoMore('isotonicCalibration', none, 'isotonicCalibration(scores)')
  const { same, different } = bothKinds('isotonicCalibration', scores)
  const ends = [
    Math.min(same[0], different[0]),
    Math.max(same[same.length - 1], different[different.length - 1]),
  ]
  const [x, y] = [same, different].map(list => [ends[0], ...Array.from(list), ends[1]])
  const pools = isotonicPools(x, y)
  const ratios = pools.map(pool => Math.log(pool.same / x.length) - Math.log(pool.different / y.length))
  return scoreCalibration(score => {
    const above = pools.findIndex(({ to }) => score <= to)
    if (above < 0) return ratios[ratios.length - 1]
    const from = pools[above].from
    if (above === 0 || score >= from) return ratios[above]
    const to = pools[above - 1].to
    return ratios[above - 1] + ((score - to) / (from - to)) * (ratios[above] - ratios[above - 1])
  })
}
