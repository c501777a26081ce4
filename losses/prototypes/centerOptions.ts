import { checkFlag, checkNumber, checkSizes, type OptionNames, shown, shownName } from '../../engine/check.ts'
import { ESTIMATORS, type Estimator } from './estimators.ts'

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
export function centerOptions(op: string, options: CenterOptions): Required<CenterOptions> {
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
