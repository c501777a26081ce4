import { type OptionNames, shown } from '../../engine/check.ts'
import { add, expm1, greater, lessEqual, mul, neg, pow, type Tensor, where } from '../../engine/index.ts'

export interface FocalOptions {
  /** Focal loss: easy samples count less, by (1 - p_y)^gamma; gamma >= 0, 0 is cross-entropy. Default 0. */
  focalGamma?: number
}

export const FOCAL_OPTIONS = { focalGamma: ['gamma', 'focal'] } satisfies OptionNames<FocalOptions>

/** From here down 1 - p counts as 0: its powers gamma - 1 and gamma - 2 would leave float32, and gamma - 5 float64. */
const LEAST = { float32: 1e-18, float64: 1e-60 }
/** From here up a loss has p = 0 in float64 too. */
const MOST = 800

/**
 * (1 - p)^gamma L, p = e^-L being the probability of the right class and L = -ln p: the focal loss of Lin 2017,
 * arXiv:1708.02002, equation 4, for one sample.  losses[N] -> [N]
 *
 * The paper has it for two classes and a sigmoid, with gamma = 2; that p is a softmax's is how others carried it over.
 * Its alpha_t is the option `weight`. Where p is 1 or 0 but for rounding, (1 - p)^gamma is taken for the constant that it is
 * there, 0 or 1, and so are its derivatives of all orders: an infinite slope at 1 - p = 0 meets a dp of 0.
 */
export function focalLosses(losses: Tensor, gamma: number): Tensor {
  if (gamma === 0) return losses
  const wrong = neg(expm1(neg(losses)))
  const right = lessEqual(wrong, losses.dtype === 'float64' ? LEAST.float64 : LEAST.float32)
  const settled = add(right, greater(losses, MOST))
  return where(right, 0, mul(pow(where(settled, 1, wrong), gamma), losses))
}

/** Throws unless gamma is finite and >= 0. */
export function checkFocal(op: string, { focalGamma = 0 }: FocalOptions): void {
  if (typeof focalGamma === 'number' && focalGamma >= 0 && focalGamma < Infinity) return
  throw new Error(`${op}: focalGamma is a finite number >= 0, got ${shown(focalGamma)}`)
}
