import { checkOptions, type OptionNames } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { cosMultiple, seams, unfold } from './angle.ts'
import { type AnnealingOption, annealingOf } from './annealing.ts'
import { checkMultiple, type Margin } from './margin.ts'

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

/** psi(theta) = (-1)^k cos(m theta) - 2 k for theta in [k pi/m, (k+1) pi/m], k = 0..m-1: Liu 2016, equation 6. */
export const psi = (cosTheta: Tensor, m: number): Tensor =>
  unfold(cosTheta, cosMultiple(cosTheta, m), seams(m, 0))

/**
 * z_y = ‖w_y‖ ‖x‖ psi(theta_y), z_j = <w_j, x>: L-Softmax, Liu 2016, arXiv:1612.02295, equations 4 to 6.
 * Throws unless m is an integer >= 1. The paper anneals as SphereFace does; here it is off unless asked for.
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
    kinks: seams(m, 0),
    annealing: annealingOf('lSoftmax', annealing),
  }
}
