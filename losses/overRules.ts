import { checkFlag, chosen, type OptionNames } from '../engine/check.ts'
import { recorded } from '../engine/recipe.ts'
import { checkLossOptions, LOSS_OPTIONS, type Loss } from './loss.ts'
import { MARGIN_LOSS_OPTIONS, type MarginLossOptions, marginSoftmax } from './marginSoftmax.ts'
import { type Margin, SOFTMAX_OPTIONS, type SoftmaxOptions } from './margins/margin.ts'
import { PRESET_OPTIONS, type PresetOptions, withPreset } from './presets.ts'
import {
  centerBlend as blendedCenters,
  CENTER_BLEND_OPTIONS,
  type CenterBlendOptions,
} from './prototypes/centerBlend.ts'
import { CENTER_OPTIONS, type CenterOptions } from './prototypes/centerOptions.ts'
import { classCenters } from './prototypes/classCenters.ts'
import { featureQueue, QUEUE_OPTIONS, type QueueOptions } from './prototypes/featureQueue.ts'
import { fixedSimplex, SIMPLEX_OPTIONS, type SimplexOptions } from './prototypes/fixedSimplex.ts'
import { learnedOrRows } from './prototypes/learnedRows.ts'
import {
  LEARNED_STEPS_OPTIONS,
  type LearnedStepsOptions,
  learnedThenCenters,
} from './prototypes/learnedThenCenters.ts'
import { LEARNED_OPTIONS, type LearnedOptions, type Prototypes } from './prototypes/prototypes.ts'
import {
  SUB_CENTER_OPTIONS,
  type SubCenterOptions,
  subCenters as subCentersOf,
} from './prototypes/subCenters.ts'
import { BLEND_OPTIONS, type BlendOptions, variational } from './prototypes/variational.ts'
import { inTables } from './sampledClasses.ts'

/** What every loss over class centres understands. */
export interface OverCentersOptions
  extends MarginLossOptions,
    CenterOptions,
    LearnedStepsOptions,
    PresetOptions {}

const OVER_CENTERS = {
  ...MARGIN_LOSS_OPTIONS,
  ...CENTER_OPTIONS,
  ...LEARNED_STEPS_OPTIONS,
  ...PRESET_OPTIONS,
} satisfies OptionNames<OverCentersOptions>

/** What every loss over learned prototypes understands. */
export interface OverLearnedOptions
  extends MarginLossOptions,
    BlendOptions,
    CenterBlendOptions,
    SubCenterOptions,
    SimplexOptions,
    QueueOptions {}

const OVER_LEARNED = {
  ...MARGIN_LOSS_OPTIONS,
  ...BLEND_OPTIONS,
  ...CENTER_BLEND_OPTIONS,
  ...SUB_CENTER_OPTIONS,
  ...SIMPLEX_OPTIONS,
  ...QUEUE_OPTIONS,
} satisfies OptionNames<OverLearnedOptions>

/** A margin, of its own options `known`, over a W[C,D] that the gradient trains, or that is fixed. */
export function overLearned<O extends object>(
  name: string,
  marginOf: (own?: O) => Margin,
  known: OptionNames<O>,
  options: OverLearnedOptions & O,
): Loss {
  checkLossOptions(name, options, { ...OVER_LEARNED, ...known })
  const margin = marginOf(chosen<O, keyof O>(options, known))
  checkQueue(name, margin, options)
  const prototypes = learnedOrInPlace(name, options)
  const loss = marginSoftmax(name, margin, prototypes, chosen(options, MARGIN_LOSS_OPTIONS))
  return recorded(loss, name, { ...options, margin })
}

/** W as it is learned, or what the options put in its place. */
function learnedOrInPlace(name: string, options: OverLearnedOptions): Prototypes {
  const { blend = false, centerBlend, simplex = false, subCenters = 1, queue } = options
  checkFlag(name, 'simplex', simplex)
  const asked = [
    blend !== false && 'blend',
    centerBlend && 'centerBlend',
    simplex && 'simplex',
    subCenters !== 1 && 'subCenters',
    queue !== undefined && 'queue',
  ].filter(Boolean)
  if (asked.length > 1)
    throw new Error(`${name}: ${asked.join(' or ')} expected, got ${asked.length === 2 ? 'both' : 'all'}`)
  const own = chosen<LearnedOptions, keyof LearnedOptions>(options, LEARNED_OPTIONS)
  if (simplex) return fixedSimplex(name, own)
  if (queue !== undefined) return featureQueue(name, own, queue)
  if (subCenters !== 1) return subCentersOf(name, own, subCenters)
  if (centerBlend !== undefined) return blendedCenters(name, own, centerBlend)
  return blend === false ? learnedOrRows(name, own, inTables(name, options)) : variational(name, own, blend)
}

/** Throws on what goes by the logits of all classes: those out of the queue have none. */
function checkQueue(
  name: string,
  { scale }: Margin,
  { queue, labelSmoothing, sampledClasses }: OverLearnedOptions,
): void {
  if (queue === undefined) return
  const other = [
    labelSmoothing && 'labelSmoothing',
    sampledClasses && 'sampledClasses',
    scale && 'a scale that goes by all classes',
  ].find(Boolean)
  if (other) throw new Error(`${name}: ${other} or queue expected, got both`)
}

/**
 * The same over class centres, the IR-Softmax rule (prototypes/classCenters.ts). With `learnedSteps`, W is learned at
 * first (`learnedThenCenters`). Options that are not given are those of the preset.
 */
export function overCenters<O extends object>(
  name: string,
  marginOf: (own?: O) => Margin,
  known: OptionNames<O>,
  given: OverCentersOptions & O,
): Loss {
  checkLossOptions(name, given, { ...OVER_CENTERS, ...known })
  const options = withPreset(name, given)
  const margin = marginOf(chosen<O, keyof O>(options, known))
  // Known above: a bias is given where the margin takes one.
  const all: OverCentersOptions & SoftmaxOptions = options
  const { learnedSteps = 0 } = all
  const own = chosen(all, { ...LOSS_OPTIONS, ...CENTER_OPTIONS, ...SOFTMAX_OPTIONS })
  const marginOptions = chosen(options, MARGIN_LOSS_OPTIONS)
  const sample = inTables(name, options)
  const over = (prototypes: Prototypes): Loss =>
    recorded(marginSoftmax(name, margin, prototypes, marginOptions), name, { ...options, margin })
  if (learnedSteps === 0) return over(classCenters(name, own, undefined, sample))
  const first = learnedOrRows(name, chosen(all, LEARNED_OPTIONS), sample)
  const centers = classCenters(name, own, first.bias, sample)
  return over(learnedThenCenters(name, first, centers, learnedSteps))
}
