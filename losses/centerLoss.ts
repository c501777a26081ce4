import type { OptionNames } from '../engine/check.ts'
import { matmul, mul, reshape, sub, sum, type Tensor, take } from '../engine/index.ts'
import { checkReduction, reduceLosses } from './crossEntropy.ts'
import { type ClassIndices, type Labels, labelIndex } from './labels.ts'
import { checkLengths } from './lengths.ts'
import {
  callable,
  checkBatch,
  checkInput,
  checkLossOptions,
  LOSS_OPTIONS,
  type Loss,
  type LossOptions,
} from './loss.ts'
import { classCenters } from './prototypes/classCenters.ts'

export interface CenterLossOptions {
  /** Rate of the centres, 0 < alpha <= 1. Default 0.5, the paper's. */
  alpha?: number
}

const KNOWN = {
  ...LOSS_OPTIONS,
  alpha: ['rate', 'lr'],
} satisfies OptionNames<LossOptions & CenterLossOptions>

export const centerLossDefaults = { alpha: 0.5 } as const

/** 1/2 ‖x_i - c_y‖^2 for each sample.  x[N,D] centers[C,D] y[N] -> [N] */
export function halfSquares(x: Tensor, centers: Tensor, y: ClassIndices): Tensor {
  const apart = sub(x, take(centers, reshape(labelIndex(y, x.backend), [-1])))
  return mul(sum(mul(apart, apart), { axis: 1 }), 0.5)
}

/**
 * L_C = 1/2 sum_i ‖x_i - c_y_i‖^2: centre loss, Wen 2016 (ECCV, "A discriminative feature learning approach for
 * deep face recognition"), equation 2; auxiliary, to be added to a softmax: `softmax(x, y).add(center(x, y).mul(0.003))`.
 * x[N,D] y[N] -> []
 *
 * The paper's sum is `reduction: 'sum'`, of its softmax too (equation 5); by default both are means here, so that the
 * weight counts the same. Centres are constants to the gradient and follow equation 4, c_j <- c_j - alpha sum (c_j - x_i)
 * / (1 + k_j), at each `update`; as in the paper's algorithm 1 the loss sees those from before its own batch. They start
 * as N(0, 1/D), which is ours. `logits` are <x, c_j> - 1/2 ‖c_j‖^2, largest for the nearest centre. Embeddings
 * longer than 1e14, in float64 1e145, are refused.
 */
export function centerLoss(options: LossOptions & CenterLossOptions): Loss {
  const name = 'centerLoss'
  checkLossOptions(name, options, KNOWN)
  checkReduction(name, options, options.classes)
  const { alpha = centerLossDefaults.alpha } = options
  const centers = classCenters(name, {
    ...options,
    alpha,
    estimator: 'centerLoss',
    subtractMean: false,
    usePreviousCenters: true,
    normalized: false,
  })
  function loss(x: Tensor, y: Labels): Tensor {
    const labels = checkBatch(name, options, x, y)
    checkLengths(name, x)
    return reduceLosses(name, halfSquares(x, centers.W, labels), labels, options)
  }
  return callable(loss, {
    name,
    classes: options.classes,
    reduction: options.reduction ?? 'mean',
    parameters: {},
    get prototypes() {
      return centers.W
    },
    logits(x) {
      checkInput(name, options, x)
      const c = centers.W
      return sub(matmul(x, c, { transposeB: true }), mul(sum(mul(c, c), { axis: 1 }), 0.5))
    },
    update(x, y) {
      centers.update(x, checkBatch(name, options, x, y))
    },
    updateAfter: centers.updateAfter === true,
    refreshEvery: 0,
    refresh(x, y) {
      centers.refresh(x, checkBatch(name, options, x, y))
    },
    state: centers.state,
    load: centers.load,
  })
}
