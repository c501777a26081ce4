import { checkFlag, checkSizes, type OptionNames, shown, shownName } from '../../engine/check.ts'
import {
  add,
  div,
  equal,
  greater,
  identity,
  keep,
  maximum,
  mean,
  mul,
  noGrad,
  normalize,
  randn,
  sub,
  type Tensor,
  tidy,
  where,
  zeros,
} from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { assignAll, checkNames, checkTensors, snapshot } from '../../engine/state.ts'
import { type ClassIndices, meansByClass, type Sums, sumsByClass } from '../labels.ts'
import { checkLossOptions, LOSS_OPTIONS, type LossOptions } from '../loss.ts'
import type { Prototypes } from './prototypes.ts'

/** How the centre c_j of class j follows the embeddings. */
export interface CenterOptions {
  /**
   * `ema`, the default: c_j <- (1 - alpha) c_j + alpha times the mean of the batch's class j.
   * `exact`: the mean over the training set, at each `refresh`.
   * `centerLoss`: c_j <- c_j - alpha sum (c_j - x_i) / (1 + k_j), k_j samples of the class in the batch (Wen 2016).
   */
  estimator?: 'ema' | 'exact' | 'centerLoss'
  /** The rate of `ema` (default 0.1) and `centerLoss` (default 0.5), 0 < alpha <= 1. */
  alpha?: number
  /** Of `exact`: the steps from one refresh to the next, an integer >= 1. Default 10. */
  refreshEvery?: number
  /** W_j = normalize(c_j - mean_k c_k), the default; false: W_j = c_j as it is. */
  subtractMean?: boolean
  /** The loss sees the prototypes from before its own batch: `update` after it, else a rare class's is its own sample. Default false. */
  usePreviousCenters?: boolean
  /** Of `ema`: alpha_j = max(alpha, k_j / visits_j), so that a class starts with the plain mean. Default false. */
  cumulativeMean?: boolean
  /** The gradient flows into the batch's own contribution to its centres: `update` after the loss. Default false: constants. */
  differentiate?: boolean
}

export const CENTER_OPTIONS = {
  estimator: ['method'],
  alpha: ['rate', 'momentum'],
  refreshEvery: ['every'],
  subtractMean: ['centered', 'centred', 'center', 'centre'],
  usePreviousCenters: ['late'],
  cumulativeMean: ['runningMean'],
  differentiate: ['throughBatch'],
} satisfies OptionNames<CenterOptions>

export const centerDefaults = {
  estimator: 'ema',
  alpha: 0.1,
  subtractMean: true,
  usePreviousCenters: false,
  cumulativeMean: false,
  differentiate: false,
} as const

const RATE = { ema: centerDefaults.alpha, centerLoss: 0.5, exact: 1 }
const STEPS = 10

/** The estimators that an option is for. */
const GOES_WITH = {
  refreshEvery: 'exact',
  alpha: 'ema or centerLoss',
  cumulativeMean: 'the estimator ema',
  usePreviousCenters: 'ema or centerLoss',
  differentiate: 'ema or centerLoss',
}

/** All options, defaults filled in. Throws on values outside their range, and on options that exclude each other. */
function centerOptions(op: string, options: CenterOptions): Required<CenterOptions> {
  const { estimator = centerDefaults.estimator, subtractMean = true, usePreviousCenters = false } = options
  const { cumulativeMean = false, differentiate = false } = options
  if (typeof estimator !== 'string' || !Object.hasOwn(RATE, estimator)) {
    throw new Error(`${op}: estimator is ${Object.keys(RATE).join(', ')}, got ${shownName(estimator)}`)
  }
  const flags = { subtractMean, usePreviousCenters, cumulativeMean, differentiate }
  for (const [name, flag] of Object.entries(flags)) checkFlag(op, name, flag)
  const { alpha = RATE[estimator], refreshEvery = estimator === 'exact' ? STEPS : 0 } = options
  if (!(typeof alpha === 'number' && alpha > 0 && alpha <= 1)) {
    throw new Error(`${op}: alpha is a rate, 0 < alpha <= 1, got ${shown(alpha)}`)
  }
  if (estimator === 'exact') checkSizes(op, { refreshEvery })
  for (const [name, estimators] of Object.entries(GOES_WITH)) {
    const given = options[name as keyof CenterOptions]
    if (given !== undefined && given !== false && !estimators.includes(estimator))
      throw new Error(`${op}: ${name} goes with ${estimators}, got ${estimator}`)
  }
  if (differentiate && usePreviousCenters) {
    throw new Error(
      `${op}: usePreviousCenters or differentiate expected: previous centers do not know the batch, got both`,
    )
  }
  return { estimator, alpha, refreshEvery, ...flags }
}

interface Setting extends LossOptions, CenterOptions {
  /** Average x / ‖x‖ instead of x. */
  normalized: boolean
}

const KNOWN = {
  ...LOSS_OPTIONS,
  ...CENTER_OPTIONS,
  normalized: ['normalised', 'normalize'],
} satisfies OptionNames<Setting>

/**
 * w_j = normalize(c_j - mean_k c_k), c_j the centre of class j's embeddings: the prototype rule of IR-Softmax (Zhu,
 * Yuan, Hu, Wu, Robertson, ACCV 2020, arXiv:2011.11155). Centres start as N(0, 1/D) by `seed` or `rng`; classes absent
 * from a batch keep theirs; nothing here is trained by gradient.
 *
 * That w_j is the class's centre is the paper's. How it is estimated is ours, and not its equations 3 to 5, which average
 * x / ‖x‖ for every margin and move unit centres by the gradient of a term in the loss: the estimator (CenterOptions),
 * centres relative to their mean (`subtractMean`), `usePreviousCenters`, `cumulativeMean` and `differentiate`.
 */
export function classCenters(op: string, options: Setting): Prototypes {
  checkLossOptions(op, options, KNOWN)
  const { classes, dim, dtype = 'float32', backend, normalized } = options
  const { estimator, alpha, refreshEvery, subtractMean, usePreviousCenters, cumulativeMean, differentiate } =
    centerOptions(op, options)
  checkFlag(op, 'normalized', normalized)

  const kind = { dtype, backend }
  const start = randn([classes, dim], generatorOf(op, options, 0), { ...kind, std: 1 / Math.sqrt(dim) })
  const centers = keep(start)
  const visits = cumulativeMean ? keep(zeros([classes, 1], kind)) : undefined
  const tensors: Record<string, Tensor> = visits === undefined ? { centers } : { centers, visits }

  const batchOf = (x: Tensor, y: ClassIndices) => sumsByClass(normalized ? normalize(x) : x, y, classes)
  const estimate = (batch: Sums): Tensor =>
    estimator === 'ema' ? ema(centers, batch, alpha, visits) : centerLossRule(centers, batch, alpha)
  // identity: an alias, so that a graph built on the centres does not see them assigned to.
  const prototypesOf = (c: Tensor): Tensor =>
    subtractMean ? normalize(sub(c, mean(c, { axis: 0, keepDims: true }))) : identity(c)
  const outsideGraph = (work: () => void): void => noGrad(() => tidy(work))

  return {
    parameters: {},
    get W() {
      return prototypesOf(centers)
    },
    updateAfter: usePreviousCenters || differentiate,
    forBatch: (x, y) => ({ W: prototypesOf(differentiate ? estimate(batchOf(x, y)) : centers) }),
    update: (x, y) =>
      outsideGraph(() => {
        if (estimator === 'exact') return
        const batch = batchOf(x, y)
        centers.assign(estimate(batch))
        visits?.assign(add(visits, batch.counts))
      }),
    refreshEvery,
    refresh: (x, y) => outsideGraph(() => centers.assign(exact(centers, batchOf(x, y)))),
    state: () => ({ tensors: snapshot(tensors), values: {} }),
    load(state) {
      checkTensors(op, tensors, state.tensors)
      checkNames(op, [], Object.keys(state.values))
      assignAll(tensors, state.tensors)
    },
  }
}

/**
 * c_j <- (1 - a_j) c_j + a_j mean_j, where a_j = alpha, or with `visits`, v[C,1] samples of each class before, max(alpha,
 * k_j / (v_j + k_j)): the plain mean of all images until there are 1 / alpha batches' worth. An absent class has a_j = 0.
 */
function ema(centers: Tensor, batch: Sums, alpha: number, visits?: Tensor): Tensor {
  const { counts } = batch
  const present = greater(counts, 0)
  const rate = visits === undefined ? alpha : maximum(div(counts, maximum(add(visits, counts), 1)), alpha)
  const a = mul(present, rate)
  return add(mul(sub(1, a), centers), mul(a, meansByClass(batch)))
}

/** c_j <- c_j - alpha sum over the batch's class j of (c_j - x_i) / (1 + k_j): Wen 2016, equation 4. */
function centerLossRule(centers: Tensor, { sums, counts }: Sums, alpha: number): Tensor {
  const delta = div(sub(mul(counts, centers), sums), add(counts, 1))
  return sub(centers, mul(delta, alpha))
}

/** c_j <- mean_j, the batch being the whole training set. An absent class keeps its own. */
const exact = (centers: Tensor, batch: Sums): Tensor =>
  where(equal(batch.counts, 0), centers, meansByClass(batch))
