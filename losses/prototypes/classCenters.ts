import { checkFlag, type OptionNames } from '../../engine/check.ts'
import {
  identity,
  keep,
  mean,
  noGrad,
  normalize,
  randn,
  stopGradient,
  sub,
  type Tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { assignAll, checkNames, checkTensors, snapshot } from '../../engine/state.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossOptions, checkSizes, LOSS_OPTIONS, type LossOptions } from '../loss.ts'
import { CENTER_OPTIONS, type CenterOptions, centerOptions } from './centerOptions.ts'
import { byClass, type Centers, centerLossRule, ema, exact } from './estimators.ts'
import type { Prototypes } from './prototypes.ts'

function move(to: Centers, from: Centers): void {
  to.centers.assign(from.centers)
  to.visits.assign(from.visits)
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
  checkSizes(op, options)
  const { classes, dim, dtype = 'float32', backend, normalized } = options
  const { estimator, alpha, refreshEvery, subtractMean, usePreviousCenters, cumulativeMean, differentiate } =
    centerOptions(op, options)

  checkFlag(op, 'normalized', normalized)

  const kind = { dtype, backend }
  const start = randn([classes, dim], generatorOf(op, options, 0), { ...kind, std: 1 / Math.sqrt(dim) })
  const now: Centers = { centers: keep(start), visits: keep(zeros([classes, 1], kind)) }
  // What `now` was before the last update, for the options that look back.
  const before: Centers | undefined =
    usePreviousCenters || differentiate
      ? { centers: keep(stopGradient(now.centers)), visits: keep(stopGradient(now.visits)) }
      : undefined
  const memory: Record<string, Tensor> = {
    ...now,
    ...(before && { centersBefore: before.centers, visitsBefore: before.visits }),
  }

  const batchOf = (x: Tensor, y: ClassIndices) => byClass(normalized ? normalize(x) : x, y, classes)
  const estimate = (old: Centers, x: Tensor, y: ClassIndices): Centers => {
    if (estimator === 'exact') return old
    const batch = batchOf(x, y)
    return estimator === 'ema'
      ? ema(old, batch, { alpha, cumulativeMean })
      : centerLossRule(old, batch, alpha)
  }
  // identity: an alias, so that a graph built on the centres does not see them assigned to.
  const prototypesOf = (centers: Tensor): Tensor =>
    subtractMean ? normalize(sub(centers, mean(centers, { axis: 0, keepDims: true }))) : identity(centers)
  const outsideGraph = (work: () => void): void => noGrad(() => tidy(work))

  return {
    parameters: {},
    get W() {
      return prototypesOf(now.centers)
    },
    seenBy(x, y) {
      if (differentiate && before) return prototypesOf(estimate(before, x, y).centers)
      return prototypesOf((usePreviousCenters && before ? before : now).centers)
    },
    update: (x, y) =>
      outsideGraph(() => {
        const next = estimate(now, x, y)
        if (before) move(before, now)
        move(now, next)
      }),
    refreshEvery,
    refresh: (x, y) => outsideGraph(() => move(now, exact(now, batchOf(x, y)))),
    state: () => ({ tensors: snapshot(memory), values: {} }),
    load(state) {
      checkTensors(op, memory, state.tensors)
      checkNames(op, [], Object.keys(state.values))
      assignAll(memory, state.tensors)
    },
  }
}
