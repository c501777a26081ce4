import type { BinaryLoss, Loss } from './loss.ts'
import { ADA_COS_OPTIONS, type AdaCosOptions, adaCosMargin } from './margins/adaCos.ts'
import { ADA_FACE_OPTIONS, type AdaFaceOptions, adaFaceMargin } from './margins/adaFace.ts'
import {
  CURRICULAR_FACE_OPTIONS,
  type CurricularFaceOptions,
  curricularFaceMargin,
} from './margins/curricularFace.ts'
import { ELASTIC_FACE_OPTIONS, type ElasticFaceOptions, elasticFaceMargin } from './margins/elasticFace.ts'
import { MAG_FACE_OPTIONS, type MagFaceOptions, magFaceMargin } from './margins/magFace.ts'
import { MV_SOFTMAX_OPTIONS, type MvSoftmaxOptions, mvSoftmaxMargin } from './margins/mvSoftmax.ts'
import { SPHERE_FACE2_OPTIONS, type SphereFace2Options, sphereFace2Margin } from './margins/sphereFace2.ts'
import { UNI_FACE_OPTIONS, type UniFaceOptions, uniFaceMargin } from './margins/uniFace.ts'
import { type OverCentersOptions, type OverLearnedOptions, overCenters, overLearned } from './overRules.ts'

/** CE with z_y = s cos(theta_y + m), hard classes by t + cos theta_j, s = 64, m = 0.5 radians (Huang 2020).  x[N,D] y[N] -> [] */
export const curricularFace = (options: OverLearnedOptions & CurricularFaceOptions): Loss =>
  overLearned('curricularFace', curricularFaceMargin, CURRICULAR_FACE_OPTIONS, options)

/** CE with z_y = s (cos theta_y - m), misclassified classes raised by t, s = 32, m = 0.35, t = 0.2 (Wang 2019).  x[N,D] y[N] -> [] */
export const mvSoftmax = (options: OverLearnedOptions & MvSoftmaxOptions): Loss =>
  overLearned('mvSoftmax', mvSoftmaxMargin, MV_SOFTMAX_OPTIONS, options)

/** CE with z_y = s cos(theta_y + m(‖x‖)), and a regulariser of ‖x‖ (Meng 2021).  x[N,D] y[N] -> [] */
export const magFace = (options: OverLearnedOptions & MagFaceOptions): Loss =>
  overLearned('magFace', magFaceMargin, MAG_FACE_OPTIONS, options)

/** CE with a margin by the norm of x among the norms of the training, s = 64, m = 0.4 (Kim 2022).  x[N,D] y[N] -> [] */
export const adaFace = (options: OverLearnedOptions & AdaFaceOptions): Loss =>
  overLearned('adaFace', adaFaceMargin, ADA_FACE_OPTIONS, options)

/** CE with z_y = s cos(theta_y + E), E from N(m, std^2) anew for each sample, s = 64, m = 0.5, std = 0.05 (Boutros 2022).  x[N,D] y[N] -> [] */
export const elasticFace = (options: OverLearnedOptions & ElasticFaceOptions): Loss =>
  overLearned('elasticFace', elasticFaceMargin, ELASTIC_FACE_OPTIONS, options)

/** CE of z_j = s cos theta_j, s by the batches (Zhang 2019).  x[N,D] y[N] -> [] */
export const adaCos = (options: OverLearnedOptions & AdaCosOptions): Loss =>
  overLearned('adaCos', adaCosMargin, ADA_COS_OPTIONS, options)

/** Each class decided by itself, by one learned threshold, s = 40, m = 0.4 (Wen 2022).  x[N,D] y[N] -> [] */
export const sphereFace2 = (options: OverLearnedOptions & SphereFace2Options): BinaryLoss =>
  overLearned('sphereFace2', sphereFace2Margin, SPHERE_FACE2_OPTIONS, options) as BinaryLoss

/** Each class decided by itself, by one learned threshold, s = 64, m = 0.4 (Zhou 2023).  x[N,D] y[N] -> [] */
export const uniFace = (options: OverLearnedOptions & UniFaceOptions): BinaryLoss =>
  overLearned('uniFace', uniFaceMargin, UNI_FACE_OPTIONS, options) as BinaryLoss

/** CurricularFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irCurricularFace = (options: OverCentersOptions & CurricularFaceOptions): Loss =>
  overCenters('irCurricularFace', curricularFaceMargin, CURRICULAR_FACE_OPTIONS, options)

/** MV-Softmax over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irMvSoftmax = (options: OverCentersOptions & MvSoftmaxOptions): Loss =>
  overCenters('irMvSoftmax', mvSoftmaxMargin, MV_SOFTMAX_OPTIONS, options)

/** MagFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irMagFace = (options: OverCentersOptions & MagFaceOptions): Loss =>
  overCenters('irMagFace', magFaceMargin, MAG_FACE_OPTIONS, options)

/** AdaFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irAdaFace = (options: OverCentersOptions & AdaFaceOptions): Loss =>
  overCenters('irAdaFace', adaFaceMargin, ADA_FACE_OPTIONS, options)

/** ElasticFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irElasticFace = (options: OverCentersOptions & ElasticFaceOptions): Loss =>
  overCenters('irElasticFace', elasticFaceMargin, ELASTIC_FACE_OPTIONS, options)

/** AdaCos over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irAdaCos = (options: OverCentersOptions & AdaCosOptions): Loss =>
  overCenters('irAdaCos', adaCosMargin, ADA_COS_OPTIONS, options)

/** SphereFace2 over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irSphereFace2 = (options: OverCentersOptions & SphereFace2Options): BinaryLoss =>
  overCenters('irSphereFace2', sphereFace2Margin, SPHERE_FACE2_OPTIONS, options) as BinaryLoss

/** UniFace over class centres; ours, after Zhu 2020.  x[N,D] y[N] -> [] */
export const irUniFace = (options: OverCentersOptions & UniFaceOptions): BinaryLoss =>
  overCenters('irUniFace', uniFaceMargin, UNI_FACE_OPTIONS, options) as BinaryLoss
