import { refusal, shown } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import type { ClassIndices } from '../labels.ts'
import type { Annealing } from './annealing.ts'
import type { Angle } from './theta.ts'

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
  readonly kinks: readonly number[]
  /** C, where psi differs from class to class; it needs labels then. */
  readonly classes?: number
  /** Starts near the plain cosine and bends towards psi as training goes on. */
  readonly annealing?: Annealing
}

/** Throws unless `margin` is one, above all no function that would make one. */
export function checkMargin(op: string, margin: Margin): void {
  if (typeof margin === 'object' && typeof margin?.s === 'number') return
  throw refusal(op, 'a margin, { equation, s, unitX, unitW, psi, kinks },', margin)
}

/** Throws unless s is finite and above 0. */
export function checkScale(op: string, s: number): void {
  if (!(typeof s === 'number' && s > 0 && s < Infinity)) {
    throw new Error(`${op}: s is a finite number > 0, got ${shown(s)}`)
  }
}

/** Throws unless the angle m, in radians, lies in [0, pi). */
export function checkRadians(op: string, name: string, m: number): void {
  if (typeof m === 'number' && m >= 0 && m < Math.PI) return
  const hint =
    typeof m === 'number' && m >= Math.PI && m <= 180
      ? ` (${m} degrees are ${((m * Math.PI) / 180).toFixed(4)} radians)`
      : ''
  throw new Error(`${op}: ${name} is an angle in radians, 0 <= ${name} < pi, got ${shown(m)}${hint}`)
}

/** Throws unless the difference of cosines m lies in [0, 2]: past 2 no angle can meet it. */
export function checkCosine(op: string, name: string, m: number): void {
  if (!(typeof m === 'number' && m >= 0 && m <= 2)) {
    throw new Error(`${op}: ${name} is a difference of cosines, 0 to 2, got ${shown(m)}`)
  }
}

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
