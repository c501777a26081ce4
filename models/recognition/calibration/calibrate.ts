import { checkGiven, isRecord, type OptionNames, refusal } from '../../../engine/check.ts'
import { below } from '../../../engine/random.ts'
import { checkIdentities } from '../../../losses/labels.ts'
import { aboveCount, checkNumbers } from '../../evaluation/numbers.ts'
import { highestRefused, type PairScores, sortedScores } from '../../evaluation/verification.ts'
import { cellsOf } from './cells.ts'
import { type IdentityPairs, placesOf } from './identityPairs.ts'
import { rateOfIdentities } from './identityRate.ts'
import { pairsNeeded, type Rate, rateOfPairs } from './rate.ts'

export interface CalibrateOptions {
  /** The wanted false accept rate, in (0, 1): the share of pairs of two identities that may be accepted. */
  readonly far: number
  /** How often the intervals are to hold the true rates, in (0, 1). Default 0.95. */
  readonly confidence?: number
}

const OPTIONS = { far: ['fpir', 'fmr'], confidence: true } satisfies OptionNames<CalibrateOptions>

export interface Calibration {
  /** Scores >= threshold are accepted: the least at which at most the share `far` of the given pairs is. */
  readonly threshold: number
  readonly confidence: number
  /** The false accept rate at this threshold. */
  readonly far: Rate
  /** The false reject rate at this threshold; NaN without pairs of one identity. */
  readonly frr: Rate
}

/**
 * The threshold for a wanted false accept rate, from pairs of your own, and how well both error rates are known.
 *   threshold = least t with #{d >= t} <= far n  over the n scores d of pairs of two identities
 * Of `{ same, different }`, each pair counts as independent of the others: intervals are Clopper and Pearson's. Of
 * `{ scores, a, b }`, as `identityPairs` gives them, pairs that share an identity may depend on each other, as those of one person do:
 * intervals are wider (`Rate.effective`), and the ones to trust when every image is compared with every other.
 *
 * Throws where the pairs cannot support the rate: with n (effective) pairs and no false accept among them, the rate would still not be
 * known to be below `far`. That takes n >= ln(1 - confidence) / ln(1 - far), about 3 / far for 95 %. Throws on scores that are
 * not finite.
 */
export function calibrate(scores: PairScores | IdentityPairs, options: CalibrateOptions): Calibration {
  const op = 'calibrate'
  checkGiven(op, options, OPTIONS)
  const { far, confidence = 0.95 } = options
  checkShare(op, 'far', far)
  checkShare(op, 'confidence', confidence)
  const known = isIdentityPairs(scores) ? ofIdentities(op, scores) : ofPairs(op, scores)
  checkSupport(op, known.different.length, far, confidence, 'impostor pairs')
  const threshold = above(highestRefused(known.different, far) ?? -Number.MAX_VALUE)
  const rates = known.ratesAt(threshold, confidence)
  checkSupport(
    op,
    rates.far.effective,
    far,
    confidence,
    'impostor pairs without an identity in common',
    rates.far.pairs,
  )
  return { threshold, confidence, ...rates }
}

export const isIdentityPairs = (scores: PairScores | IdentityPairs): scores is IdentityPairs =>
  isRecord(scores) && 'scores' in scores

type Rates = Pick<Calibration, 'far' | 'frr'>

interface Known {
  /** Scores of pairs of two identities, ascending. */
  readonly different: ArrayLike<number>
  ratesAt(threshold: number, confidence: number): Rates
}

function ofPairs(op: string, scores: PairScores): Known {
  const { same, different } = sortedScores(op, scores)
  return {
    different,
    ratesAt(threshold, confidence) {
      const accepted = (list: ArrayLike<number>): number => aboveCount(list, below(threshold))
      return {
        far: rateOfPairs(accepted(different), different.length, confidence),
        frr: rateOfPairs(same.length - accepted(same), same.length, confidence),
      }
    },
  }
}

function ofIdentities(op: string, pairs: IdentityPairs): Known {
  checkNumbers(op, 'scores', pairs.scores, 'pair')
  const { scores } = pairs
  const n = scores.length
  const sides = new Float64Array(2 * n)
  for (const [i, side] of [pairs.a, pairs.b].entries())
    sides.set(checkIdentities(op, `identities ${'ab'[i]}`, side, n), i * n)
  const places = placesOf(sides)
  const [first, second] = [places.subarray(0, n), places.subarray(n)]
  const identities = places.reduce((most, place) => Math.max(most, place), -1) + 1
  const different = Float64Array.from(scores)
    .filter((_, p) => first[p] !== second[p])
    .sort()
  return {
    different,
    ratesAt(threshold, confidence) {
      const rate = (same: boolean): Rate =>
        rateOfIdentities(
          cellsOf(
            identities,
            first,
            second,
            p => (first[p] === second[p]) === same,
            p => scores[p] >= threshold !== same,
          ),
          confidence,
        )
      return { far: rate(false), frr: rate(true) }
    },
  }
}

/** Throws unless so many pairs bound a rate of `far` where none of them is accepted. */
function checkSupport(
  op: string,
  pairs: number,
  far: number,
  confidence: number,
  what: string,
  all?: number,
): void {
  const needed = pairsNeeded(far, confidence)
  if (pairs >= needed) return
  const got =
    all === undefined
      ? `${pairs}`
      : `${all} that are worth ${Math.floor(pairs)} (more people, or a larger far)`
  throw new Error(
    `${op}: for FAR ${far} at ${Number((100 * confidence).toPrecision(6))} % at least ${needed} ${what} expected, got ${got}`,
  )
}

function checkShare(op: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value < 1) return
  throw refusal(op, `${name} as a share above 0 and below 1`, value)
}

/** The least float64 above the finite `x`. */
const above = (x: number): number => -below(-x)
