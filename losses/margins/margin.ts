import { checkFinite, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import type { ClassIndices } from '../labels.ts'
import type { Angle } from './angle.ts'

/**
 * How a loss makes logits from angles: z_j = s ‖x‖ ‖w_j‖ cos theta_j, of which `unitX` and `unitW` drop the norms,
 * and with psi(theta) in place of cos theta at the target.
 */
export interface Margin {
  readonly equation: string
  /** The scale s. */
  readonly s: number
  /** The norm of x, or of w, is left out of the logits. */
  readonly unitX: boolean
  readonly unitW: boolean
  /**
   * psi(theta) for cos theta, elementwise; absent where psi is cos theta itself. Take `cosTheta`, `sinTheta` or `theta` of
   * the angle, each with a gradient that is right up to theta = 0 and pi. With labels y[N], the angles are [N,1].
   */
  psi?(angle: Angle, y?: ClassIndices): Tensor
  /** The cosines at which psi jumps, or one of its first two derivatives does; of any class. */
  readonly nonsmoothAt: readonly number[]
  /** C, where psi differs from class to class; it needs labels then. */
  readonly classes?: number
  /** In the gradient psi(theta) - cos theta counts as a constant: it is that of cos theta, and not of the loss's value. */
  readonly detached?: boolean
  /** Starts near the plain cosine and bends towards psi as training goes on. */
  readonly annealing?: Annealing
}

/**
 * lambda_t = max(lambdaMin, lambda0 (1 + gamma t)^-power), t the number of `update`s so far; the target's cosine is
 * (lambda cos theta + psi(theta)) / (1 + lambda). The form is that of the published training code of L-Softmax (Liu
 * 2016) and SphereFace (Liu 2017).
 *
 * The defaults make it max(5, 1000 / (1 + t)), 5 from update 199 on. The authors' SphereFace has gamma = 0.12, and 5
 * from 1,659 on; their L-Softmax on MNIST has lambdaMin = 0, gamma = 2.5e-5 and power = 35.
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

/** The scale of the logits: a number > 0 for unit x, or `norm`, which leaves ‖x‖ in its place. */
export type Scale = number | 'norm'

/** How equations write it. */
export const symbolOf = (s: Scale): string => (s === 'norm' ? '‖x‖' : 's')

/** Throws unless s is a number > 0 or `norm`. */
export function scaleOf(op: string, s: Scale): Pick<Margin, 's' | 'unitX'> {
  if (s === 'norm') return { s: 1, unitX: false }
  if (typeof s !== 'number') throw refusal(op, 's as a number > 0, or norm,', s)
  checkFinite(op, 's', s)
  return { s, unitX: true }
}

/** z_j = <w_j, x> (+ b_j, an option): softmax. */
export const softmaxMargin = (): Margin => ({
  equation: 'z_j = <w_j, x>',
  s: 1,
  unitX: false,
  unitW: false,
  nonsmoothAt: [],
})

export interface SoftmaxOptions {
  /** Adds a learned b[C] to the logits. Default false. */
  bias?: boolean
}

export const SOFTMAX_OPTIONS = { bias: true } satisfies OptionNames<SoftmaxOptions>

export interface NormFaceOptions {
  /** The scale, > 0, usual from 16 to 64; or `norm` for ‖x‖. Default 30, AM-Softmax's; over class centres `norm`. */
  s?: Scale
}

export const NORM_FACE_OPTIONS = { s: ['scale'] } satisfies OptionNames<NormFaceOptions>

export const normFaceDefaults = { s: 30 } as const

/**
 * z_j = s cos theta_j: NormFace, Wang 2017, arXiv:1704.06369, section 3.3, equation 6. The paper learns s and says that
 * 20 or 30 would do; here it is fixed, as in AM-Softmax. Throws unless s > 0 or `norm`.
 */
export function normFaceMargin(options: NormFaceOptions = {}): Margin {
  checkOptions('normFace', options, NORM_FACE_OPTIONS)
  const { s = normFaceDefaults.s } = options
  return {
    equation: `z_j = ${symbolOf(s)} cos theta_j`,
    ...scaleOf('normFace', s),
    unitW: true,
    nonsmoothAt: [],
  }
}
