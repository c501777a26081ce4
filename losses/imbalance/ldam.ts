import { checkOptions, type OptionNames, shown } from '../../engine/check.ts'
import { checkSizesOfClasses } from './sizes.ts'

export interface LdamOptions {
  /** The margin of the smallest class, >= 0, in the unit of the loss that takes it. Default 0.5. */
  max?: number
}

const KNOWN = { max: ['maxM', 'maxMargin', 'm', 'margin'] } satisfies OptionNames<LdamOptions>

/**
 * m_j = K / n_j^(1/4), K such that the smallest class has `max`: the label-distribution-aware margins (LDAM) of Cao
 * 2019, arXiv:1906.07413, section 3. sizes[C] -> [C], what the option `m` of CosFace takes:
 * `cosFace({ classes, dim, s: 30, m: ldamMargins(sizes) })` is the paper's loss, z_y = s (cos theta_y - m_y).
 *
 * In the paper K is tuned through the largest margin, 0.5 by default here as in the authors' published code. Its
 * deferred re-weighting is a second loss with `weight: classBalancedWeights(sizes)`, taken up late in training. As
 * angles of ArcFace they are ours. Throws unless there is a size, all are finite and > 0, and max is finite and >= 0.
 */
export function ldamMargins(sizes: ArrayLike<number>, options: LdamOptions = {}): Float64Array {
  checkOptions('ldamMargins', options, KNOWN)
  const { max = 0.5 } = options
  checkSizesOfClasses('ldamMargins', sizes)
  if (!(typeof max === 'number' && max >= 0 && max < Infinity)) {
    throw new Error(`ldamMargins: max is a finite number >= 0, got ${shown(max)}`)
  }
  const smallest = Float64Array.from(sizes).reduce((a, b) => Math.min(a, b))
  return Float64Array.from(sizes, n => max * (smallest / n) ** 0.25)
}
