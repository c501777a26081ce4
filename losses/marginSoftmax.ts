import { checkFinite, type OptionNames, refusal } from '../engine/check.ts'
import { add, keep, mul, stopGradient, type Tensor } from '../engine/index.ts'
import { type Given, rememberedBatch } from './bentLogits.ts'
import { checkBias, checkBinary } from './binary.ts'
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
import { inBlocks } from './logitsInBlocks.ts'
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
import { checkLossName } from './lossName.ts'
import {
  checkClasses,
  checkMargin,
  checkPull,
  marginLoss,
  PULL_OPTIONS,
  type PullOptions,
  plainLogits,
  squaredChords,
  sumOf,
} from './marginLoss.ts'
import { joinedState, marginState } from './marginState.ts'
import type { Binary, Margin, RememberedBatch } from './margins/margin.ts'
import { penaltyOf } from './penalty.ts'
import { prototypesOf } from './prototypes/ofClasses.ts'
import type { Prototypes } from './prototypes/prototypes.ts'
import { type ClassSampler, SAMPLED_CLASSES_OPTIONS, type SampledClassesOptions } from './sampledClasses.ts'
import { samplerOf } from './samplerOf.ts'
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
  checkLossName('marginSoftmax', name)
  checkLossOptions(name, options, MARGIN_LOSS_OPTIONS)
  checkMargin(name, margin)
  checkPrototypes(name, prototypes)
  checkReduction(name, options, options.classes)
  checkClasses(name, margin, options.classes)
  checkFocal(name, options)
  checkLabelSmoothing(name, options)
  checkDeferred(name, options)
  checkBinary(name, margin, options)
  const { reduction, focalGamma, labelSmoothing, pull = 0, deferredSteps = 0 } = options
  checkFinite(name, 'pull', pull, { orZero: true })
  const { subCenters = 1 } = prototypes
  checkPull(name, pull, subCenters)
  const updateAfter = prototypes.updateAfter === true
  const { logitAdjustment } = options
  const priors = logitAdjustment === undefined ? undefined : keep(logPriors(name, options, logitAdjustment))
  const counted = margin.annealing !== undefined || margin.counted === true || deferredSteps > 0
  const sampler = samplerOf(name, margin, prototypes, options)
  const own = marginState(name, margin, options, { counted, sampler })
  checkBias(name, own.bias, prototypes.bias)

  /** The batch as the margin is to remember it. */
  const remembered =
    (x: Tensor, labels: Int32Array, W: () => Tensor) =>
    (now: Now): RememberedBatch =>
      rememberedBatch(margin, x, W(), labels, { ...now, subCenters })

  function settings(x: Tensor, labels: Int32Array, W: () => Tensor) {
    const now = updateAfter ? own.ahead(remembered(x, labels, W)) : own.now()
    return { reduction, weight: weightAt(options, now.t), focalGamma, labelSmoothing, ...now }
  }

  /** What the loss of this batch sees. */
  function given(x: Tensor, labels: Int32Array) {
    const { W, b, c } = prototypes.forBatch(x, labels)
    const how = { ...settings(x, labels, () => W), subCenters }
    return { seen: { W, b: sumOf(b, priors, own.bias), c }, how }
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
    const how = settings(x, labels, () => prototypes.forBatch(x, labels).W)
    const losses = focalLosses(
      seenLosses(margin, x, these, labels, seen, { priors, ...how }),
      focalGamma ?? 0,
    )
    const value = sumOf(
      reduceLosses(name, losses, labels, how),
      penaltyOf(name, margin, x, labels, how, how),
    ) as Tensor
    if (pull === 0) return value
    const centers = (these.ownCenters ?? these.own)()
    return add(value, mul(reduceLosses(name, squaredChords(x, centers), labels, how), pull))
  }

  function forces(x: Tensor, y: Labels): Forces {
    const labels = checkBatch(name, options, x, y)
    const { seen, how } = given(stopGradient(x), labels)
    return prototypeForces(margin, x, seen, labels, how)
  }

  function logitsOver(x: Tensor, W: Tensor, b: Tensor | undefined): Tensor {
    checkInput(name, options, x)
    const z = plainLogits(margin, x, W, { ...own.now(), subCenters })
    return b === undefined ? z : add(z, b)
  }

  return callable(loss, {
    name,
    classes: options.classes,
    reduction: options.reduction ?? 'mean',
    parameters: { ...prototypes.parameters, ...(own.bias && { b: own.bias }) },
    get prototypes() {
      return prototypes.dominant?.() ?? prototypes.W
    },
    logits: x => logitsOver(x, prototypes.W, prototypes.bias),
    logitsInBlocks: size => inBlocks(size, options.classes, prototypes, logitsOver),
    ...(margin.binary && {
      threshold: () => (margin.binary as Binary).threshold(own.bias as Tensor),
    }),
    ...(sampler === undefined && { forces }),
    update(x, y) {
      const labels = checkBatch(name, options, x, y)
      const remember = () => own.update(remembered(x, labels, () => prototypes.forBatch(x, labels).W))
      if (updateAfter) remember()
      prototypes.update(x, labels)
      if (!updateAfter) remember()
    },
    updateAfter: prototypes.updateAfter ?? (own.moves ? false : undefined),
    refreshEvery: prototypes.refreshEvery,
    refresh(x, y) {
      prototypes.refresh(x, checkBatch(name, options, x, y))
    },
    ...joinedState(own, prototypes),
  })
}

type Now = Pick<Given, 't' | 'memory'>

/** Throws unless `prototypes` is one, above all no function that would make one. */
function checkPrototypes(op: string, prototypes: Prototypes): void {
  if (typeof prototypes === 'object' && typeof prototypes?.forBatch === 'function') return
  throw refusal(op, 'a prototype rule, such as learned(name, { classes, dim }),', prototypes)
}
