import { checkFinite, type OptionNames, refusal } from '../engine/check.ts'
import { add, keep, stopGradient, type Tensor } from '../engine/index.ts'
import { checkFocal, checkReduction, FOCAL_OPTIONS, type FocalOptions } from './crossEntropy.ts'
import { checkDeferred, DEFERRED_OPTIONS, type DeferredOptions, weightAt } from './deferred.ts'
import { prototypeForces } from './forces.ts'
import { ADJUSTMENT_OPTIONS, type LogitAdjustmentOptions, logPriors } from './imbalance.ts'
import type { Labels } from './labels.ts'
import {
  callable,
  checkBatch,
  checkInput,
  checkLossOptions,
  LOSS_OPTIONS,
  type Loss,
  type LossOptions,
} from './loss.ts'
import {
  checkClasses,
  checkMargin,
  marginLoss,
  PULL_OPTIONS,
  type PullOptions,
  plainLogits,
} from './marginLoss.ts'
import type { Margin } from './margins/margin.ts'
import type { Prototypes } from './prototypes/prototypes.ts'

/** What every margin loss understands, whatever its margin and its prototypes. */
export interface MarginLossOptions
  extends LossOptions,
    LogitAdjustmentOptions,
    FocalOptions,
    PullOptions,
    DeferredOptions {}

export const MARGIN_LOSS_OPTIONS = {
  ...LOSS_OPTIONS,
  ...ADJUSTMENT_OPTIONS,
  ...FOCAL_OPTIONS,
  ...PULL_OPTIONS,
  ...DEFERRED_OPTIONS,
} satisfies OptionNames<MarginLossOptions>

/**
 * CE(z, y) with the logits z of a margin (what the target's angle becomes) over the prototypes of a rule (what w_j
 * is).  x[N,D] y[N] -> [] or [N]. Every margin goes with every rule, and both with `logitAdjustment`
 * and `focalGamma`.
 *
 * Throws where sizes, labels, weights or options do not fit; an empty batch is an error.
 */
export function marginSoftmax(
  name: string,
  margin: Margin,
  prototypes: Prototypes,
  options: MarginLossOptions,
): Loss {
  checkLossOptions(name, options, MARGIN_LOSS_OPTIONS)
  checkMargin(name, margin)
  checkPrototypes(name, prototypes)
  checkReduction(name, options, options.classes)
  checkClasses(name, margin, options.classes)
  checkFocal(name, options)
  checkDeferred(name, options)
  const { reduction, focalGamma, pull = 0, deferredSteps = 0 } = options
  checkFinite(name, 'pull', pull, { orZero: true })
  const updateAfter = prototypes.updateAfter === true
  const { logitAdjustment } = options
  const priors = logitAdjustment === undefined ? undefined : keep(logPriors(name, options, logitAdjustment))
  /** Does the loss change with the number of updates? */
  const counted = margin.annealing !== undefined || deferredSteps > 0
  let t = 0

  /** What the loss of this batch sees. */
  function given(x: Tensor, labels: Int32Array) {
    const { W, b, c } = prototypes.forBatch(x, labels)
    const now = updateAfter ? t + 1 : t
    const how = { reduction, weight: weightAt(options, now), focalGamma, t: now }
    return { seen: { W, b: sumOf(b, priors), c }, how }
  }

  function loss(x: Tensor, y: Labels): Tensor {
    const labels = checkBatch(name, options, x, y)
    const { seen, how } = given(x, labels)
    return marginLoss(margin, x, seen, labels, { ...how, pull })
  }

  return callable(loss, {
    name,
    classes: options.classes,
    reduction: options.reduction ?? 'mean',
    parameters: prototypes.parameters,
    get prototypes() {
      return prototypes.W
    },
    logits(x) {
      checkInput(name, options, x)
      const z = plainLogits(margin, x, prototypes.W)
      return prototypes.bias === undefined ? z : add(z, prototypes.bias)
    },
    forces(x, y) {
      const labels = checkBatch(name, options, x, y)
      const { seen, how } = given(stopGradient(x), labels)
      return prototypeForces(margin, x, seen, labels, how)
    },
    update(x, y) {
      prototypes.update(x, checkBatch(name, options, x, y))
      t++
    },
    updateAfter: prototypes.updateAfter ?? (counted ? false : undefined),
    refreshEvery: prototypes.refreshEvery,
    refresh(x, y) {
      prototypes.refresh(x, checkBatch(name, options, x, y))
    },
    state() {
      const { tensors, values } = prototypes.state()
      return { tensors, values: counted ? { ...values, t } : values }
    },
    load(state) {
      const { t: steps, ...values } = state.values
      if (
        counted !== (steps !== undefined) ||
        (counted && !(Number.isInteger(steps) && Number(steps) >= 0))
      ) {
        const expected = counted ? 'the number t of updates' : 'no t: no updates are counted'
        throw new Error(`${name}: load: ${expected} expected, got ${JSON.stringify(steps)}`)
      }
      prototypes.load({ tensors: state.tensors, values })
      t = Number(steps ?? 0)
    },
  })
}

/** The sum of those that are there. */
export const sumOf = (b: Tensor | undefined, priors: Tensor | undefined): Tensor | undefined =>
  b && priors ? add(b, priors) : (b ?? priors)

/** Throws unless `prototypes` is one, above all no function that would make one. */
function checkPrototypes(op: string, prototypes: Prototypes): void {
  if (typeof prototypes === 'object' && typeof prototypes?.forBatch === 'function') return
  throw refusal(op, 'a prototype rule, such as learned(name, { classes, dim }),', prototypes)
}
