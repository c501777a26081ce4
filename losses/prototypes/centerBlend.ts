import { checkFinite, checkGiven, type OptionNames } from '../../engine/check.ts'
import { add, keep, mul, normalize, sub, type Tensor, tensor } from '../../engine/index.ts'
import { seedOf } from '../../engine/random.ts'
import { joinStates, loadParts, mapRecord } from '../../engine/state.ts'
import { checkSizesOfClasses } from '../imbalance.ts'
import { checkLossOptions } from '../loss.ts'
import { checkLossName } from '../lossName.ts'
import { classCenters } from './classCenters.ts'
import { LEARNED_OPTIONS, type LearnedOptions, learned, type Prototypes } from './prototypes.ts'

/** How much of a prototype is learned. */
export interface CenterBlend {
  /** n_j, the training images of each class, C numbers > 0. */
  readonly sizes: ArrayLike<number>
  /** The class size at which the learned weight and the centre count alike, > 0. Default 50. */
  readonly k?: number
}

export interface CenterBlendOptions {
  /** Blends each learned w_j with the centre of its class, the more the fewer images it has (`centerBlend`). Default: none. */
  centerBlend?: CenterBlend
}

export const CENTER_BLEND_OPTIONS = {
  centerBlend: ['centreBlend', 'blendCenters'],
} satisfies OptionNames<CenterBlendOptions>

const KNOWN = { sizes: ['counts'], k: ['kappa'] } satisfies OptionNames<CenterBlend>

/** How the centres follow the embeddings: plain means at first; the loss sees those from before its batch. */
const CENTERS = {
  estimator: 'ema',
  alpha: 0.3,
  cumulativeMean: true,
  usePreviousCenters: true,
  subtractMean: false,
} as const

/**
 * w_j = normalize(a_j W_j / ‖W_j‖ + (1 - a_j) c_j / ‖c_j‖), a_j = n_j / (n_j + k): W_j is learned; c_j, a constant, is the centre of class
 * j. Many images say where a weight belongs better than their mean does; two do not, and there the mean is the better
 * guess. This is the weight that credibility theory gives to what a small sample tells (Bühlmann 1967); that it blends
 * prototypes, and k = 50, are ours. `update` follows the loss. Throws unless there are C sizes, finite and > 0, and k > 0.
 */
export function centerBlend(op: string, options: LearnedOptions, blend: CenterBlend): Prototypes {
  checkLossName('centerBlend', op)
  checkLossOptions(op, options, LEARNED_OPTIONS)
  checkGiven(`${op}: centerBlend`, blend, KNOWN)
  const { sizes, k = 50 } = blend
  const { classes, dim, dtype, backend } = options
  checkSizesOfClasses(`${op}: centerBlend`, sizes, classes)
  checkFinite(`${op}: centerBlend`, 'k', k)
  // One seed for both: centres start where the weights do.
  const { rng: _, ...seeded } = { ...options, seed: seedOf(op, options, 0) }
  const weights = learned(op, seeded)
  const { seed } = seeded
  const centers = classCenters(op, { classes, dim, dtype, backend, seed, ...CENTERS })
  const shares = Float64Array.from(sizes, n => n / (n + k))
  const share = keep(tensor(shares, { shape: [classes, 1], dtype: weights.W.dtype, backend }))
  const blended = (): Tensor =>
    normalize(add(mul(normalize(weights.W), share), mul(normalize(centers.W), sub(1, share))))
  const parts = { learned: weights, centers }
  return {
    parameters: weights.parameters,
    bias: weights.bias,
    get W() {
      return blended()
    },
    forBatch: () => ({ W: blended(), b: weights.bias }),
    updateAfter: true,
    update: (x, y) => centers.update(x, y),
    refreshEvery: 0,
    refresh() {},
    state: () => joinStates(mapRecord(parts, part => part.state())),
    load: state => loadParts(op, parts, state),
  }
}
