import { checkFinite, checkFlag, checkName, checkOptions, type OptionNames } from '../../engine/check.ts'
import { acos, clamp, cos, div, minimum, mul, type Tensor } from '../../engine/index.ts'
import { cosinesAtPi, decreasingCos } from './angle.ts'
import { type Margin, type Scale, scaleOf, symbolOf } from './margin.ts'
import { checkTurns } from './multiplicative.ts'

export interface SphereFaceROptions {
  /** The multiple of the angle, any number from 1 to 1000; 1 is NormFace. Default 1.5. */
  m?: number
  /** The scale, > 0; or `norm` for ‖x‖. Default 30. */
  s?: Scale
  /**
   * Which angles are bent: `own`, the default, that to the own class, m theta_y (v1 of the authors' code, or v0); `others`, those to all
   * others, theta_j / m (v2).
   */
  bent?: 'own' | 'others'
  /** Of `own`: past m theta = pi the cosine stays at -1, the default; false: it goes on falling, as SphereFace's does. */
  clamped?: boolean
}

export const SPHERE_FACE_R_OPTIONS = {
  m: ['margin'],
  s: ['scale'],
  bent: ['magnType', 'version'],
  clamped: ['clamp'],
} satisfies OptionNames<SphereFaceROptions>

export const sphereFaceRDefaults = { s: 30, m: 1.5, bent: 'own', clamped: true } as const

/**
 * z_y = s cos(min(m theta_y, pi)), z_j = s cos theta_j, with the gradient of z_y = s cos theta_y: SphereFace-R, Liu 2021,
 * arXiv:2109.05565. m is real. In the gradient cos(m theta) - cos theta counts as a constant (`Margin.detached`), the paper's
 * "characteristic gradient detachment": no slope of cos(m theta) makes it large or small.
 *
 * `clamped` is v1, without it v0, of the authors' code (ydwen/opensphere, model/head/spherefacer.py), whose defaults
 * for the hard feature normalisation are v0, s = 30 and m = 1.5; its loss is 50 / s times this one. `bent: 'others'` is its v2, z_y =
 * s cos theta_y, z_j = s cos(theta_j / m), the same gradient again: the factor m is between the two angles, and none goes past pi. `s:
 * 'norm'` is what it calls no normalisation. Throws unless 1 <= m <= 1000, and s > 0 or `norm`.
 */
export function sphereFaceRMargin(options: SphereFaceROptions = {}): Margin {
  const op = 'sphereFaceR'
  checkOptions(op, options, SPHERE_FACE_R_OPTIONS)
  const { s = sphereFaceRDefaults.s, m = sphereFaceRDefaults.m } = options
  const { clamped = sphereFaceRDefaults.clamped, bent = sphereFaceRDefaults.bent } = options
  checkFinite(op, 'm', m)
  if (m < 1) throw new Error(`${op}: m multiplies the angle, a number >= 1, got ${m}`)
  checkTurns(op, 'm', m)
  checkFlag(op, 'clamped', clamped)
  checkName(op, 'bent', bent, ['own', 'others'])
  if (bent === 'others') {
    if (options.clamped !== undefined) throw new Error(`${op}: clamped goes with bent own, got others`)
    return {
      equation: `z_y = ${symbolOf(s)} cos theta_y, z_j = ${symbolOf(s)} cos(theta_j / m); the gradient is that of z_j = ${symbolOf(s)} cos theta_j`,
      ...scaleOf(op, s),
      unitW: true,
      // Rounding may take a cosine past its ends.
      others: cosTheta => cos(div(acos(clamp(cosTheta, -1, 1)), m)),
      nonsmoothAt: [],
      detached: true,
    }
  }
  const at = cosinesAtPi(m, 0)
  const psi = (theta: Tensor, cosTheta: Tensor): Tensor =>
    clamped ? cos(minimum(mul(theta, m), Math.PI)) : decreasingCos(cosTheta, cos(mul(theta, m)), at)
  return {
    equation: `z_y = ${symbolOf(s)} cos(min(m theta_y, pi)), z_j = ${symbolOf(s)} cos theta_j; the gradient is that of z_y = ${symbolOf(s)} cos theta_y`,
    ...scaleOf(op, s),
    unitW: true,
    psi: ({ theta, cosTheta }) => psi(theta, cosTheta),
    nonsmoothAt: clamped ? at.slice(0, 1) : at,
    detached: true,
  }
}
