import { checkOptions, type OptionNames } from '../../engine/check.ts'
import { checkScale, type Margin } from './margin.ts'

/** z_j = <w_j, x> (+ b_j, an option of the learned rule): softmax, nothing bent. */
export const softmaxMargin = (): Margin => ({
  equation: 'z_j = <w_j, x>',
  s: 1,
  unitX: false,
  unitW: false,
  kinks: [],
})

export interface SoftmaxOptions {
  /** Adds b[C] to the logits of a learned W. Default false. */
  bias?: boolean
}

export const SOFTMAX_OPTIONS = { bias: true } satisfies OptionNames<SoftmaxOptions>

export interface NormFaceOptions {
  /** The scale, > 0; usual from 16 to 64. Default 30, CosFace's. */
  s?: number
}

export const NORM_FACE_OPTIONS = { s: ['scale'] } satisfies OptionNames<NormFaceOptions>

export const normFaceDefaults = { s: 30 } as const

/**
 * z_j = s cos theta_j: NormFace, Wang 2017, arXiv:1704.06369, section 3.3. The paper learns s; here it is fixed, as
 * in the losses that build on it. Throws unless s > 0.
 */
export function normFaceMargin(options: NormFaceOptions = {}): Margin {
  checkOptions('normFace', options, NORM_FACE_OPTIONS)
  const { s = normFaceDefaults.s } = options
  checkScale('normFace', s)
  return { equation: 'z_j = s cos theta_j', s, unitX: true, unitW: true, kinks: [] }
}
