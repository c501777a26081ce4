import { checkFinite, checkFlag, checkOptions, type OptionNames } from '../../engine/check.ts'
import { abs, add, clamp, div, greater, mul, norm, sub, type Tensor, where } from '../../engine/index.ts'
import { checkRadians, shifted, shiftedLinear } from './additive.ts'
import { batchFor } from './batchFor.ts'
import type { Margin } from './margin.ts'

export interface MagFaceOptions {
  /** The scale, > 0. Default 64. */
  s?: number
  /** The norms between which the margin grows, 0 < la < ua. Default 10. */
  la?: number
  /** Default 110. */
  ua?: number
  /** The margin at a norm of la and below, an angle in radians, 0 <= lMargin < pi. Default 0.45. */
  lMargin?: number
  /** The margin at a norm of ua and above, lMargin <= uMargin < pi. Default 0.8. */
  uMargin?: number
  /** What the regulariser counts, >= 0. Default 35. */
  lambdaG?: number
  /** The margin only where cos theta_y > 0. Default false. */
  easyMargin?: boolean
}

export const MAG_FACE_OPTIONS = {
  s: ['scale'],
  la: ['lA', 'la'],
  ua: ['uA', 'ua'],
  lMargin: ['lm', 'marginMin'],
  uMargin: ['um', 'marginMax'],
  lambdaG: ['lg', 'lambda'],
  easyMargin: true,
} satisfies OptionNames<MagFaceOptions>

export const magFaceDefaults = {
  s: 64,
  la: 10,
  ua: 110,
  lMargin: 0.45,
  uMargin: 0.8,
  lambdaG: 35,
  easyMargin: false,
} as const

/** ‖x_i‖, which a net trained with MagFace makes large for images that are easy to recognise.  x[N,D] -> [N] */
export const featureQuality = (x: Tensor): Tensor => norm(x, { axis: -1 })

/**
 * z_y = s cos(theta_y + m(a)), z_j = s cos theta_j, a = ‖x‖ within [la, ua], m(a) a straight line from lMargin at la to uMargin at ua; to each
 * loss lambdaG g(a) is added, g(a) = a / ua^2 + 1 / a: MagFace, Meng 2021, arXiv:2103.06627. The gradient goes through a, too, so that the norm
 * becomes a measure of quality (`featureQuality`).
 *
 * The defaults are those of the authors' run.sh (IrvingMeng/MagFace). Their code has `easyMargin` on; the paper has the margin at every
 * angle. Past theta + m = pi it is ArcFace's `linear`, as in their code. Throws on options outside their ranges.
 */
export function magFaceMargin(options: MagFaceOptions = {}): Margin {
  const op = 'magFace'
  checkOptions(op, options, MAG_FACE_OPTIONS)
  const { s = magFaceDefaults.s, la = magFaceDefaults.la, ua = magFaceDefaults.ua } = options
  const { lMargin = magFaceDefaults.lMargin, uMargin = magFaceDefaults.uMargin } = options
  const { lambdaG = magFaceDefaults.lambdaG, easyMargin = magFaceDefaults.easyMargin } = options
  for (const [name, value] of Object.entries({ s, la, ua })) checkFinite(op, name, value)
  checkRadians(op, 'lMargin', lMargin)
  checkRadians(op, 'uMargin', uMargin)
  checkFinite(op, 'lambdaG', lambdaG, { orZero: true })
  checkFlag(op, 'easyMargin', easyMargin)
  if (la >= ua) throw new Error(`${op}: la below ua expected, got la = ${la} and ua = ${ua}`)
  if (lMargin > uMargin) {
    throw new Error(`${op}: lMargin <= uMargin expected, got lMargin = ${lMargin} and uMargin = ${uMargin}`)
  }
  const slope = (uMargin - lMargin) / (ua - la)
  const bounded = (length: Tensor): Tensor => clamp(length, la, ua)
  const marginOf = (length: Tensor): Tensor => add(mul(sub(bounded(length), la), slope), lMargin)
  return {
    equation:
      'z_y = s cos(theta_y + m(a)), z_j = s cos theta_j, a = ‖x‖, m(a) = lMargin + (uMargin - lMargin) (a - la) / (ua - la); plus lambdaG (a / ua^2 + 1 / a)',
    s,
    unitX: true,
    unitW: true,
    psi(angle, _, batch) {
      const m = marginOf(batchFor(op, batch).norm())
      return easyMargin
        ? where(greater(angle.cosTheta, 0), shifted(angle, m), angle.cosTheta)
        : shiftedLinear(angle, m)
    },
    penalty({ norm }) {
      const a = bounded(norm())
      return mul(add(mul(a, 1 / ua ** 2), div(1, a)), lambdaG)
    },
    nonsmoothAt: [-1, ...(easyMargin ? [0] : []), 1],
    clearance: ({ norm, angle }) => [
      abs(sub(norm(), la)),
      abs(sub(norm(), ua)),
      ...(easyMargin ? [] : [abs(add(angle().theta, sub(marginOf(norm()), Math.PI)))]),
    ],
  }
}
