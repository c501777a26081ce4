import { checkOptions, type OptionNames } from '../../engine/check.ts'
import { seams } from './angle.ts'
import { type AnnealingOption, annealingOf } from './annealing.ts'
import { psi } from './lSoftmax.ts'
import { checkMultiple, checkScale, type Margin } from './margin.ts'

export interface SphereFaceOptions {
  /** The multiple of the angle, an integer >= 1. Default 4. */
  m?: number
  /** Takes the place of ‖x‖, > 0. Default: ‖x‖ stays. */
  s?: number
  /** Default true: lambda_t = max(5, 1000 / (1 + t)). */
  annealing?: AnnealingOption
}

export const SPHERE_FACE_OPTIONS = {
  m: ['margin'],
  s: ['scale'],
  annealing: ['lambda', 'anneal'],
} satisfies OptionNames<SphereFaceOptions>

export const sphereFaceDefaults = { m: 4, annealing: true } as const

/**
 * z_y = ‖x‖ (lambda cos theta_y + psi(theta_y)) / (1 + lambda), z_j = ‖x‖ cos theta_j: A-Softmax, Liu 2017,
 * arXiv:1704.08063, equations 6 and 7. psi is L-Softmax's; lambda falls with each `update` (annealing.ts); `s`
 * instead of ‖x‖ is how later work uses it. Throws unless m is an integer >= 1 and s > 0.
 */
export function sphereFaceMargin(options: SphereFaceOptions = {}): Margin {
  checkOptions('sphereFace', options, SPHERE_FACE_OPTIONS)
  const { s, m = sphereFaceDefaults.m, annealing = sphereFaceDefaults.annealing } = options
  checkMultiple('sphereFace', m)
  if (s !== undefined) checkScale('sphereFace', s)
  return {
    equation:
      'z_y = ‖x‖ (lambda cos theta_y + psi(theta_y)) / (1 + lambda), z_j = ‖x‖ cos theta_j; psi as in lSoftmax',
    s: s ?? 1,
    unitX: s !== undefined,
    unitW: true,
    psi: ({ cosTheta }) => psi(cosTheta, m),
    kinks: seams(m, 0),
    annealing: annealingOf('sphereFace', annealing),
  }
}
