import { checkName, checkOptions, type OptionNames } from '../../../engine/check.ts'
import { type PairScores, type RocPoint, roc } from '../../evaluation/verification.ts'
import { bothKinds } from './bothKinds.ts'
import { isotonicPools } from './isotonic.ts'

export interface EqualErrorRateOptions {
  /**
   * `steps`: straight lines between neighbouring points of the ROC curve. `hull`: those of its convex hull, as BOSARIS reports it
   * (ROCCH-EER), never larger. Default steps.
   */
  readonly curve?: 'steps' | 'hull'
}

const OPTIONS = { curve: true } satisfies OptionNames<EqualErrorRateOptions>

/** A point of error rates: false accepts and false rejects. */
type Errors = readonly [far: number, frr: number]

/**
 * EER: the error rate where FAR = FRR = 1 - TAR, on the line between the two points of the curve where FAR passes FRR.
 * scores -> a share in 0..1. Throws on scores that are not finite, and without scores of a kind.
 *
 * Source: Brümmer and de Villiers, "The BOSARIS Toolkit" (2013, arXiv:1304.2865), for the hull.
 */
export function equalErrorRate(scores: PairScores, options: EqualErrorRateOptions = {}): number {
  const op = 'equalErrorRate'
  checkOptions(op, options, OPTIONS)
  const { curve = 'steps' } = options
  checkName(op, 'curve', curve, ['steps', 'hull'])
  const { same, different } = bothKinds(op, scores)
  const points: readonly Errors[] =
    curve === 'hull' ? hull(same, different) : roc(scores).map(({ far, tar }: RocPoint) => [far, 1 - tar])
  const after = points.findIndex(([far, frr]) => far >= frr)
  const [[far, frr], [nextFar, nextFrr]] = [points[after - 1], points[after]]
  const share = (frr - far) / (frr - far + nextFar - nextFrr)
  return far + share * (nextFar - far)
}

/** The corners of the lower hull of the errors, from accepting nothing on: between the pools of PAV. */
function hull(same: ArrayLike<number>, different: ArrayLike<number>): Errors[] {
  const points: Errors[] = [[0, 1]]
  let [accepted, found] = [0, 0]
  for (const pool of isotonicPools(same, different).reverse()) {
    accepted += pool.different
    found += pool.same
    points.push([accepted / different.length, 1 - found / same.length])
  }
  return points
}
