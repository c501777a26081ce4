import { checkNumber, checkOptions, type OptionNames } from '../../engine/check.ts'
import { abs, add, mean, mul, sub } from '../../engine/index.ts'
import { quadraticAbove } from '../../engine/ops/adjoints/quadraticAbove.ts'
import { arcFacePsi, type BeyondPi, checkBeyondPi, checkRadians, plainSum } from './additive.ts'
import { cosinesAtPi } from './angle.ts'
import { type Margin, type Scale, scaleOf, symbolOf } from './margin.ts'

export interface CurricularFaceOptions {
  /** The scale, > 0; or `norm` for ‖x‖. Default 64, over class centres `norm`. */
  s?: Scale
  /** The margin, an angle in radians, 0 <= m < pi. Default 0.5. */
  m?: number
  /** How far t moves at a batch, 0 to 1. Default 0.01. */
  tAlpha?: number
  /** Past theta + m = pi, as in ArcFace. Default linear. */
  beyondPi?: BeyondPi
}

export const CURRICULAR_FACE_OPTIONS = {
  s: ['scale'],
  m: ['margin'],
  tAlpha: ['t_alpha', 'momentum'],
  beyondPi: ['seam', 'easyMargin'],
} satisfies OptionNames<CurricularFaceOptions>

export const curricularFaceDefaults = { s: 64, m: 0.5, tAlpha: 0.01, beyondPi: 'linear' } as const

/**
 * z_y = s cos(theta_y + m), z_j = s cos theta_j, and s cos theta_j (t + cos theta_j) of a hard class, which has cos theta_j > cos(theta_y +
 * m): CurricularFace, Huang 2020, arXiv:2004.00288. t, 0 at the start, follows the mean of cos theta_y over batches, t <- (1 - tAlpha) t +
 * tAlpha mean cos theta_y, so that hard classes count little at first and more later. It is a constant to the gradient.
 *
 * As in the authors' code (HuangYG123/CurricularFace), t moves with the batch before it is used, and past theta + m = pi ArcFace's linear
 * form stands for cos(theta + m), of which only the comparison keeps the cosine. Throws on options outside their ranges.
 */
export function curricularFaceMargin(options: CurricularFaceOptions = {}): Margin {
  const op = 'curricularFace'
  checkOptions(op, options, CURRICULAR_FACE_OPTIONS)
  const { s = curricularFaceDefaults.s, m = curricularFaceDefaults.m } = options
  const { tAlpha = curricularFaceDefaults.tAlpha, beyondPi = curricularFaceDefaults.beyondPi } = options
  checkRadians(op, 'm', m)
  checkNumber(op, 'tAlpha', tAlpha, 0, 1)
  checkBeyondPi(op, beyondPi)
  const z = symbolOf(s)
  return {
    equation: `z_y = ${z} cos(theta_y + m), z_j = ${z} cos theta_j (t + cos theta_j) where cos theta_j > cos(theta_y + m), else ${z} cos theta_j`,
    ...scaleOf(op, s),
    unitW: true,
    psi: angle => arcFacePsi(angle, m, beyondPi),
    others: (cosTheta, own, { memory: { t } }) =>
      quadraticAbove(cosTheta, plainSum(own, m), { a: 0, b: t, c: 1 }),
    memory: {
      start: () => ({ t: 0 }),
      next: ({ memory: { t }, cosTheta }) => ({
        t: add(mul(t, 1 - tAlpha), mul(mean(cosTheta()), tAlpha)),
      }),
    },
    nonsmoothAt: [-1, ...cosinesAtPi(1, m), 1],
    clearance: ({ cosines, angle }) => [abs(sub(cosines(), plainSum(angle(), m)))],
  }
}
