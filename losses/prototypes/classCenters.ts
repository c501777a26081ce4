import { checkFlag, checkNumber, checkSizes, type OptionNames, shown, shownName } from '../../engine/check.ts'
import {
  identity,
  keep,
  mean,
  noGrad,
  normalize,
  parameter,
  randn,
  sub,
  type Tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { assignAll, mapRecord } from '../../engine/state.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossOptions, LOSS_OPTIONS, type LossOptions } from '../loss.ts'
import { batchOf, ESTIMATORS, type Estimator, type Memory } from './estimators.ts'
import { ofTensors, type Prototypes } from './prototypes.ts'

/** How the centre c_j of class j follows the embeddings; z_i = x_i / ‖x_i‖ in what follows. */
export interface CenterOptions {
  /**
   * `ema`, the default: c_j <- (1 - alpha) c_j + alpha times the mean of the batch's class j.
   * `exact`: the mean over the training set, at each `refresh`.
   * `centerLoss`: c_j <- c_j - alpha sum (c_j - z_i) / (1 + k_j), k_j samples of the class in the batch (Wen 2016).
   * `sphere`: c_j <- normalize(c_j - alpha sum (c_j - z_i)), the paper's (Zhu 2020, p. 9).
   * `accumulate`: c_j <- normalize(c_j + sum z_i), that of the authors' oldest code.
   * `empirical`: c_j <- normalize(sum a_i c_j + (1 - a_i) z_i), a_i = sigmoid(<z_i, c_j>) (Fan 2024, arXiv:2405.12447).
   * `memoryBank`: the mean of the class's last `window` samples (Zhu 2020, p. 9, tried and left).
   */
  estimator?: keyof typeof ESTIMATORS
  /** The rate of `ema` (default 0.1) and `centerLoss` (0.5), 0 < alpha <= 1; of `sphere` (0.1), alpha > 0. */
  alpha?: number
  /** Of `exact`: the steps from one refresh to the next, an integer >= 1. Default 10. */
  refreshEvery?: number
  /** Of `memoryBank`: how many samples of a class it holds, an integer >= 1. Default 8; 1 takes one sample as the weight. */
  window?: number
  /** Of `sphere`: the mean over the batch's class in place of the sum. Default false. */
  batchMean?: boolean
  /** Of `sphere`: v_j <- momentum v_j + gradient, as in PyTorch's SGD, 0 <= momentum < 1. Default 0. */
  momentum?: number
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
  alpha: ['rate', 'eta'],
  refreshEvery: ['every'],
  window: ['bankSize', 'memory'],
  batchMean: ['average'],
  momentum: true,
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

const STEPS = 10
const WINDOW = 8

const MOVING = Object.keys(ESTIMATORS).filter(name => name !== 'exact')

/** The estimators that an option is for. */
const GOES_WITH: Readonly<Record<string, readonly string[]>> = {
  refreshEvery: ['exact'],
  alpha: ['ema', 'centerLoss', 'sphere'],
  window: ['memoryBank'],
  batchMean: ['sphere'],
  momentum: ['sphere'],
  cumulativeMean: ['ema'],
  usePreviousCenters: MOVING,
  differentiate: MOVING,
}

/** Is the option one of this estimator, or of all? */
export const goesWith = (option: string, estimator: string): boolean =>
  GOES_WITH[option]?.includes(estimator) ?? true

/** All options, defaults filled in. Throws on values outside their range, and on options that exclude each other. */
function centerOptions(op: string, options: CenterOptions): Required<CenterOptions> {
  const { estimator = centerDefaults.estimator, subtractMean = true, usePreviousCenters = false } = options
  const { cumulativeMean = false, differentiate = false, batchMean = false, momentum = 0 } = options
  if (typeof estimator !== 'string' || !Object.hasOwn(ESTIMATORS, estimator)) {
    throw new Error(`${op}: estimator is ${Object.keys(ESTIMATORS).join(', ')}, got ${shownName(estimator)}`)
  }
  const flags = { subtractMean, usePreviousCenters, cumulativeMean, differentiate, batchMean }
  for (const [name, flag] of Object.entries(flags)) checkFlag(op, name, flag)
  const rule: Estimator = ESTIMATORS[estimator]
  const {
    alpha = rule.alpha ?? 1,
    refreshEvery = estimator === 'exact' ? STEPS : 0,
    window = WINDOW,
  } = options
  const most = estimator === 'sphere' ? Number.MAX_VALUE : 1
  if (!(typeof alpha === 'number' && alpha > 0 && alpha <= most)) {
    const range = most === 1 ? '0 < alpha <= 1' : 'alpha > 0 and finite'
    throw new Error(`${op}: alpha is a rate, ${range}, got ${shown(alpha)}`)
  }
  checkNumber(op, 'momentum', momentum, 0)
  if (momentum >= 1) throw new Error(`${op}: momentum is a number from 0 to below 1, got ${momentum}`)
  if (estimator === 'exact') checkSizes(op, { refreshEvery })
  checkSizes(op, { window })
  for (const [name, estimators] of Object.entries(GOES_WITH)) {
    const given = options[name as keyof CenterOptions]
    if (given !== undefined && given !== false && !goesWith(name, estimator))
      throw new Error(`${op}: ${name} goes with ${estimators.join(' or ')}, got ${estimator}`)
  }
  if (differentiate && usePreviousCenters) {
    throw new Error(
      `${op}: usePreviousCenters or differentiate expected: previous centers do not know the batch, got both`,
    )
  }
  return { estimator, alpha, refreshEvery, window, momentum, ...flags }
}

interface Setting extends LossOptions, CenterOptions {
  /** Average x / ‖x‖ (Zhu 2020, eq. 3), the default; false: x itself, as centre loss does. */
  normalized?: boolean
  /** Adds a learned b[C] to the logits. Default false. */
  bias?: boolean
}

const KNOWN = {
  ...LOSS_OPTIONS,
  ...CENTER_OPTIONS,
  normalized: ['normalised', 'normalize'],
  bias: true,
} satisfies OptionNames<Setting>

/**
 * W_j from c_j, the centre of class j: the mean of its x / ‖x‖, equation 3 of IR-Softmax (Zhu, Yuan, Hu, Wu, Robertson,
 * ACCV 2020, arXiv:2011.11155), by one of the estimators (CenterOptions). Centres start as N(0, 1/D) by `seed` or `rng`, on the
 * unit sphere where they stay on it; classes absent from a batch keep theirs, but for those that `momentum` moves on; nothing but the bias is trained by gradient.
 *
 * The paper's are `sphere`, `memoryBank`, and W_j = c_j (`subtractMean: false`). Ours are the other estimators where no
 * source stands beside them, centres relative to their mean (`subtractMean`), `cumulativeMean` and `differentiate`.
 * `b` is the bias to share with another rule.
 */
export function classCenters(op: string, options: Setting, b?: Tensor): Prototypes {
  checkLossOptions(op, options, KNOWN)
  const { classes, dim, dtype = 'float32', backend, normalized = true, bias = false } = options
  const settings = centerOptions(op, options)
  const { estimator, refreshEvery, subtractMean, usePreviousCenters, differentiate } = settings
  checkFlag(op, 'normalized', normalized)
  checkFlag(op, 'bias', bias)

  const kind = { dtype, backend }
  const { unit, memory, next }: Estimator = ESTIMATORS[estimator]
  const start = randn([classes, dim], generatorOf(op, options, 0), { ...kind, std: 1 / Math.sqrt(dim) })
  const shapes = memory?.(classes, dim, settings) ?? {}
  const known: Memory = {
    centers: keep(unit ? normalize(start) : start),
    ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, keep(zeros(shape, kind))])),
  }
  const own = b ?? (bias ? parameter(zeros([classes], kind), kind) : undefined)
  const parameters: Record<string, Tensor> = own === undefined ? {} : { b: own }
  const tensors = { ...known, ...parameters }

  // identity: aliases, so that a graph built on the centres does not see them assigned to.
  const after = (x: Tensor, y: ClassIndices): Memory =>
    next(mapRecord(known, identity) as Memory, batchOf(normalized ? normalize(x) : x, y, classes), settings)
  const prototypesOf = (c: Tensor): Tensor =>
    subtractMean ? normalize(sub(c, mean(c, { axis: 0, keepDims: true }))) : identity(c)
  const follow = (x: Tensor, y: ClassIndices): void => noGrad(() => tidy(() => assignAll(known, after(x, y))))

  return {
    parameters,
    bias: own,
    get W() {
      return prototypesOf(known.centers)
    },
    updateAfter: estimator === 'exact' ? undefined : usePreviousCenters || differentiate,
    forBatch(x, y) {
      const c = differentiate ? after(x, y).centers : identity(known.centers)
      return { W: prototypesOf(c), b: own, c }
    },
    update(x, y) {
      if (estimator !== 'exact') follow(x, y)
    },
    refreshEvery,
    refresh: follow,
    ...ofTensors(op, tensors),
  }
}
