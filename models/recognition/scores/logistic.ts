import { checkOptions, type OptionNames, refusal } from '../../../engine/check.ts'
import type { PairScores } from '../../evaluation/verification.ts'
import { bothKinds } from './bothKinds.ts'
import { checkPrior } from './detectionCost.ts'
import { fitLogistic, sigmoid } from './fitLogistic.ts'

export interface ScoreCalibrationOptions {
  /** π: how probable a pair of one identity is where the fit is to be best, in (0, 1). Default 0.5. */
  readonly prior?: number
}

export const SCORE_CALIBRATION = { prior: true } satisfies OptionNames<ScoreCalibrationOptions>

/** From scores to log-likelihood ratios l(s) = ln p(s | one identity) / p(s | two), and to probabilities. */
export interface ScoreCalibration {
  /** l(s), in nats: above 0 where the score speaks for one identity; NaN of NaN. Throws on what is no number. */
  logRatio(score: number): number
  /** P(one identity | s) = σ(l(s) + ln π/(1-π)) for pairs of which the share `prior`, by default 0.5, is of one identity. */
  probability(score: number, prior?: number): number
}

/** The line that is fitted. */
export interface LogisticCalibration extends ScoreCalibration {
  readonly slope: number
  readonly intercept: number
}

/**
 * l(s) = slope s + intercept, by logistic regression: the line that minimises
 *   -π mean over pairs of one identity of [t ln p + (1-t) ln(1-p)], and (1-π) times the same over pairs of two,  p = σ(l + ln π/(1-π))
 * with Platt's targets t = (n+1)/(n+2) of n pairs of one identity, 1/(m+2) of m pairs of two, so that the slope stays finite where
 * a threshold tells all pairs apart.  scores -> calibration
 *
 * Source: the targets are Platt's ("Probabilistic outputs for support vector machines", 1999), the weights by the prior those of
 * Brümmer and du Preez (2006); both together are ours. Throws on scores that are not finite, and without scores of a kind.
 */
export function logisticCalibration(
  scores: PairScores,
  options: ScoreCalibrationOptions = {},
): LogisticCalibration {
  const op = 'logisticCalibration'
  checkOptions(op, options, SCORE_CALIBRATION)
  const { prior = 0.5 } = options
  checkPrior(op, prior)
  const { same, different } = bothKinds(op, scores)
  const { slope, intercept } = fitLogistic(
    [
      { scores: same, weight: prior, target: (same.length + 1) / (same.length + 2) },
      { scores: different, weight: 1 - prior, target: 1 / (different.length + 2) },
    ],
    logit(prior),
  )
  return { slope, intercept, ...scoreCalibration(score => slope * score + intercept) }
}

export function scoreCalibration(ratioOf: (score: number) => number): ScoreCalibration {
  const logRatio = (score: number): number => {
    if (typeof score !== 'number') throw refusal('logRatio', 'score as a number', score)
    return Number.isNaN(score) ? score : ratioOf(score)
  }
  return {
    logRatio,
    probability(score, prior = 0.5) {
      checkPrior('probability', prior)
      return sigmoid(logRatio(score) + logit(prior))
    },
  }
}

export const logit = (p: number): number => Math.log(p) - Math.log1p(-p)
