import { lossByName } from '../../../losses/index.ts'
import { protocolOptions } from '../../long-tail/losses.ts'
import { partsOf } from '../../page/names.ts'
import type { Field, NumberField, Value } from './field.ts'
import type { Side } from './settings.ts'

const number = (name: string, label: string, hint: string, [min, max, step]: number[]): NumberField => ({
  kind: 'number',
  name,
  label,
  hint,
  min,
  max,
  step,
})

const scale = number('s', 'scale s', 'factor on every cosine', [1, 64, 1])
const multiple = number('m', 'margin m', 'multiplies the angle to the target', [1, 6, 1])
const annealing: Field = {
  kind: 'switch',
  name: 'annealing',
  label: 'annealed',
  hint: 'starts without the margin and brings it in',
}

/** What can be set of each margin. */
const MARGINS: Readonly<Record<string, readonly Field[]>> = {
  softmax: [],
  normFace: [scale],
  cosFace: [scale, number('m', 'margin m', 'taken off the cosine of the target', [0, 1, 0.05])],
  arcFace: [scale, number('m', 'margin m', 'added to the angle to the target, in radians', [0, 1.5, 0.05])],
  combinedMargin: [
    scale,
    number('m1', 'margin m1', 'multiplies the angle to the target', [0.5, 3, 0.5]),
    number('m2', 'margin m2', 'added to it, in radians', [0, 1.5, 0.05]),
    number('m3', 'margin m3', 'taken off the cosine', [0, 1, 0.05]),
  ],
  sphereFace: [multiple, annealing],
  sphereFaceR: [scale, number('m', 'margin m', 'multiplies the angle to the target', [1, 4, 0.1])],
  lSoftmax: [multiple, annealing],
}

export const MARGIN_NAMES: readonly string[] = Object.keys(MARGINS)

const ESTIMATORS = ['ema', 'exact', 'centerLoss'] as const
const RATE = { ema: 0.1, centerLoss: 0.5, exact: 10 } as const

const estimator: Field = {
  kind: 'choice',
  name: 'estimator',
  label: 'estimator',
  hint: 'how a centre follows the embeddings while the net moves',
  choices: [
    ['ema', 'running mean'],
    ['exact', 'mean of all images'],
    ['centerLoss', 'centre loss’s rule'],
  ],
}
const alpha = number('alpha', 'rate α', 'how far a centre moves at a batch', [0.05, 1, 0.05])
const refreshEvery = number('refreshEvery', 'every', 'steps from one mean to the next', [5, 100, 5])
const subtractMean: Field = {
  kind: 'switch',
  name: 'subtractMean',
  label: 'mean subtracted',
  hint: 'prototypes are centres less their common mean, normalised',
}

/** What can be set of a loss; class centres bring their estimator's rate. */
export function sideFields(loss: string, chosen: Value = defaultEstimator(loss)): readonly Field[] {
  const { ir, family } = partsOf(loss)
  const margin = MARGINS[family] ?? []
  return ir ? [...margin, estimator, chosen === 'exact' ? refreshEvery : alpha, subtractMean] : margin
}

const defaultEstimator = (loss: string): Value => protocolOptions(loss).estimator ?? ESTIMATORS[0]

/** A loss as the main job sets it (`npm start`); of another estimator, with the library's rate for that. */
export function defaultSide(loss: string, chosen?: Value): Side {
  const set: Readonly<Record<string, unknown>> = { ...lossByName(loss).defaults, ...protocolOptions(loss) }
  const own = chosen === undefined || chosen === set.estimator
  const rates = own
    ? {}
    : { estimator: chosen, alpha: RATE[chosen as keyof typeof RATE], refreshEvery: RATE.exact }
  const all = { ...set, ...rates } as Record<string, Value>
  return {
    loss,
    options: Object.fromEntries(sideFields(loss, all.estimator).map(({ name }) => [name, all[name]])),
  }
}

export const DEFAULT_LOSSES = ['cosFace', 'irCosFace'] as const
