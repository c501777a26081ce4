import { sub, type Tensor } from '../../engine/index.ts'
import { checkCosine, checkScale, type Margin } from './margin.ts'

export interface CosFaceOptions {
  /** The scale, > 0. Default 30. */
  s?: number
  /** The margin, a difference of cosines, 0 to 2. Default 0.35. */
  m?: number
}

export const cosFaceDefaults = { s: 30, m: 0.35 } as const

/** psi(theta) = cos theta - m */
const psi = (cosTheta: Tensor, m: number): Tensor => sub(cosTheta, m)

/**
 * z_y = s (cos theta_y - m), z_j = s cos theta_j: AM-Softmax, Wang 2018, arXiv:1801.05599, equation 6, and
 * CosFace, Wang 2018, arXiv:1801.09414, equation 4. Throws unless s > 0 and 0 <= m <= 2.
 */
export function cosFaceMargin(options: CosFaceOptions = {}): Margin {
  const { s = cosFaceDefaults.s, m = cosFaceDefaults.m } = options
  checkScale('cosFace', s)
  checkCosine('cosFace', 'm', m)
  return {
    equation: 'z_y = s (cos theta_y - m), z_j = s cos theta_j',
    s,
    unitX: true,
    unitW: true,
    psi: cosTheta => psi(cosTheta, m),
    kinks: [],
  }
}
