import { checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import type { VerificationSet } from '../data/verificationSet.ts'
import { pairCosines } from '../evaluation/pairs.ts'
import { checkFars, FARS } from '../evaluation/tarAtFars.ts'
import { type VerificationReport, verificationReport } from '../evaluation/verificationReport.ts'
import { EMBED_OPTIONS, type Embedding, type EmbedImagesOptions, embedded } from './embedImages.ts'

export interface VerifyOptions extends EmbedImagesOptions {
  /** Default here `sum`: x = embed(image) + embed(mirror image), as insightface reports it. */
  readonly flip?: NonNullable<EmbedImagesOptions['flip']>
  /** The false accept rates. Default 1e-1, 1e-2, .., 1e-6. */
  readonly fars?: readonly number[]
}

const OPTIONS = { ...EMBED_OPTIONS, fars: true } satisfies OptionNames<VerifyOptions>

/**
 * A verification set as the field reports it, of `verificationBin` or `lfwSet`: each image is embedded once, s = cos of each
 * pair, and its `verificationReport`: 10-fold accuracy, AUC, TAR at FAR with the number of pairs behind it.
 * Images come to `embed` in 0..1; a net that was trained on others, such as (v - 0.5) / 0.5, takes `x => net(x.sub(0.5).div(0.5))`.
 * Throws as `embedImages` and `verificationReport` do. The set stays open.
 */
export async function verify(
  embed: Embedding,
  set: VerificationSet,
  options: VerifyOptions = {},
): Promise<VerificationReport> {
  checkOptions('verify', options, OPTIONS)
  const { fars = FARS, flip = 'sum', ...images } = options
  checkFars('verify', 'fars', fars)
  if (set?.images === undefined || set.pairs === undefined || set.folds === undefined) {
    throw refusal('verify', 'a set { images, pairs, folds }, such as verificationBin(..),', set)
  }
  const x = await embedded('verify', embed, set.images, { flip, ...images })
  return verificationReport(await pairCosines(x, set.pairs), set.pairs, set.folds, { fars })
}
