import { checkOptions, type OptionNames, refusal, shown } from '../../engine/check.ts'

/**
 * lambda_t = max(lambdaMin, lambda0 (1 + gamma t)^-power), t the number of `update`s so far; the target's cosine is
 * (lambda cos theta + psi(theta)) / (1 + lambda). The defaults make it max(5, 1000 / (1 + t)).
 * Liu 2017 describes the mixture (arXiv:1704.08063, section on optimisation); this form of lambda_t and its floor
 * are those of the authors' published training code.
 */
export interface Annealing {
  /** Default 1000. */
  readonly lambda0: number
  /** Default 5; 0 ends at psi itself. */
  readonly lambdaMin: number
  /** Default 1. */
  readonly gamma: number
  /** Default 1. */
  readonly power: number
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
    if (!(typeof value === 'number' && value >= 0 && value < Infinity)) {
      throw new Error(`${op}: annealing: ${name} is a finite number >= 0, got ${shown(value)}`)
    }
  }
  return annealing
}

export const lambdaAt = ({ lambda0, lambdaMin, gamma, power }: Annealing, t: number): number =>
  Math.max(lambdaMin, lambda0 * (1 + gamma * t) ** -power)
