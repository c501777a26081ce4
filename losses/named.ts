import { isRecord } from '../engine/check.ts'
import type { Loss } from './loss.ts'
import {
  ARC_FACE_OPTIONS,
  type ArcFaceOptions,
  arcFaceMargin,
  COS_FACE_OPTIONS,
  type CosFaceOptions,
  cosFaceMargin,
} from './margins/additive.ts'
import {
  COMBINED_OPTIONS,
  type CombinedMarginOptions,
  combinedMargin as combined,
} from './margins/combinedMargin.ts'
import {
  NORM_FACE_OPTIONS,
  type NormFaceOptions,
  normFaceMargin,
  SOFTMAX_OPTIONS,
  type SoftmaxOptions,
  softmaxMargin,
} from './margins/margin.ts'
import {
  L_SOFTMAX_OPTIONS,
  type LSoftmaxOptions,
  lSoftmaxMargin,
  SPHERE_FACE_OPTIONS,
  type SphereFaceOptions,
  sphereFaceMargin,
} from './margins/multiplicative.ts'
import { SPHERE_FACE_R_OPTIONS, type SphereFaceROptions, sphereFaceRMargin } from './margins/sphereFaceR.ts'
import { type OverCentersOptions, type OverLearnedOptions, overCenters, overLearned } from './overRules.ts'

export * from './namedAdaptive.ts'
export type { OverCentersOptions, OverLearnedOptions } from './overRules.ts'

/** CE of z_j = <w_j, x> (+ b_j with `bias`).  x[N,D] y[N] -> [] */
export const softmaxLoss = (options: OverLearnedOptions & SoftmaxOptions): Loss =>
  overLearned('softmax', softmaxMargin, SOFTMAX_OPTIONS, options)

/** CE of z_j = s cos theta_j, s = 30 (Wang 2017).  x[N,D] y[N] -> [] */
export const normFace = (options: OverLearnedOptions & NormFaceOptions): Loss =>
  overLearned('normFace', normFaceMargin, NORM_FACE_OPTIONS, options)

/** CE with z_y = ‖w_y‖ ‖x‖ psi(theta_y), m = 4 (Liu 2016).  x[N,D] y[N] -> [] */
export const lSoftmax = (options: OverLearnedOptions & LSoftmaxOptions): Loss =>
  overLearned('lSoftmax', lSoftmaxMargin, L_SOFTMAX_OPTIONS, options)

/** CE with z_y = ‖x‖ (lambda cos theta_y + psi(theta_y)) / (1 + lambda), m = 4 (Liu 2017).  x[N,D] y[N] -> [] */
export const sphereFace = (options: OverLearnedOptions & SphereFaceOptions): Loss =>
  overLearned('sphereFace', sphereFaceMargin, SPHERE_FACE_OPTIONS, options)

/**
 * CE with z_y = s cos(min(m theta_y, pi)), s = 30, m = 1.5, and the gradient of z_y = s cos theta_y (Liu 2021).
 * x[N,D] y[N] -> []
 */
export const sphereFaceR = (options: OverLearnedOptions & SphereFaceROptions): Loss =>
  overLearned('sphereFaceR', sphereFaceRMargin, SPHERE_FACE_R_OPTIONS, options)

/** CE with z_y = s (cos theta_y - m), s = 30, m = 0.35 (Wang 2018); LDAM with `ldamMargins`.  x[N,D] y[N] -> [] */
export const cosFace = (options: OverLearnedOptions & CosFaceOptions): Loss =>
  overLearned('cosFace', cosFaceMargin, COS_FACE_OPTIONS, options)

/** CE with z_y = s cos(theta_y + m), s = 64, m = 0.5 radians (Deng 2019).  x[N,D] y[N] -> [] */
export const arcFace = (options: OverLearnedOptions & ArcFaceOptions): Loss =>
  overLearned('arcFace', arcFaceMargin, ARC_FACE_OPTIONS, options)

/** CE with z_y = s (cos(m1 theta_y + m2) - m3), s = 64, margins 1, 0.3 radians, 0.2 (Deng 2019).  x[N,D] y[N] -> [] */
export const combinedMargin = (options: OverLearnedOptions & CombinedMarginOptions): Loss =>
  overLearned('combinedMargin', combined, COMBINED_OPTIONS, options)

/** IR-Softmax: z_j = <c_j, x> (+ b_j with `bias`), c_j the class's centre (Zhu 2020, p. 8).  x[N,D] y[N] -> [] */
export const irSoftmax = (options: OverCentersOptions & SoftmaxOptions): Loss =>
  overCenters('irSoftmax', softmaxMargin, SOFTMAX_OPTIONS, options)

/** NormFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irNormFace = (options: OverCentersOptions & NormFaceOptions): Loss =>
  overCenters('irNormFace', normFaceMargin, NORM_FACE_OPTIONS, options)

/** L-Softmax over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irLSoftmax = (options: OverCentersOptions & LSoftmaxOptions): Loss =>
  overCenters('irLSoftmax', lSoftmaxMargin, L_SOFTMAX_OPTIONS, options)

/** IR-A-Softmax: SphereFace over class centres (Zhu 2020).  x[N,D] y[N] -> [] */
export const irSphereFace = (options: OverCentersOptions & SphereFaceOptions): Loss =>
  overCenters('irSphereFace', sphereFaceMargin, SPHERE_FACE_OPTIONS, options)

/** SphereFace-R over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irSphereFaceR = (options: OverCentersOptions & SphereFaceROptions): Loss =>
  overCenters('irSphereFaceR', sphereFaceRMargin, SPHERE_FACE_R_OPTIONS, options)

/** IR-AM-Softmax: CosFace over class centres (Zhu 2020).  x[N,D] y[N] -> [] */
export const irCosFace = (options: OverCentersOptions & CosFaceOptions): Loss =>
  overCenters('irCosFace', cosFaceMargin, COS_FACE_OPTIONS, options)

/** ArcFace over class centres (Zhu 2020, equation 7).  x[N,D] y[N] -> [] */
export const irArcFace = (options: OverCentersOptions & ArcFaceOptions): Loss =>
  overCenters('irArcFace', arcFaceMargin, ARC_FACE_OPTIONS, options)

/** ArcFace over K learned sub-centres a class, 3 by default, s = 64, m = 0.5 radians (Deng 2020).  x[N,D] y[N] -> [] */
export const subCenterArcFace = (options: OverLearnedOptions & ArcFaceOptions): Loss =>
  overLearned(
    'subCenterArcFace',
    arcFaceMargin,
    ARC_FACE_OPTIONS,
    isRecord(options) ? { ...options, subCenters: options.subCenters ?? 3 } : options,
  )

/** The combined margin over class centres (Zhu 2020, equation 8).  x[N,D] y[N] -> [] */
export const irCombinedMargin = (options: OverCentersOptions & CombinedMarginOptions): Loss =>
  overCenters('irCombinedMargin', combined, COMBINED_OPTIONS, options)
