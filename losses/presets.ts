import { checkName, type OptionNames } from '../engine/check.ts'
import type { MarginLossOptions } from './marginSoftmax.ts'
import type { AdaCosOptions } from './margins/adaCos.ts'
import type { AdaFaceOptions } from './margins/adaFace.ts'
import type { ArcFaceOptions, CosFaceOptions } from './margins/additive.ts'
import type { CombinedMarginOptions } from './margins/combinedMargin.ts'
import type { CurricularFaceOptions } from './margins/curricularFace.ts'
import type { ElasticFaceOptions } from './margins/elasticFace.ts'
import type { MagFaceOptions } from './margins/magFace.ts'
import type { NormFaceOptions, SoftmaxOptions } from './margins/margin.ts'
import type { LSoftmaxOptions, SphereFaceOptions } from './margins/multiplicative.ts'
import type { MvSoftmaxOptions } from './margins/mvSoftmax.ts'
import type { SphereFace2Options } from './margins/sphereFace2.ts'
import type { SphereFaceROptions } from './margins/sphereFaceR.ts'
import type { UniFaceOptions } from './margins/uniFace.ts'
import { type CenterOptions, centerDefaults, goesWith } from './prototypes/centerOptions.ts'
import type { LearnedStepsOptions } from './prototypes/learnedThenCenters.ts'

/** The options of all margins; each takes its own part of them, and some a number s alone. */
export type AnyMarginOptions = SoftmaxOptions &
  NormFaceOptions &
  LSoftmaxOptions &
  SphereFaceOptions &
  SphereFaceROptions &
  CosFaceOptions &
  ArcFaceOptions &
  CombinedMarginOptions &
  CurricularFaceOptions &
  MvSoftmaxOptions &
  ElasticFaceOptions &
  AdaCosOptions &
  Omit<MagFaceOptions & AdaFaceOptions & SphereFace2Options & UniFaceOptions, 's'>

/** What every loss over class centres understands, but for the preset. */
type OfCenters = MarginLossOptions & CenterOptions & LearnedStepsOptions

/** Options of losses over class centres: those of all, and what differs by loss. */
export interface Preset {
  readonly all: Partial<OfCenters>
  readonly byLoss: Readonly<Record<string, Partial<OfCenters & AnyMarginOptions>>>
}

/** lambda = 10 throughout, as in the code. */
const LAMBDA_10 = { annealing: { lambda0: 10, lambdaMin: 10, gamma: 0 } }

/**
 * `paper`: Zhu 2020, arXiv:2011.11155, p. 8 and 9; where it is silent, its authors' oldest code; what neither states is
 * ours. The paper: centres on the unit sphere moved by the term's gradient, that term in the loss (`pull`), no mean
 * subtracted, the length of x free; for plain softmax c_j of its own length, which a mean of x / ‖x‖ has, and a bias.
 * The code: the loss sees the centres from before its batch; m = 4, lambda = 10 for A-Softmax. Ours: the centres' rate,
 * the weight of the term, and the margins m of the losses that the paper cites, taken from these.
 *
 * `recommended`, the default: ours, by measurement. The length of x is free, as printed: while the classes of an untrained net
 * lie close together, a net that may not lengthen x learns slowly (`npm run losses`: cosFace against
 * cosFace-norm). No pull: it lifts the open set of many
 * identities (`npm run glyph-reid`), and in 2 dimensions it draws the classes together.
 */
export const PRESETS = {
  paper: {
    all: {
      estimator: 'sphere',
      alpha: 0.1,
      subtractMean: false,
      usePreviousCenters: true,
      pull: 1,
    },
    byLoss: {
      irSoftmax: { estimator: 'ema', bias: true },
      irNormFace: { s: 'norm' },
      irLSoftmax: { m: 4, ...LAMBDA_10 },
      irSphereFace: { m: 4, s: 'norm', ...LAMBDA_10 },
      irSphereFaceR: { s: 'norm' },
      irCosFace: { m: 0.35, s: 'norm' },
      irArcFace: { m: 0.5, s: 'norm' },
      irCombinedMargin: { m1: 1, m2: 0.3, m3: 0.2, s: 'norm' },
      irCurricularFace: { s: 'norm' },
      irElasticFace: { s: 'norm' },
      irMvSoftmax: { s: 'norm' },
    },
  },
  recommended: {
    all: {},
    byLoss: {
      irNormFace: { s: 'norm' },
      irSphereFaceR: { s: 'norm' },
      irCosFace: { s: 'norm' },
      irArcFace: { s: 'norm' },
      irCombinedMargin: { s: 'norm' },
      irCurricularFace: { s: 'norm' },
      irMvSoftmax: { s: 'norm' },
      irElasticFace: { s: 'norm' },
    },
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof PRESETS

export interface PresetOptions {
  /** Where the options that are not given come from: `paper` as Zhu 2020 has them, or `recommended`, the default. */
  preset?: PresetName
}

export const PRESET_OPTIONS = { preset: ['settings'] } satisfies OptionNames<PresetOptions>

/** The options of a preset for the loss of that name. */
export function presetOf(name: string, preset: PresetName): Partial<OfCenters & AnyMarginOptions> {
  const { all, byLoss }: Preset = PRESETS[preset]
  return { ...all, ...byLoss[name] }
}

/**
 * The options of a loss over class centres, those not given by its preset. Where another estimator is given than the
 * preset's, what belongs to that is left out.
 */
export function withPreset<O extends CenterOptions & PresetOptions>(name: string, given: O): O {
  const { preset = 'recommended', differentiate } = given
  checkName(name, 'preset', preset, Object.keys(PRESETS))
  const of = presetOf(name, preset)
  const usual = of.estimator ?? centerDefaults.estimator
  const { estimator = usual } = given
  const fits = (option: string): boolean =>
    goesWith(option, estimator) &&
    !(option === 'alpha' && estimator !== usual) &&
    !(option === 'usePreviousCenters' && differentiate)
  const own = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...Object.entries(of).filter(([option]) => fits(option)), ...own]) as O
}
