import { mean, normalize, sub, type Tensor } from '../../../engine/index.ts'
import { type CenterOptions, classCenters, type LossOptions, type Prototypes } from '../../../losses/index.ts'
import { type Shrinkage, shrinkage } from './shrinkage.ts'

export interface ShrunkOptions extends LossOptions, CenterOptions {
  readonly shrinkage: Shrinkage
}

/**
 * w_j = normalize(c'_j - mean_k c'_k), c'_j the centre of class j's x / ‖x‖, moved towards its nearest frequent centres
 * (shrinkage.ts) where the class is rare: the rule of IR-Softmax, over better guesses of the true centres. Centres
 * follow the embeddings as `classCenters` has them; what is moved is never written back.
 *
 * With `differentiate` the gradient flows through the shares and their estimate too. Ours; no source.
 */
export function shrunkCenters(op: string, options: ShrunkOptions): Prototypes {
  const { subtractMean = true, classes, dtype, backend } = options
  if (options.shrinkage.sizes.length !== classes) {
    throw new Error(`${op}: shrinkage: ${classes} sizes expected, got ${options.shrinkage.sizes.length}`)
  }
  const shrink = shrinkage(options.shrinkage, { dtype, backend })
  const { shrinkage: _, ...own } = options
  const rule = classCenters(op, { ...own, subtractMean: false, normalized: true })
  const prototypesOf = (c: Tensor): Tensor => {
    const moved = shrink(c)
    return subtractMean ? normalize(sub(moved, mean(moved, { axis: 0, keepDims: true }))) : moved
  }
  return {
    ...rule,
    get W() {
      return prototypesOf(rule.W)
    },
    forBatch: (x, y) => ({ W: prototypesOf(rule.forBatch(x, y).W) }),
  }
}
