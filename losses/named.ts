import { checkFlag, chosen, type OptionNames } from '../engine/check.ts'
import { recorded } from '../engine/recipe.ts'
import { checkLossOptions, LOSS_OPTIONS, type Loss } from './loss.ts'
import { MARGIN_LOSS_OPTIONS, type MarginLossOptions, marginSoftmax } from './marginSoftmax.ts'
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
  type Margin,
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
import { PRESET_OPTIONS, type PresetOptions, withPreset } from './presets.ts'
import {
  centerBlend as blendedCenters,
  CENTER_BLEND_OPTIONS,
  type CenterBlendOptions,
} from './prototypes/centerBlend.ts'
import { CENTER_OPTIONS, type CenterOptions } from './prototypes/centerOptions.ts'
import { classCenters } from './prototypes/classCenters.ts'
import { fixedSimplex, SIMPLEX_OPTIONS, type SimplexOptions } from './prototypes/fixedSimplex.ts'
import { learnedOrRows } from './prototypes/learnedRows.ts'
import {
  LEARNED_STEPS_OPTIONS,
  type LearnedStepsOptions,
  learnedThenCenters,
} from './prototypes/learnedThenCenters.ts'
import { LEARNED_OPTIONS, type LearnedOptions, type Prototypes } from './prototypes/prototypes.ts'
import { BLEND_OPTIONS, type BlendOptions, variational } from './prototypes/variational.ts'
import { inTables } from './sampledClasses.ts'

/** What every loss over class centres understands. */
export interface OverCentersOptions
  extends MarginLossOptions,
    CenterOptions,
    LearnedStepsOptions,
    PresetOptions {}

const OVER_CENTERS = {
  ...MARGIN_LOSS_OPTIONS,
  ...CENTER_OPTIONS,
  ...LEARNED_STEPS_OPTIONS,
  ...PRESET_OPTIONS,
} satisfies OptionNames<OverCentersOptions>

/** What every loss over learned prototypes understands. */
export interface OverLearnedOptions
  extends MarginLossOptions,
    BlendOptions,
    CenterBlendOptions,
    SimplexOptions {}

const OVER_LEARNED = {
  ...MARGIN_LOSS_OPTIONS,
  ...BLEND_OPTIONS,
  ...CENTER_BLEND_OPTIONS,
  ...SIMPLEX_OPTIONS,
} satisfies OptionNames<OverLearnedOptions>

/** A margin, of its own options `known`, over a W[C,D] that the gradient trains, or that is fixed. */
function overLearned<O extends object>(
  name: string,
  marginOf: (own?: O) => Margin,
  known: OptionNames<O>,
  options: OverLearnedOptions & O,
): Loss {
  checkLossOptions(name, options, { ...OVER_LEARNED, ...known })
  const margin = marginOf(chosen<O, keyof O>(options, known))
  const prototypes = learnedOrInPlace(name, options)
  const loss = marginSoftmax(name, margin, prototypes, chosen(options, MARGIN_LOSS_OPTIONS))
  return recorded(loss, name, { ...options, margin })
}

/** W as it is learned, or what the options put in its place. */
function learnedOrInPlace(name: string, options: OverLearnedOptions): Prototypes {
  const { blend = false, centerBlend, simplex = false } = options
  checkFlag(name, 'simplex', simplex)
  const asked = [blend !== false && 'blend', centerBlend && 'centerBlend', simplex && 'simplex'].filter(
    Boolean,
  )
  if (asked.length > 1)
    throw new Error(`${name}: ${asked.join(' or ')} expected, got ${asked.length === 2 ? 'both' : 'all'}`)
  const own = chosen<LearnedOptions, keyof LearnedOptions>(options, LEARNED_OPTIONS)
  if (simplex) return fixedSimplex(name, own)
  if (centerBlend !== undefined) return blendedCenters(name, own, centerBlend)
  return blend === false ? learnedOrRows(name, own, inTables(name, options)) : variational(name, own, blend)
}

/**
 * The same over class centres, the IR-Softmax rule (prototypes/classCenters.ts). With `learnedSteps`, W is learned at
 * first (`learnedThenCenters`). Options that are not given are those of the preset.
 */
function overCenters<O extends object>(
  name: string,
  marginOf: (own?: O) => Margin,
  known: OptionNames<O>,
  given: OverCentersOptions & O,
): Loss {
  checkLossOptions(name, given, { ...OVER_CENTERS, ...known })
  const options = withPreset(name, given)
  const margin = marginOf(chosen<O, keyof O>(options, known))
  // Known above: a bias is given where the margin takes one.
  const all: OverCentersOptions & SoftmaxOptions = options
  const { learnedSteps = 0 } = all
  const own = chosen(all, { ...LOSS_OPTIONS, ...CENTER_OPTIONS, ...SOFTMAX_OPTIONS })
  const marginOptions = chosen(options, MARGIN_LOSS_OPTIONS)
  const sample = inTables(name, options)
  const over = (prototypes: Prototypes): Loss =>
    recorded(marginSoftmax(name, margin, prototypes, marginOptions), name, { ...options, margin })
  if (learnedSteps === 0) return over(classCenters(name, own, undefined, sample))
  const first = learnedOrRows(name, chosen(all, LEARNED_OPTIONS), sample)
  const centers = classCenters(name, own, first.bias, sample)
  return over(learnedThenCenters(name, first, centers, learnedSteps))
}

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

/** The combined margin over class centres (Zhu 2020, equation 8).  x[N,D] y[N] -> [] */
export const irCombinedMargin = (options: OverCentersOptions & CombinedMarginOptions): Loss =>
  overCenters('irCombinedMargin', combined, COMBINED_OPTIONS, options)
