import { expm1, maximum, mul, neg, pow, type Tensor } from '../../engine/index.ts'

export interface FocalOptions {
  /** Focal loss: easy samples count less, by (1 - p_y)^gamma; gamma >= 0, 0 is cross-entropy. Default 0. */
  focalGamma?: number
}

/** p_y this near to 1 counts as this far off: (1 - p)^gamma has an infinite slope at 0 where gamma < 1. */
const LEAST = 1e-30

/**
 * (1 - p)^gamma L, p = e^-L being the probability of the right class and L = -ln p: the focal loss of Lin 2017,
 * arXiv:1708.02002, equation 4, for one sample.  losses[N] -> [N]
 *
 * The paper has it for two classes and a sigmoid, with gamma = 2; that p is a softmax's is how others carried it over.
 * Its alpha_t is the option `weight`.
 */
export function focalLosses(losses: Tensor, gamma: number): Tensor {
  if (gamma === 0) return losses
  const wrong = maximum(neg(expm1(neg(losses))), LEAST)
  return mul(pow(wrong, gamma), losses)
}

/** Throws unless gamma is finite and >= 0. */
export function checkFocal(op: string, { focalGamma = 0 }: FocalOptions): void {
  if (focalGamma >= 0 && focalGamma < Infinity) return
  throw new Error(`${op}: focalGamma is a finite number >= 0, got ${focalGamma}`)
}
