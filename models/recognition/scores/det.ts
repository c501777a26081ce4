import { type PairScores, roc } from '../../evaluation/verification.ts'
import { bothKinds } from './bothKinds.ts'
import { probit } from './probit.ts'

/** One threshold t of the DET curve: pairs of similarity >= t are accepted. */
export interface DetPoint {
  readonly threshold: number
  /** The false accept rate and the false reject rate, 1 - TAR. */
  readonly far: number
  readonly frr: number
  /** Their places on the axes, Φ^-1(far) and Φ^-1(frr): infinite where a rate is 0 or 1. */
  readonly x: number
  readonly y: number
}

/**
 * The DET curve, FRR over FAR on axes of normal deviates, on which scores of two normal distributions give a straight line; a
 * point for every similarity that occurs, from accepting nothing on. Throws without scores of a kind.
 * Source: Martin et al., "The DET curve in assessment of detection task performance" (Eurospeech 1997).
 */
export function det(scores: PairScores): DetPoint[] {
  bothKinds('det', scores)
  return roc(scores).map(({ threshold, far, tar }) => {
    const frr = 1 - tar
    return { threshold, far, frr, x: probit(far), y: probit(frr) }
  })
}
