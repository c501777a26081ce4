import { checkInteger } from '../../engine/check.ts'
import type { ImagePair } from '../evaluation/pairs.ts'
import type { EncodedImages } from './imageSource.ts'

/** Pairs of images to tell apart, and the images. */
export interface VerificationSet {
  readonly images: EncodedImages
  /** Pairs of indices of images. */
  readonly pairs: readonly ImagePair[]
  /** The fold of each pair, which `foldAccuracy` takes. */
  readonly folds: Int32Array
}

/**
 * The fold of each of n pairs: runs of neighbours as equal as can be, the first n mod `folds` of them one longer.  -> folds[n]
 * Source: scikit-learn's `KFold(folds, shuffle=False)`. Throws on fewer pairs than folds.
 */
export function consecutiveFolds(op: string, n: number, folds: number): Int32Array {
  checkInteger(op, 'folds', folds, 2)
  if (n < folds)
    throw new Error(`${op}: at least one pair a fold expected, ${folds}, got ${n} (option folds)`)
  const [size, longer] = [Math.floor(n / folds), n % folds]
  // Pairs of the longer folds come first.
  return Int32Array.from({ length: n }, (_, p) =>
    p < longer * (size + 1)
      ? Math.floor(p / (size + 1))
      : longer + Math.floor((p - longer * (size + 1)) / size),
  )
}
