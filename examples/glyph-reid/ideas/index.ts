import { chosen } from '../../../engine/check.ts'
import {
  arcFace,
  type CenterOptions,
  cosFace,
  irArcFace,
  irCosFace,
  type Loss,
  type MarginLossOptions,
  marginSoftmax,
} from '../../../losses/index.ts'
import { LOSS_OPTIONS } from '../../../losses/loss.ts'
import { MARGIN_LOSS_OPTIONS } from '../../../losses/marginSoftmax.ts'
import { arcFaceMargin, cosFaceMargin } from '../../../losses/margins/additive.ts'
import { type Margin, normFaceMargin, type Scale } from '../../../losses/margins/margin.ts'
import { CENTER_OPTIONS } from '../../../losses/prototypes/centerOptions.ts'
import type { Shrinkage } from './shrinkage.ts'
import { shrunkCenters } from './shrunkCenters.ts'
import { type UncertaintyOptions, uncertaintyMargins } from './uncertaintyMargins.ts'

export { type Shrinkage, shrinkage } from './shrinkage.ts'
export { type ShrunkOptions, shrunkCenters } from './shrunkCenters.ts'
export { type UncertaintyOptions, uncertaintyMargins } from './uncertaintyMargins.ts'

/** What every idea understands; those about margins leave out what concerns centres, and the other way round. */
export interface IdeaOptions extends MarginLossOptions, CenterOptions {
  /** n_j, the training images of each class. */
  readonly sizes: ArrayLike<number>
  /** The scale. Default: the margin's. */
  readonly s?: Scale
  /** Of shrunk centres: the margin, the same for all. Default: the margin's. */
  readonly m?: number
  /** Of shrunk centres: what differs from the defaults. */
  readonly shrinkage?: Omit<Shrinkage, 'sizes'>
  /** Of margins by uncertainty: what differs from the defaults. */
  readonly uncertainty?: UncertaintyOptions
}

const shrunk = (name: string, margin: Margin, options: IdeaOptions): Loss => {
  const rule = shrunkCenters(name, {
    ...chosen(options, { ...LOSS_OPTIONS, ...CENTER_OPTIONS }),
    shrinkage: { ...options.shrinkage, sizes: options.sizes },
  })
  return marginSoftmax(name, margin, rule, chosen(options, MARGIN_LOSS_OPTIONS))
}

const uncertain = ({ sizes, uncertainty, shrinkage: _, ...options }: IdeaOptions) => ({
  ...options,
  m: uncertaintyMargins(sizes, uncertainty),
})

/** Losses with an idea of ours in them, by name; each also takes `logitAdjustment`. */
export const IDEAS = {
  irNormFaceShrunk: o => shrunk('irNormFaceShrunk', normFaceMargin(chosen(o, { s: true })), o),
  irCosFaceShrunk: o => shrunk('irCosFaceShrunk', cosFaceMargin(chosen(o, { s: true, m: true })), o),
  irArcFaceShrunk: o => shrunk('irArcFaceShrunk', arcFaceMargin(chosen(o, { s: true, m: true })), o),
  cosFaceUncertain: o => cosFace(uncertain(o)),
  irCosFaceUncertain: o => irCosFace(uncertain(o)),
  arcFaceUncertain: o => arcFace(uncertain(o)),
  irArcFaceUncertain: o => irArcFace(uncertain(o)),
} as const satisfies Record<string, (options: IdeaOptions) => Loss>
