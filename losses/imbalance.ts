import { checkFinite, checkOptions, type OptionNames, shown } from '../engine/check.ts'
import { type Tensor, tensor } from '../engine/index.ts'
import { checkByClass } from './labels.ts'
import type { LossOptions } from './loss.ts'

export interface ClassBalancedOptions {
  /** 0 to 1: 0 weighs all classes alike, 1 by 1 / n_j. Default 0.999. */
  beta?: number
}

const CLASS_BALANCED_OPTIONS = { beta: true } satisfies OptionNames<ClassBalancedOptions>

/**
 * E_n = (1 - beta^n) / (1 - beta), the effective number of n images, each of which covers a part of what is left to
 * cover: Cui 2019, proposition 1. From 1 (beta = 0) to n (beta = 1).
 */
function effectiveNumber(n: number, beta: number): number {
  // 1 - beta^n through expm1: beta^n itself is 1 but for rounding where beta is near 1.
  return beta === 1 ? n : -Math.expm1(n * Math.log(beta)) / (1 - beta)
}

/**
 * v_j = C (1 / E_j) / sum_k (1 / E_k), E_j = (1 - beta^n_j) / (1 - beta): the class-balanced weights of Cui 2019,
 * arXiv:1901.05555, section 4, which sum to C. sizes[C] -> [C], what the option `weight` of any loss takes.
 *
 * The paper tunes beta to the data, among 0.9, 0.99, 0.999 and 0.9999; the default here is ours. With `reduction:
 * 'mean'` a loss divides by the batch's weights; the paper divides by N, which is `'sum'` over N. Throws unless there
 * is a size, all are finite and > 0, and 0 <= beta <= 1.
 */
export function classBalancedWeights(
  sizes: ArrayLike<number>,
  options: ClassBalancedOptions = {},
): Float64Array {
  checkOptions('classBalancedWeights', options, CLASS_BALANCED_OPTIONS)
  const { beta = 0.999 } = options
  checkSizesOfClasses('classBalancedWeights', sizes)
  if (!(typeof beta === 'number' && beta >= 0 && beta <= 1)) {
    throw new Error(`classBalancedWeights: beta is a number from 0 to 1, got ${shown(beta)}`)
  }
  const inverse = Float64Array.from(sizes, n => 1 / effectiveNumber(n, beta))
  const total = inverse.reduce((a, b) => a + b)
  return inverse.map(v => (v * sizes.length) / total)
}

export interface LdamOptions {
  /** The margin of the smallest class, >= 0, in the unit of the loss that takes it. Default 0.5. */
  max?: number
}

const LDAM_OPTIONS = { max: ['maxM', 'maxMargin', 'm', 'margin'] } satisfies OptionNames<LdamOptions>

/**
 * m_j = K / n_j^(1/4), K such that the smallest class has `max`: the label-distribution-aware margins (LDAM) of Cao
 * 2019, arXiv:1906.07413, section 3.2. sizes[C] -> [C], what the option `m` of CosFace takes:
 * `cosFace({ classes, dim, s: 30, m: ldamMargins(sizes) })` is the paper's loss, z_y = s (cos theta_y - m_y).
 *
 * In the paper K is tuned through the largest margin, 0.5 by default here as in the authors' published code. Its
 * deferred re-weighting is `weight: classBalancedWeights(sizes)` with `deferredSteps`. Throws
 * unless there is a size, all are finite and > 0, and max is finite and >= 0.
 */
export function ldamMargins(sizes: ArrayLike<number>, options: LdamOptions = {}): Float64Array {
  checkOptions('ldamMargins', options, LDAM_OPTIONS)
  const { max = 0.5 } = options
  checkSizesOfClasses('ldamMargins', sizes)
  checkFinite('ldamMargins', 'max', max, { orZero: true })
  const smallest = Float64Array.from(sizes).reduce((a, b) => Math.min(a, b))
  return Float64Array.from(sizes, n => max * (smallest / n) ** 0.25)
}

export interface DynamicMarginOptions {
  /** The margin of the largest class, >= 0. Default 0.05. */
  min?: number
  /** The margin of the smallest class, >= min. Default 0.5. */
  max?: number
  /** How fast a margin falls with the size of its class, > 0. Default 0.25. */
  power?: number
}

const DYNAMIC_MARGIN_OPTIONS = {
  min: ['marginMin', 'minMargin'],
  max: ['marginMax', 'maxMargin'],
  power: ['lambda', 'exponent'],
} satisfies OptionNames<DynamicMarginOptions>

/**
 * m_j = a n_j^-power + b, a and b such that the smallest class has `max` and the largest `min`: the dynamic margins of
 * Ha 2020, arXiv:2010.05350. sizes[C] -> [C], in radians, what the option `m` of ArcFace takes:
 * `arcFace({ classes, dim, s: 80, m: dynamicMargins(sizes) })`.
 *
 * The defaults, and s = 80, are those of the authors' published code, which has three sub-centres a class beside them:
 * `subCenters: 3`. Where all classes have one size they all have `max`; the authors' code divides 0 by 0 there.
 * Throws unless there is a size, all are finite and > 0, 0 <= min <= max, both finite, and power is finite and > 0.
 */
export function dynamicMargins(sizes: ArrayLike<number>, options: DynamicMarginOptions = {}): Float64Array {
  checkOptions('dynamicMargins', options, DYNAMIC_MARGIN_OPTIONS)
  const { min = 0.05, max = 0.5, power = 0.25 } = options
  checkSizesOfClasses('dynamicMargins', sizes)
  for (const [name, margin] of Object.entries({ min, max })) {
    checkFinite('dynamicMargins', name, margin, { orZero: true })
  }
  checkFinite('dynamicMargins', 'power', power)
  if (min > max) throw new Error(`dynamicMargins: min <= max expected, got min = ${min} and max = ${max}`)
  const smallest = Float64Array.from(sizes).reduce((a, b) => Math.min(a, b))
  // 1 for the smallest class, as n_j^-power is up to a factor.
  const relative = Float64Array.from(sizes, n => (smallest / n) ** power)
  const least = relative.reduce((a, b) => Math.min(a, b))
  return relative.map(r => {
    const share = least === 1 ? 1 : (r - least) / (1 - least)
    return max * share + min * (1 - share)
  })
}

export interface LogitAdjustment {
  /** n_j, the training images of each class, C numbers > 0; only their ratios count, so priors do as well. */
  readonly sizes: ArrayLike<number>
  /** What the log prior counts, >= 0; 0 adjusts nothing. Default 1: balanced softmax. */
  readonly tau?: number
}

export interface LogitAdjustmentOptions {
  /** Adds tau ln pi_j to the logits of training; `logits` stays free of it. Default: nothing is added. */
  logitAdjustment?: LogitAdjustment
}

export const ADJUSTMENT_OPTIONS = {
  logitAdjustment: ['adjustment', 'priors', 'sizes', 'tau'],
} satisfies OptionNames<LogitAdjustmentOptions>

export const LOGIT_ADJUSTMENT = {
  sizes: ['priors', 'counts'],
  tau: ['temperature'],
} satisfies OptionNames<LogitAdjustment>

/**
 * tau ln pi_j, pi_j = n_j / sum_k n_k, to be added to the logit z_j of class j in training: the logit-adjusted loss,
 * Menon 2021, arXiv:2007.07314, equation 10. [C]
 *
 * With tau = 1 it is balanced softmax, z_j + ln n_j (Ren 2020, arXiv:2007.10740, theorem 1): the two differ by the
 * same number in every logit. Both papers add to the plain logits <w_j, x>; that it goes with any margin, scale and
 * prototype rule, after the scale s, is ours. Throws unless there are C sizes, finite and > 0 (a class that has no
 * image to train on has no log prior), and tau is finite and >= 0.
 */
export function logPriors(
  op: string,
  { classes, dtype = 'float32', backend }: LossOptions,
  logitAdjustment: LogitAdjustment,
): Tensor {
  checkOptions(`${op}: logitAdjustment`, logitAdjustment, LOGIT_ADJUSTMENT)
  const { sizes, tau = 1 } = logitAdjustment
  checkSizesOfClasses(`${op}: logitAdjustment`, sizes, classes)
  checkFinite(`${op}: logitAdjustment`, 'tau', tau, { orZero: true })
  const n = Float64Array.from(sizes)
  const total = n.reduce((a, b) => a + b)
  return tensor(
    n.map(nj => tau * Math.log(nj / total)),
    { dtype, backend },
  )
}

/** Throws unless there are `classes` sizes, at least one, all finite and above 0. */
export function checkSizesOfClasses(op: string, sizes: ArrayLike<number>, classes?: number): void {
  checkByClass(`${op}: sizes`, sizes, classes)
  for (let j = 0; j < sizes.length; j++) {
    if (!(sizes[j] > 0 && sizes[j] < Infinity)) {
      throw new Error(`${op}: sizes: finite numbers > 0 expected, got ${shown(sizes[j])} for class ${j}`)
    }
  }
}
