import { checkOptions, type OptionNames, shown } from '../../engine/check.ts'
import { checkSizesOfClasses } from './sizes.ts'

export interface ClassBalancedOptions {
  /** 0 to 1: 0 weighs all classes alike, 1 by 1 / n_j. Default 0.999. */
  beta?: number
}

const KNOWN = { beta: true } satisfies OptionNames<ClassBalancedOptions>

/**
 * E_n = (1 - beta^n) / (1 - beta), the effective number of n images, each of which covers a part of what is left to
 * cover: Cui 2019, proposition 1. From 1 (beta = 0) to n (beta = 1).
 */
function effectiveNumber(n: number, beta: number): number {
  // 1 - beta^n through expm1: beta^n itself is 1 but for rounding where beta is near 1.
  return beta === 1 ? n : -Math.expm1(n * Math.log(beta)) / (1 - beta)
}

/**
 * v_j = C (1 / E_j) / sum_k (1 / E_k), E_j = (1 - beta^n_j) / (1 - beta): the class-balanced weights of Cui 2019,
 * arXiv:1901.05555, section 4, which sum to C. sizes[C] -> [C], what the option `weight` of any loss takes.
 *
 * The paper tunes beta to the data, among 0.9, 0.99, 0.999 and 0.9999; the default here is ours. With `reduction:
 * 'mean'` a loss divides by the batch's weights; the paper divides by N, which is `'sum'` over N. Throws unless there
 * is a size, all are finite and > 0, and 0 <= beta <= 1.
 */
export function classBalancedWeights(
  sizes: ArrayLike<number>,
  options: ClassBalancedOptions = {},
): Float64Array {
  checkOptions('classBalancedWeights', options, KNOWN)
  const { beta = 0.999 } = options
  checkSizesOfClasses('classBalancedWeights', sizes)
  if (!(typeof beta === 'number' && beta >= 0 && beta <= 1)) {
    throw new Error(`classBalancedWeights: beta is a number from 0 to 1, got ${shown(beta)}`)
  }
  const inverse = Float64Array.from(sizes, n => 1 / effectiveNumber(n, beta))
  const total = inverse.reduce((a, b) => a + b)
  return inverse.map(v => (v * sizes.length) / total)
}
