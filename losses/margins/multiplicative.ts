import { checkFinite, checkOptions, type OptionNames, refusal, shown } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { cosinesAtPi, decreasingCos, multiplesOf } from './angle.ts'
import { type Annealing, type Margin, type Scale, scaleOf, symbolOf } from './margin.ts'

export interface LSoftmaxOptions {
  /** The multiple of the angle, an integer >= 1; 1 is softmax. Default 4. */
  m?: number
  /** Default false. */
  annealing?: AnnealingOption
}

export const L_SOFTMAX_OPTIONS = {
  m: ['margin'],
  annealing: ['lambda', 'anneal'],
} satisfies OptionNames<LSoftmaxOptions>

export const lSoftmaxDefaults = { m: 4, annealing: false } as const

/** psi(theta) = (-1)^k cos(m theta) - 2 k for theta in [k pi/m, (k+1) pi/m], k = 0..m-1: Liu 2016. */
export const psi = (cosTheta: Tensor, m: number): Tensor =>
  decreasingCos(cosTheta, multiplesOf(cosTheta).cos(m), cosinesAtPi(m, 0))

/**
 * z_y = ‖w_y‖ ‖x‖ psi(theta_y), z_j = <w_j, x>: L-Softmax, Liu 2016, arXiv:1612.02295. Throws unless m is an integer
 * >= 1. Annealing is off unless asked for; `true` is SphereFace's here, the authors' own stands at `Annealing`.
 */
export function lSoftmaxMargin(options: LSoftmaxOptions = {}): Margin {
  checkOptions('lSoftmax', options, L_SOFTMAX_OPTIONS)
  const { m = lSoftmaxDefaults.m, annealing = lSoftmaxDefaults.annealing } = options
  checkMultiple('lSoftmax', m)
  return {
    equation: 'z_y = ‖w_y‖ ‖x‖ psi(theta_y), z_j = <w_j, x>; psi = (-1)^k cos(m theta) - 2k',
    s: 1,
    unitX: false,
    unitW: false,
    psi: ({ cosTheta }) => psi(cosTheta, m),
    nonsmoothAt: cosinesAtPi(m, 0),
    annealing: annealingOf('lSoftmax', annealing),
  }
}

export interface SphereFaceOptions {
  /** The multiple of the angle, an integer >= 1. Default 4. */
  m?: number
  /** `norm`, the default, for ‖x‖; or a scale > 0 in its place. */
  s?: Scale
  /** Default true: lambda_t = max(5, 1000 / (1 + t)). */
  annealing?: AnnealingOption
}

export const SPHERE_FACE_OPTIONS = {
  m: ['margin'],
  s: ['scale'],
  annealing: ['lambda', 'anneal'],
} satisfies OptionNames<SphereFaceOptions>

export const sphereFaceDefaults = { m: 4, s: 'norm', annealing: true } as const

/**
 * z_y = ‖x‖ (lambda cos theta_y + psi(theta_y)) / (1 + lambda), z_j = ‖x‖ cos theta_j: A-Softmax, Liu 2017,
 * arXiv:1704.08063. psi is L-Softmax's; lambda falls with each `update` as `Annealing` says; `s` instead of ‖x‖ is how
 * later work uses it. Throws unless m is an integer >= 1 and s > 0.
 */
export function sphereFaceMargin(options: SphereFaceOptions = {}): Margin {
  checkOptions('sphereFace', options, SPHERE_FACE_OPTIONS)
  const { s = sphereFaceDefaults.s, m = sphereFaceDefaults.m } = options
  const { annealing = sphereFaceDefaults.annealing } = options
  checkMultiple('sphereFace', m)
  return {
    equation: `z_y = ${symbolOf(s)} (lambda cos theta_y + psi(theta_y)) / (1 + lambda), z_j = ${symbolOf(s)} cos theta_j; psi as in lSoftmax`,
    ...scaleOf('sphereFace', s),
    unitW: true,
    psi: ({ cosTheta }) => psi(cosTheta, m),
    nonsmoothAt: cosinesAtPi(m, 0),
    annealing: annealingOf('sphereFace', annealing),
  }
}

/** false: none; true: the defaults; or the numbers that differ from them. */
export type AnnealingOption = boolean | Partial<Annealing>

export const ANNEALING: Annealing = { lambda0: 1000, lambdaMin: 5, gamma: 1, power: 1 }

const KNOWN = {
  lambda0: ['lambda', 'base', 'lambdaMax'],
  lambdaMin: ['min', 'floor'],
  gamma: true,
  power: true,
} satisfies OptionNames<Annealing>

/** Throws on numbers that are not finite and >= 0. */
export function annealingOf(op: string, option: AnnealingOption): Annealing | undefined {
  if (option === false) return undefined
  const own = option === true ? {} : option
  if (typeof own !== 'object')
    throw refusal(op, 'annealing as true, false or { lambda0, lambdaMin, .. }', own)
  checkOptions(`${op}: annealing`, own, KNOWN)
  const annealing = { ...ANNEALING, ...own }
  for (const [name, value] of Object.entries(annealing)) {
    checkFinite(`${op}: annealing`, name, value, { orZero: true })
  }
  return annealing
}

export const lambdaAt = ({ lambda0, lambdaMin, gamma, power }: Annealing, t: number): number =>
  Math.max(lambdaMin, lambda0 * (1 + gamma * t) ** -power)

/** The largest multiple of an angle: psi takes some ops for each time that the angle passes pi. */
const MOST_TURNS = 1000

/** Throws unless m, the multiple of the angle, is an integer from 1 to 1000. */
export function checkMultiple(op: string, m: number): void {
  if (!Number.isInteger(m) || m < 1)
    throw new Error(`${op}: m multiplies the angle, an integer >= 1, got ${shown(m)}`)
  checkTurns(op, 'm', m)
}

/** Throws when the angle would be multiplied by more than 1000. */
export function checkTurns(op: string, name: string, m: number): void {
  if (m > MOST_TURNS)
    throw new Error(`${op}: ${name} multiplies the angle, at most by ${MOST_TURNS}, got ${m}`)
}
