import { checkOptions, type OptionNames } from '../../engine/check.ts'
import type { Labels } from '../../losses/labels.ts'
import { accuracyOf, type FoldAccuracy } from './foldAccuracy.ts'
import { type ImagePairs, splitOf } from './pairs.ts'
import { checkFars, FARS, type TarAtFar, tarAtFars } from './tarAtFars.ts'
import { auc } from './verification.ts'

export interface VerificationReport {
  /** Pairs of one identity, and of two. */
  readonly pairs: { readonly same: number; readonly different: number }
  /** With the threshold of each fold chosen on the others. */
  readonly accuracy: FoldAccuracy
  readonly auc: number
  /** TAR at each FAR over all pairs together, with the number of pairs behind it. */
  readonly rates: readonly TarAtFar[]
}

export interface VerificationReportOptions {
  /** The false accept rates. Default 1e-1, 1e-2, .., 1e-6. */
  readonly fars?: readonly number[]
}

const OPTIONS = { fars: true } satisfies OptionNames<VerificationReportOptions>

/**
 * What is reported of a verification set: `foldAccuracy`, `auc` and `tarAtFars` of its pairs.
 * s[P] pairs[P] fold[P] -> report.  Throws as these do.
 *
 * insightface's own figures (recognition/arcface_torch/eval/verification.py) part from these: thresholds are tried in steps of
 * 0.01 of ‖u - v‖² = 2 - 2 cos; the spread is the standard deviation over the folds, no error of their mean; and the threshold of
 * its TAR at 1e-3 is interpolated, in the other folds' pairs, between steps of 0.001.
 */
export function verificationReport(
  scores: ArrayLike<number>,
  pairs: ImagePairs,
  folds: Labels,
  options: VerificationReportOptions = {},
): VerificationReport {
  checkOptions('verificationReport', options, OPTIONS)
  const { fars = FARS } = options
  checkFars('verificationReport', 'fars', fars)
  const accuracy = accuracyOf('verificationReport', scores, pairs, folds)
  const split = splitOf('verificationReport', scores, pairs)
  return {
    pairs: { same: split.same.length, different: split.different.length },
    accuracy,
    auc: auc(split),
    rates: tarAtFars(split, fars),
  }
}
