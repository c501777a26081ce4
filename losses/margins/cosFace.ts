import { checkOptions, type OptionNames } from '../../engine/check.ts'
import { sub } from '../../engine/index.ts'
import { checkCosine, checkScale, type Margin } from './margin.ts'
import { checkEach, classesOf, ofLabels, type PerClass } from './perClass.ts'

export interface CosFaceOptions {
  /** The scale, > 0. Default 30. */
  s?: number
  /** The margin, a difference of cosines, 0 to 2; or one for each class, as of `ldamMargins`. Default 0.35. */
  m?: PerClass
}

export const COS_FACE_OPTIONS = {
  s: ['scale'],
  m: ['margin', 'm3'],
} satisfies OptionNames<CosFaceOptions>

export const cosFaceDefaults = { s: 30, m: 0.35 } as const

/**
 * z_y = s (cos theta_y - m), z_j = s cos theta_j: AM-Softmax, Wang 2018, arXiv:1801.05599, equation 6, and
 * CosFace, Wang 2018, arXiv:1801.09414, equation 4. With a margin for each class, z_y = s (cos theta_y - m_y), Cao 2019,
 * arXiv:1906.07413. Throws unless s > 0 and 0 <= m <= 2.
 */
export function cosFaceMargin(options: CosFaceOptions = {}): Margin {
  checkOptions('cosFace', options, COS_FACE_OPTIONS)
  const { s = cosFaceDefaults.s, m = cosFaceDefaults.m } = options
  checkScale('cosFace', s)
  checkEach('cosFace', m, checkCosine)
  return {
    equation: 'z_y = s (cos theta_y - m), z_j = s cos theta_j',
    s,
    unitX: true,
    unitW: true,
    psi: ({ cosTheta }, y) => sub(cosTheta, ofLabels(m, y, cosTheta)),
    kinks: [],
    classes: classesOf(m),
  }
}
