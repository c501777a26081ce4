import { checkFlag, type OptionNames, shown, shownName } from '../../engine/check.ts'

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
  /** The loss sees the prototypes from before its own batch; otherwise a rare class's is its own sample. Default false. */
  usePreviousCenters?: boolean
  /** Of `ema`: alpha_j = max(alpha, k_j / visits_j), so that a class starts with the plain mean. Default false. */
  cumulativeMean?: boolean
  /** The gradient flows into the batch's own contribution to its centres. Default false: they are constants. */
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

/** All options, defaults filled in. Throws on values outside their range, and on options that exclude each other. */
export function centerOptions(op: string, options: CenterOptions): Required<CenterOptions> {
  const { estimator = centerDefaults.estimator, subtractMean = true, usePreviousCenters = false } = options
  const { cumulativeMean = false, differentiate = false } = options
  if (typeof estimator !== 'string' || !Object.hasOwn(RATE, estimator)) {
    throw new Error(`${op}: estimator is ${Object.keys(RATE).join(', ')}, got ${shownName(estimator)}`)
  }
  for (const [name, flag] of Object.entries({
    subtractMean,
    usePreviousCenters,
    cumulativeMean,
    differentiate,
  }))
    checkFlag(op, name, flag)
  const { alpha = RATE[estimator] } = options
  if (!(typeof alpha === 'number' && alpha > 0 && alpha <= 1)) {
    throw new Error(`${op}: alpha is a rate, 0 < alpha <= 1, got ${shown(alpha)}`)
  }
  const { refreshEvery: steps = STEPS } = options
  const refreshEvery = estimator === 'exact' ? steps : 0
  if (estimator === 'exact' && !(Number.isInteger(refreshEvery) && refreshEvery >= 1)) {
    throw new Error(`${op}: refreshEvery is an integer >= 1, got ${shown(refreshEvery)}`)
  }
  const refuse = (wrong: boolean, expected: string, got: string): void => {
    if (wrong) throw new Error(`${op}: ${expected}, got ${got}`)
  }
  refuse(
    estimator !== 'exact' && options.refreshEvery !== undefined,
    'refreshEvery goes with exact',
    estimator,
  )
  refuse(estimator === 'exact' && options.alpha !== undefined, 'alpha goes with ema or centerLoss', estimator)
  refuse(cumulativeMean && estimator !== 'ema', 'cumulativeMean goes with the estimator ema', estimator)
  refuse(
    usePreviousCenters && estimator === 'exact',
    'usePreviousCenters goes with ema or centerLoss',
    estimator,
  )
  refuse(differentiate && estimator === 'exact', 'differentiate goes with ema or centerLoss', estimator)
  refuse(
    differentiate && usePreviousCenters,
    'usePreviousCenters or differentiate expected: previous centers do not know the batch',
    'both',
  )
  return { estimator, alpha, refreshEvery, subtractMean, usePreviousCenters, cumulativeMean, differentiate }
}
