import type { StartName } from '../../../engine/index.ts'
import type { SizeGroups } from '../../../models/index.ts'
import type { ProtocolName } from '../glyphs/protocol.ts'

/** How well an embedding tells apart identities that it was never trained on; shares, 0 to 1. */
export interface OpenSet {
  readonly rank1: number
  readonly rank5: number
  /** Mean average precision. */
  readonly map: number
  /** Area under the ROC curve of verification, over pairs of different font families. */
  readonly auc: number
  /** True accept rate at a false accept rate of 1e-3, and of 1e-2. */
  readonly tar: number
  readonly tar2: number
  /** The ROC curve, thinned, `far` ascending. */
  readonly roc: readonly (readonly [far: number, tar: number])[]
}

/** Balanced accuracy over all classes, and those of >= 30, 6-29 and <= 5 training images; NaN (null in JSON) where there are none. */
export interface Groups {
  readonly all: number
  readonly many: number
  readonly medium: number
  readonly few: number
}

export interface ClassFigures {
  /** The identity's name. */
  readonly identity: string
  /** Training images. */
  readonly size: number
  /** Between prototype and centre of the training images, radians; null where one of them has no direction. */
  readonly angle: number | null
}

export interface Match {
  /** Indices of images in the glyph set. */
  readonly query: number
  /** Nearest first. */
  readonly found: readonly { readonly image: number; readonly right: boolean }[]
}

/** What of a run goes on its line of JSON. */
export interface Figures {
  /** The variant's name, such as `cosFace`, `cosFace-x1` or `irCosFace-previous` (variants.ts). */
  readonly loss: string
  readonly protocol: ProtocolName
  readonly net: string
  readonly dim: number
  readonly seed: number
  /** Unseen identities in seen font families, and in unseen ones. */
  readonly p1: OpenSet
  readonly p2: OpenSet
  /** Trained identities in unseen families: by the prototypes, and by the nearest class mean. */
  readonly closed: Groups & { readonly ncm: Groups }
  /** Mean angle between prototype and centre of the training images, by size as `closed`; radians. */
  readonly angle: SizeGroups
  /** Of training, and of all. */
  readonly trainSeconds: number
  readonly seconds: number
}

export interface Run extends Figures {
  /** Steps taken: fewer than the job's when it was stopped. */
  readonly steps: number
  readonly classes: readonly ClassFigures[]
  /** The loss along the way, each the mean since the one before. */
  readonly curve: readonly (readonly [step: number, loss: number])[]
  /** P1 along the way, where it was asked for. */
  readonly evaluations: readonly (readonly [step: number, rank1: number, map: number])[]
  /** Some queries of P2 with their first matches. */
  readonly matches: readonly Match[]
}

/** What a run gives. */
export interface Result {
  readonly run: Run
}

/** What decides a run's figures, and nothing else does. */
export interface Job {
  readonly loss: string
  readonly seed: number
  readonly protocol: ProtocolName
  /** On the validation split instead of the test images. */
  readonly validation: boolean
  readonly net: string
  readonly dim: number
  readonly epochs: number
  /** What the epochs make. */
  readonly steps: number
  readonly batch: number
  readonly sampling: string
  readonly augment: boolean
  /** Steps between evaluations on P1; 0 for none. */
  readonly evaluateEvery: number
  /** All images of P1 and P2, not 12 an identity. */
  readonly fullGallery: boolean
  readonly backend: StartName
}

/** What goes on the line of a run. */
export function lineOf(run: Figures) {
  const { loss, protocol, seed, net, dim, closed, angle, trainSeconds, seconds } = run
  const [p1, p2] = [run.p1, run.p2].map(({ roc, ...figures }) => figures)
  return { loss, protocol, seed, net, dim, p1, p2, closed, angle, trainSeconds, seconds }
}
