import { checkFlag, checkName, checkNumber, checkOptions, type OptionNames } from '../../engine/check.ts'
import { abs, greater, sub, type Tensor, where } from '../../engine/index.ts'
import { quadraticAbove } from '../../engine/ops/adjoints/quadraticAbove.ts'
import { arcFacePsi, checkCosine, checkRadians, plainSum } from './additive.ts'
import { type Angle, cosinesAtPi } from './angle.ts'
import { type Margin, type Scale, scaleOf, symbolOf } from './margin.ts'

export interface MvSoftmaxOptions {
  /** The scale, > 0; or `norm` for ‖x‖. Default 32, over class centres `norm`. */
  s?: Scale
  /** The margin of the right class: `cosFace`, MV-AM, the default, or `arcFace`, MV-Arc. */
  base?: 'cosFace' | 'arcFace'
  /** The margin, of that base: a difference of cosines, or an angle in radians. Default 0.35, or 0.5 of arcFace. */
  m?: number
  /** How much more a misclassified class counts, >= 0; 0 is the base alone. Default 0.2. */
  t?: number
  /** Its cosine is (1 + t) cos theta_j + t, the default; false: cos theta_j + t. */
  adaptive?: boolean
  /** The margin only where cos theta_y > 0. Default false. */
  easyMargin?: boolean
}

export const MV_SOFTMAX_OPTIONS = {
  s: ['scale'],
  base: ['fcType', 'type'],
  m: ['margin'],
  t: true,
  adaptive: ['fixed'],
  easyMargin: true,
} satisfies OptionNames<MvSoftmaxOptions>

export const mvSoftmaxDefaults = {
  s: 32,
  base: 'cosFace',
  m: 0.35,
  t: 0.2,
  adaptive: true,
  easyMargin: false,
} as const

/**
 * z_y = s (cos theta_y - m), or s cos(theta_y + m); z_j = s cos theta_j, and s ((1 + t) cos theta_j + t) of a class that wins against
 * it, cos theta_j > cos theta_y - m: MV-Softmax (support vectors guided), Wang 2019, arXiv:1912.00833.
 *
 * t is that of the authors' code (xiaoboCASIA/SV-X-Softmax), which has `easyMargin` on by default; this has not, as a margin for all is
 * what is meant by one. The comparison is with the margin, easy or not, as there. Throws on options outside their ranges.
 */
export function mvSoftmaxMargin(options: MvSoftmaxOptions = {}): Margin {
  const op = 'mvSoftmax'
  checkOptions(op, options, MV_SOFTMAX_OPTIONS)
  const { s = mvSoftmaxDefaults.s, base = mvSoftmaxDefaults.base, t = mvSoftmaxDefaults.t } = options
  checkName(op, 'base', base, ['cosFace', 'arcFace'])
  const arc = base === 'arcFace'
  const { m = arc ? 0.5 : mvSoftmaxDefaults.m } = options
  const { adaptive = mvSoftmaxDefaults.adaptive, easyMargin = mvSoftmaxDefaults.easyMargin } = options
  const checkM = arc ? checkRadians : checkCosine
  checkM(op, 'm', m)
  checkNumber(op, 't', t, 0)
  checkFlag(op, 'adaptive', adaptive)
  checkFlag(op, 'easyMargin', easyMargin)
  const bound = (angle: Angle): Tensor => (arc ? plainSum(angle, m) : sub(angle.cosTheta, m))
  const bent = (angle: Angle): Tensor => (arc ? arcFacePsi(angle, m, 'linear') : sub(angle.cosTheta, m))
  const z = symbolOf(s)
  return {
    equation: `z_y = ${z} ${arc ? 'cos(theta_y + m)' : '(cos theta_y - m)'}, z_j = ${z} (${adaptive ? '(1 + t) ' : ''}cos theta_j + t) where cos theta_j > ${arc ? 'cos(theta_y + m)' : 'cos theta_y - m'}, else ${z} cos theta_j`,
    ...scaleOf(op, s),
    unitW: true,
    psi: angle => (easyMargin ? where(greater(angle.cosTheta, 0), bent(angle), angle.cosTheta) : bent(angle)),
    others: (cosTheta, own) => quadraticAbove(cosTheta, bound(own), { a: t, b: adaptive ? 1 + t : 1, c: 0 }),
    nonsmoothAt: [...(arc ? [-1, ...cosinesAtPi(1, m), 1] : []), ...(easyMargin ? [0] : [])],
    clearance: ({ cosines, angle }) => [abs(sub(cosines(), bound(angle())))],
  }
}
