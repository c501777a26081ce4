import { checkFinite, checkOptions, type OptionNames } from '../../engine/check.ts'
import { add, cos, less, mul, sub, type Tensor, where } from '../../engine/index.ts'
import { type BeyondPi, checkBeyondPi, checkCosine, checkRadians } from './additive.ts'
import { type Angle, cosinesAtPi, decreasingCos, multiplesOf } from './angle.ts'
import { type Margin, type Scale, scaleOf, symbolOf } from './margin.ts'
import { checkTurns } from './multiplicative.ts'

export interface CombinedMarginOptions {
  /** The scale, > 0; or `norm` for ‖x‖. Default 64, over class centres `norm`. */
  s?: Scale
  /** The multiple of the angle, > 0 and up to 1000. Default 1. */
  m1?: number
  /** Added to the angle, in radians, 0 <= m2 < pi. Default 0.3. */
  m2?: number
  /** Taken off the cosine, 0 to 2. Default 0.2. */
  m3?: number
  /** Past m1 theta + m2 = pi, as in ArcFace; `linear` is for m1 = 1 alone, and its default. */
  beyondPi?: BeyondPi
}

export const COMBINED_OPTIONS = {
  s: ['scale'],
  m1: ['multiple'],
  m2: ['m', 'margin'],
  m3: true,
  beyondPi: ['seam'],
} satisfies OptionNames<CombinedMarginOptions>

const DEFAULTS = { s: 64, m1: 1, m2: 0.3, m3: 0.2 } as const

export { DEFAULTS as combinedMarginDefaults }

/** cos(m1 theta + m2) = cos(m1 theta) cos m2 - sin(m1 theta) sin m2 */
function cosOfSum(angle: Angle, m1: number, m2: number): Tensor {
  if (!Number.isInteger(m1)) return cos(add(mul(angle.theta, m1), m2))
  const multiples = multiplesOf(angle.cosTheta)
  const cosPart = multiples.cos(m1)
  if (m2 === 0) return cosPart
  const sinPart = mul(angle.sinTheta, multiples.sin(m1))
  return sub(mul(cosPart, Math.cos(m2)), mul(sinPart, Math.sin(m2)))
}

/**
 * z_y = s (cos(m1 theta_y + m2) - m3), z_j = s cos theta_j: Deng 2019, arXiv:1801.07698v3, section 2.2, equation 4.
 * (m, 0, 0) is SphereFace at scale s, (1, m, 0) ArcFace, (1, 0, m) CosFace. An integer m1 goes through Chebyshev's
 * polynomials, any other through theta itself. The defaults are the paper's CM1 (section 3.2).
 *
 * The paper gives nothing past m1 theta + m2 = pi, and its code lets the cosine rise again; `continuous`, (-1)^k cos phi
 * - 2 k, is ours, and the default where m1 is not 1. Throws on margins outside their ranges.
 */
export function combinedMargin(options: CombinedMarginOptions = {}): Margin {
  checkOptions('combinedMargin', options, COMBINED_OPTIONS)
  const { s = DEFAULTS.s, m1 = DEFAULTS.m1, m2 = DEFAULTS.m2, m3 = DEFAULTS.m3 } = options
  const { beyondPi = m1 === 1 ? 'linear' : 'continuous' } = options
  checkFinite('combinedMargin', 'm1', m1)
  checkTurns('combinedMargin', 'm1', m1)
  checkRadians('combinedMargin', 'm2', m2)
  checkCosine('combinedMargin', 'm3', m3)
  checkBeyondPi('combinedMargin', beyondPi)
  if (beyondPi === 'linear' && m1 !== 1) {
    throw new Error(`combinedMargin: beyondPi is continuous unless m1 is 1, got linear and m1 = ${m1}`)
  }
  const at = cosinesAtPi(m1, m2)
  const cosPhi = (angle: Angle): Tensor => {
    const { cosTheta } = angle
    const cosSum = cosOfSum(angle, m1, m2)
    if (beyondPi === 'continuous') return decreasingCos(cosTheta, cosSum, at)
    return where(less(cosTheta, -Math.cos(m2)), sub(cosTheta, m2 * Math.sin(m2)), cosSum)
  }
  return {
    equation: `z_y = ${symbolOf(s)} (cos(m1 theta_y + m2) - m3), z_j = ${symbolOf(s)} cos theta_j`,
    ...scaleOf('combinedMargin', s),
    unitW: true,
    psi: angle => sub(cosPhi(angle), m3),
    nonsmoothAt: [-1, ...at, 1],
  }
}
