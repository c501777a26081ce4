import {
  combine,
  irSphereFace,
  type Loss,
  type LossOptions,
  PRESETS,
  softmaxLoss,
  sphereFace,
} from '../../losses/index.ts'
import { firstPhase } from './schedule.ts'

/** What a panel of Fig. 2 is trained with. */
export interface Setting {
  /** As the paper calls the loss. */
  readonly title: string
  /** All digits alike; else "3" is rare. */
  readonly balanced?: boolean
  readonly create: (options: LossOptions, steps: number) => Loss
}

/** A-Softmax with m = 4 and lambda = 10 throughout, as in the authors' oldest code. */
const { m, annealing } = PRESETS.paper.byLoss.irSphereFace

const softmax = (options: LossOptions): Loss => softmaxLoss(options)
/** Whether the term's gradient reaches x, the paper leaves open. With `pull` 1 some seeds end with two digits in one place. */
const irSoftmax = (options: LossOptions, more: { learnedSteps?: number; pull?: number } = {}): Loss =>
  irSphereFace({ ...options, preset: 'paper', pull: 0, ...more })
/** The paper fine-tunes a trained net (p. 11, 13); here weights are learned until the rate falls for the first time. */
const trainedFirst = (steps: number) => ({ learnedSteps: firstPhase(steps) })

/** Fig. 2 (a) to (d) of Zhu 2020, arXiv:2011.11155, and more ways to train (d). */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  softmaxBalanced: { title: 'softmax, balanced', balanced: true, create: softmax },
  softmax: { title: 'softmax', create: softmax },
  sphereFace: { title: 'A-Softmax', create: options => sphereFace({ ...options, m, annealing }) },
  irSphereFace: {
    title: 'IR-Softmax(A)',
    create: (options, steps) => irSoftmax(options, trainedFirst(steps)),
  },
  /** The oldest code: centres from the first step, and beside them a learned softmax, which classifies. */
  softmaxIrSphereFace: {
    title: 'IR-Softmax(A) + softmax',
    create: options =>
      combine({ softmax: softmax(options), ir: irSoftmax(options) }, { weights: { ir: 0.1 } }),
  },
  irSphereFaceAtOnce: {
    title: 'IR-Softmax(A), centres from the first step',
    create: options => irSoftmax(options),
  },
  irSphereFacePull: {
    title: 'IR-Softmax(A), pull 1',
    create: (options, steps) => irSoftmax(options, { ...trainedFirst(steps), pull: 1 }),
  },
}

export const settingNames: readonly string[] = Object.keys(SETTINGS)

/** Those of the paper's figure. */
export const DEFAULTS: readonly string[] = settingNames.slice(0, 4)

export const titleOf = (loss: string): string => SETTINGS[loss].title
