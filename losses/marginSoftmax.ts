import { checkFinite, type OptionNames, refusal } from '../engine/check.ts'
import { add, keep, mul, stopGradient, type Tensor } from '../engine/index.ts'
import {
  checkFocal,
  checkReduction,
  FOCAL_OPTIONS,
  type FocalOptions,
  focalLosses,
  reduceLosses,
} from './crossEntropy.ts'
import { checkDeferred, DEFERRED_OPTIONS, type DeferredOptions, weightAt } from './deferred.ts'
import { prototypeForces } from './forces.ts'
import { ADJUSTMENT_OPTIONS, type LogitAdjustmentOptions, logPriors } from './imbalance.ts'
import { checkLabelSmoothing, LABEL_SMOOTHING_OPTIONS, type LabelSmoothingOptions } from './labelSmoothing.ts'
import type { Labels } from './labels.ts'
import {
  callable,
  checkBatch,
  checkInput,
  checkLossOptions,
  type Forces,
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
  squaredChords,
  sumOf,
} from './marginLoss.ts'
import { type Known, remembered } from './marginState.ts'
import type { Margin } from './margins/margin.ts'
import { prototypesOf } from './prototypes/ofClasses.ts'
import type { Prototypes } from './prototypes/prototypes.ts'
import {
  ClassSampler,
  SAMPLED_CLASSES_OPTIONS,
  type SampledClassesOptions,
  sampleSize,
} from './sampledClasses.ts'
import { seenLosses } from './seenLosses.ts'

/** What every margin loss understands, whatever its margin and its prototypes. */
export interface MarginLossOptions
  extends LossOptions,
    LogitAdjustmentOptions,
    FocalOptions,
    LabelSmoothingOptions,
    PullOptions,
    DeferredOptions,
    SampledClassesOptions {}

export const MARGIN_LOSS_OPTIONS = {
  ...LOSS_OPTIONS,
  ...ADJUSTMENT_OPTIONS,
  ...FOCAL_OPTIONS,
  ...LABEL_SMOOTHING_OPTIONS,
  ...PULL_OPTIONS,
  ...DEFERRED_OPTIONS,
  ...SAMPLED_CLASSES_OPTIONS,
} satisfies OptionNames<MarginLossOptions>

/**
 * CE(z, y) with the logits z of a margin (what the target's angle becomes) over the prototypes of a rule (what w_j
 * is).  x[N,D] y[N] -> [] or [N]. Every margin goes with every rule, and both with `logitAdjustment`,
 * `focalGamma` or `labelSmoothing`.
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
  checkLabelSmoothing(name, options)
  checkDeferred(name, options)
  const { reduction, focalGamma, labelSmoothing, pull = 0, deferredSteps = 0 } = options
  checkFinite(name, 'pull', pull, { orZero: true })
  const updateAfter = prototypes.updateAfter === true
  const { logitAdjustment } = options
  const priors = logitAdjustment === undefined ? undefined : keep(logPriors(name, options, logitAdjustment))
  /** Does the loss change with the number of updates? */
  const counted = margin.annealing !== undefined || deferredSteps > 0
  const { sampledClasses } = options
  const sampler =
    sampledClasses && sampleSize(name, options.classes, sampledClasses)
      ? new ClassSampler(name, options.classes, sampledClasses)
      : undefined
  if (sampler !== undefined && labelSmoothing) {
    throw new Error(`${name}: labelSmoothing or sampledClasses expected, got both`)
  }

  const known: Known = { t: 0, counted, sampler }

  function settings() {
    const now = updateAfter ? known.t + 1 : known.t
    return { reduction, weight: weightAt(options, now), focalGamma, labelSmoothing, t: now }
  }

  /** What the loss of this batch sees. */
  function given(x: Tensor, labels: Int32Array) {
    const { W, b, c } = prototypes.forBatch(x, labels)
    return { seen: { W, b: sumOf(b, priors), c }, how: settings() }
  }

  function loss(x: Tensor, y: Labels): Tensor {
    const labels = checkBatch(name, options, x, y)
    if (sampler !== undefined) return overSampled(x, labels, sampler)
    const { seen, how } = given(x, labels)
    return marginLoss(margin, x, seen, labels, { ...how, pull })
  }

  function overSampled(x: Tensor, labels: Int32Array, sampler: ClassSampler): Tensor {
    const seen = sampler.draw(labels)
    const these = prototypesOf(prototypes, x, labels, seen)
    const { t, focalGamma = 0, ...how } = settings()
    const losses = focalLosses(seenLosses(margin, x, these, labels, seen, { priors, t }), focalGamma)
    const value = reduceLosses(name, losses, labels, how)
    if (pull === 0) return value
    const own = (these.ownCenters ?? these.own)()
    return add(value, mul(reduceLosses(name, squaredChords(x, own), labels, how), pull))
  }

  function forces(x: Tensor, y: Labels): Forces {
    const labels = checkBatch(name, options, x, y)
    const { seen, how } = given(stopGradient(x), labels)
    return prototypeForces(margin, x, seen, labels, how)
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
    ...(sampler === undefined && { forces }),
    update(x, y) {
      prototypes.update(x, checkBatch(name, options, x, y))
      sampler?.next()
      known.t++
    },
    updateAfter: prototypes.updateAfter ?? (counted || sampler !== undefined ? false : undefined),
    refreshEvery: prototypes.refreshEvery,
    refresh(x, y) {
      prototypes.refresh(x, checkBatch(name, options, x, y))
    },
    ...remembered(name, prototypes, known),
  })
}

/** Throws unless `prototypes` is one, above all no function that would make one. */
function checkPrototypes(op: string, prototypes: Prototypes): void {
  if (typeof prototypes === 'object' && typeof prototypes?.forBatch === 'function') return
  throw refusal(op, 'a prototype rule, such as learned(name, { classes, dim }),', prototypes)
}
