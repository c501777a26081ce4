import type { Loss } from './loss.ts'
import { type MarginLossOptions, marginSoftmax } from './marginSoftmax.ts'
import { type ArcFaceOptions, arcFaceMargin } from './margins/arcFace.ts'
import { type CombinedMarginOptions, combinedMargin as combined } from './margins/combinedMargin.ts'
import { type CosFaceOptions, cosFaceMargin } from './margins/cosFace.ts'
import { type LSoftmaxOptions, lSoftmaxMargin } from './margins/lSoftmax.ts'
import type { Margin } from './margins/margin.ts'
import { type NormFaceOptions, normFaceMargin, softmaxMargin } from './margins/none.ts'
import { type SphereFaceOptions, sphereFaceMargin } from './margins/sphereFace.ts'
import type { CenterOptions } from './prototypes/centerOptions.ts'
import { classCenters } from './prototypes/classCenters.ts'
import { learned } from './prototypes/learned.ts'
import { type WarmOptions, warmed } from './prototypes/warmed.ts'

/** What every loss over class centres understands. */
export interface OverCentersOptions extends MarginLossOptions, CenterOptions, WarmOptions {}

/** A margin over a W[C,D] that the gradient trains. */
function overLearned(name: string, margin: Margin, options: MarginLossOptions & { bias?: boolean }): Loss {
  return marginSoftmax(name, margin, learned(name, options), options)
}

/**
 * A margin over class centres, the IR-Softmax rule (prototypes/classCenters.ts): of x / ‖x‖ where the margin leaves
 * the norm of x out, else of x. With `warm`, W is learned at first (prototypes/warmed.ts).
 */
function overCenters(name: string, margin: Margin, options: OverCentersOptions): Loss {
  const { warm = 0 } = options
  const centers = classCenters(name, { ...options, normalized: margin.unitX })
  const rule = warm === 0 ? centers : warmed(name, learned(name, options), centers, warm)
  return marginSoftmax(name, margin, rule, options)
}

/** CE of z_j = <w_j, x> (+ b_j with `bias`).  x[N,D] y[N] -> [] */
export const softmaxLoss = (options: MarginLossOptions & { bias?: boolean }): Loss =>
  overLearned('softmax', softmaxMargin(), options)

/** CE of z_j = s cos theta_j, s = 30 (Wang 2017).  x[N,D] y[N] -> [] */
export const normFace = (options: MarginLossOptions & NormFaceOptions): Loss =>
  overLearned('normFace', normFaceMargin(options), options)

/** CE with z_y = ‖w_y‖ ‖x‖ psi(theta_y), m = 4 (Liu 2016).  x[N,D] y[N] -> [] */
export const lSoftmax = (options: MarginLossOptions & LSoftmaxOptions): Loss =>
  overLearned('lSoftmax', lSoftmaxMargin(options), options)

/** CE with z_y = ‖x‖ (lambda cos theta_y + psi(theta_y)) / (1 + lambda), m = 4 (Liu 2017).  x[N,D] y[N] -> [] */
export const sphereFace = (options: MarginLossOptions & SphereFaceOptions): Loss =>
  overLearned('sphereFace', sphereFaceMargin(options), options)

/** CE with z_y = s (cos theta_y - m), s = 30, m = 0.35 (Wang 2018); LDAM with `ldamMargins`.  x[N,D] y[N] -> [] */
export const cosFace = (options: MarginLossOptions & CosFaceOptions): Loss =>
  overLearned('cosFace', cosFaceMargin(options), options)

/** CE with z_y = s cos(theta_y + m), s = 64, m = 0.5 radians (Deng 2019).  x[N,D] y[N] -> [] */
export const arcFace = (options: MarginLossOptions & ArcFaceOptions): Loss =>
  overLearned('arcFace', arcFaceMargin(options), options)

/** CE with z_y = s (cos(m1 theta_y + m2) - m3), s = 64, margins 1, 0.3 radians, 0.2 (Deng 2019).  x[N,D] y[N] -> [] */
export const combinedMargin = (options: MarginLossOptions & CombinedMarginOptions): Loss =>
  overLearned('combinedMargin', combined(options), options)

/** IR-Softmax: softmax with w_j = normalize(c_j - mean_k c_k), c_j the class's centre (Zhu 2020).  x[N,D] y[N] -> [] */
export const irSoftmax = (options: OverCentersOptions): Loss =>
  overCenters('irSoftmax', softmaxMargin(), options)

/** NormFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irNormFace = (options: OverCentersOptions & NormFaceOptions): Loss =>
  overCenters('irNormFace', normFaceMargin(options), options)

/** L-Softmax over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irLSoftmax = (options: OverCentersOptions & LSoftmaxOptions): Loss =>
  overCenters('irLSoftmax', lSoftmaxMargin(options), options)

/** IR-A-Softmax: SphereFace over class centres (Zhu 2020).  x[N,D] y[N] -> [] */
export const irSphereFace = (options: OverCentersOptions & SphereFaceOptions): Loss =>
  overCenters('irSphereFace', sphereFaceMargin(options), options)

/** IR-AM-Softmax: CosFace over class centres (Zhu 2020).  x[N,D] y[N] -> [] */
export const irCosFace = (options: OverCentersOptions & CosFaceOptions): Loss =>
  overCenters('irCosFace', cosFaceMargin(options), options)

/** ArcFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irArcFace = (options: OverCentersOptions & ArcFaceOptions): Loss =>
  overCenters('irArcFace', arcFaceMargin(options), options)

/** The combined margin over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irCombinedMargin = (options: OverCentersOptions & CombinedMarginOptions): Loss =>
  overCenters('irCombinedMargin', combined(options), options)
