import { checkFinite, checkOptions, type OptionNames, refusal } from '../../../engine/check.ts'
import { type PairScores, roc } from '../../evaluation/verification.ts'
import { bothKinds } from './bothKinds.ts'

export interface DetectionCostOptions {
  /** π: how probable a pair of one identity is, in (0, 1). Default 0.01, as in NIST's evaluation of speakers in 2008 and later. */
  readonly prior?: number
  /** What it costs to reject a pair of one identity. Default 1. */
  readonly missCost?: number
  /** What it costs to accept a pair of two. Default 1. */
  readonly falseAcceptCost?: number
}

const OPTIONS = {
  prior: true,
  missCost: true,
  falseAcceptCost: true,
} satisfies OptionNames<DetectionCostOptions>

export interface DetectionCost {
  /** Of the best decision by scores, over that of the better decision without: 0 .. 1. */
  readonly cost: number
  /** Scores >= threshold are accepted; Infinity where accepting nothing is best. */
  readonly threshold: number
}

/**
 * minDCF = min_t [C_miss π FRR(t) + C_fa (1-π) FAR(t)] / min(C_miss π, C_fa (1-π)); of equally good thresholds the highest.
 * scores -> cost in 0..1. Throws on scores that are not finite, and without scores of a kind.
 *
 * Source: NIST's speaker recognition evaluations (2016 plan, section 3.1), normalised by the better of accepting all and nothing.
 */
export function minDetectionCost(scores: PairScores, options: DetectionCostOptions = {}): DetectionCost {
  const op = 'minDetectionCost'
  checkOptions(op, options, OPTIONS)
  const { prior = 0.01, missCost = 1, falseAcceptCost = 1 } = options
  checkPrior(op, prior)
  checkFinite(op, 'missCost', missCost)
  checkFinite(op, 'falseAcceptCost', falseAcceptCost)
  bothKinds(op, scores)
  const [miss, accept] = [missCost * prior, falseAcceptCost * (1 - prior)]
  let best: DetectionCost = { cost: Infinity, threshold: Infinity }
  for (const { threshold, far, tar } of roc(scores)) {
    const cost = (miss * (1 - tar) + accept * far) / Math.min(miss, accept)
    if (cost < best.cost) best = { cost, threshold }
  }
  return best
}

/** Throws unless a prior is a probability other than 0 and 1. */
export function checkPrior(op: string, prior: unknown): void {
  if (typeof prior === 'number' && prior > 0 && prior < 1) return
  throw refusal(op, 'prior as a probability above 0 and below 1', prior)
}
