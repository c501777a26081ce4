import {
  checkFinite,
  checkFlag,
  checkGiven,
  checkInteger,
  checkName,
  checkNumber,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import { recorded } from '../../engine/recipe.ts'
import type { Schedule } from './schedule.ts'

export interface StepDecayOptions {
  /** Steps between two decays, an integer >= 1. */
  every: number
  /** Default 0.1. */
  gamma?: number
}

/** gamma^floor(t / every), as torch's StepLR. */
export function stepDecay(options: StepDecayOptions): Schedule {
  const op = 'stepDecay'
  checkGiven(op, options, {
    every: ['stepSize', 'steps'],
    gamma: ['factor'],
  } satisfies OptionNames<StepDecayOptions>)
  const { every, gamma = 0.1 } = options
  checkInteger(op, 'every', every, 1)
  checkFinite(op, 'gamma', gamma)
  return recorded(t => gamma ** Math.floor(t / every), op, { every, gamma })
}

export interface MultiStepDecayOptions {
  /** The steps at which the rate falls, integers >= 0 in ascending order. */
  milestones: readonly number[]
  /** Default 0.1. */
  gamma?: number
}

/** gamma^k after k of the milestones, as torch's MultiStepLR; one that stands twice counts twice. */
export function multiStepDecay(options: MultiStepDecayOptions): Schedule {
  const op = 'multiStepDecay'
  checkGiven(op, options, {
    milestones: ['steps', 'at'],
    gamma: ['factor'],
  } satisfies OptionNames<MultiStepDecayOptions>)
  const { milestones, gamma = 0.1 } = options
  if (!Array.isArray(milestones)) throw refusal(op, 'milestones as an array, [20, 30],', milestones)
  milestones.forEach((at, i) => {
    checkInteger(op, `milestones[${i}]`, at, i === 0 ? 0 : milestones[i - 1])
  })
  checkFinite(op, 'gamma', gamma)
  return recorded(t => gamma ** milestones.filter(at => at <= t).length, op, { milestones, gamma })
}

/** gamma^t, as torch's ExponentialLR. */
export function exponentialDecay(options: { gamma: number }): Schedule {
  const op = 'exponentialDecay'
  checkGiven(op, options, { gamma: ['factor', 'rate'] })
  const { gamma } = options
  checkFinite(op, 'gamma', gamma)
  return recorded(t => gamma ** t, op, { gamma })
}

export interface PolynomialDecayOptions {
  /** An integer >= 1. */
  steps: number
  /** > 0. Default 1: a straight line. */
  power?: number
}

/** (1 - t / steps)^power, and 0 from `steps` on, as torch's PolynomialLR. */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const op = 'polynomialDecay'
  checkGiven(op, options, {
    steps: ['totalIters', 'totalSteps'],
    power: true,
  } satisfies OptionNames<PolynomialDecayOptions>)
  const { steps, power = 1 } = options
  checkInteger(op, 'steps', steps, 1)
  checkFinite(op, 'power', power)
  return recorded(t => (1 - Math.min(t, steps) / steps) ** power, op, { steps, power })
}

export interface CosineAnnealingOptions {
  /** An integer >= 1. */
  steps: number
  /** What it ends at, as a factor >= 0. Default 0. */
  min?: number
}

/**
 * min + (1 - min) (1 + cos(pi t / steps)) / 2: Loshchilov 2017, arXiv:1608.03983, equation 5, without restarts; as torch's
 * CosineAnnealingLR to `steps`, where that turns back up, and this stays.
 */
export function cosineAnnealing(options: CosineAnnealingOptions): Schedule {
  const op = 'cosineAnnealing'
  checkGiven(op, options, {
    steps: ['tMax', 'totalSteps'],
    min: ['etaMin'],
  } satisfies OptionNames<CosineAnnealingOptions>)
  const { steps, min = 0 } = options
  checkInteger(op, 'steps', steps, 1)
  checkFinite(op, 'min', min, { orZero: true })
  const half = (t: number): number => (1 + Math.cos((Math.PI * Math.min(t, steps)) / steps)) / 2
  return recorded(t => min + (1 - min) * half(t), op, { steps, min })
}

export interface WarmupOptions {
  /** An integer >= 1. */
  steps: number
  /** The share of the rate that it starts at, from 0 to 1. Default 1/3. */
  start?: number
}

/**
 * start + (1 - start) t / steps times what `schedule` begins with, and from `steps` on that schedule from its own beginning: torch's LinearLR
 * and then another in SequentialLR.
 */
export function warmup(schedule: Schedule, options: WarmupOptions): Schedule {
  const op = 'warmup'
  if (typeof schedule !== 'function') throw refusal(op, 'a schedule, such as constant(),', schedule)
  checkGiven(op, options, {
    steps: ['totalIters'],
    start: ['startFactor'],
  } satisfies OptionNames<WarmupOptions>)
  const { steps, start = 1 / 3 } = options
  checkInteger(op, 'steps', steps, 1)
  checkNumber(op, 'start', start, 0, 1)
  const rise = (t: number): number => start + ((1 - start) * t) / steps
  const made: Schedule = t => (t < steps ? rise(t) * schedule(0) : schedule(t - steps))
  return recorded(made, op, { schedule, steps, start })
}

export interface OneCycleOptions {
  /** All of them, an integer >= 1. */
  steps: number
  /** The share of the steps in which the rate rises, from 0 to 1. Default 0.3. */
  pctStart?: number
  /** The rate starts at 1 / divFactor. Default 25. */
  divFactor?: number
  /** And ends at 1 / (divFactor finalDivFactor). Default 1e4. */
  finalDivFactor?: number
  /** Half cosines, the default, or straight lines. */
  annealStrategy?: 'cos' | 'linear'
  /** Falls back to the start as fast as it rose, and only then to the end, as the paper has it. Default false. */
  threePhase?: boolean
}

/** A part of a schedule: to which step it goes, and the factors there and where it begins. */
export interface Phase {
  readonly until: number
  readonly from: number
  readonly to: number
}

const ONE_CYCLE = {
  steps: ['totalSteps'],
  pctStart: true,
  divFactor: true,
  finalDivFactor: true,
  annealStrategy: ['anneal'],
  threePhase: true,
} satisfies OptionNames<OneCycleOptions>

/**
 * From 1 / divFactor up to 1, the optimiser's own rate, and down below where it began: one-cycle, Smith 2018, arXiv:1708.07120, as torch's
 * OneCycleLR, `max_lr` being the optimiser's rate. Momentum stays as it is, where torch's swings it by default. Stays at the end.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const op = 'oneCycle'
  checkGiven(op, options, ONE_CYCLE)
  const { steps, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options
  const { annealStrategy = 'cos', threePhase = false } = options
  checkInteger(op, 'steps', steps, 1)
  checkNumber(op, 'pctStart', pctStart, 0, 1)
  checkFinite(op, 'divFactor', divFactor)
  checkFinite(op, 'finalDivFactor', finalDivFactor)
  checkName(op, 'annealStrategy', annealStrategy, ['cos', 'linear'])
  checkFlag(op, 'threePhase', threePhase)
  const [low, end] = [1 / divFactor, 1 / divFactor / finalDivFactor]
  const top = pctStart * steps - 1
  const phases: Phase[] = [
    { until: top, from: low, to: 1 },
    ...(threePhase ? [{ until: 2 * top, from: 1, to: low }] : []),
    { until: steps - 1, from: threePhase ? low : 1, to: end },
  ]
  const shape =
    annealStrategy === 'cos'
      ? (share: number) => (1 - Math.cos(Math.PI * share)) / 2
      : (share: number) => share
  const made: Schedule = t => {
    const at = Math.min(t, steps - 1)
    const found = phases.findIndex(({ until }) => at <= until)
    const k = found === -1 ? phases.length - 1 : found
    const begin = k === 0 ? 0 : phases[k - 1].until
    const { until, from, to } = phases[k]
    // A phase of no length is at its end.
    const share = until === begin ? 1 : (at - begin) / (until - begin)
    return from + (to - from) * shape(share)
  }
  return recorded(made, op, { steps, phases, annealStrategy })
}
