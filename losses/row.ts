import type { Generator, Json } from '../engine/index.ts'
import type { CenterLossOptions } from './centerLoss.ts'
import type { Loss } from './loss.ts'
import type { Margin } from './margins/margin.ts'
import type { OverCentersOptions } from './overRules.ts'
import { type AnyMarginOptions, presetOf } from './presets.ts'
import type { CenterBlendOptions } from './prototypes/centerBlend.ts'
import { centerDefaults } from './prototypes/centerOptions.ts'
import type { QueueOptions } from './prototypes/featureQueue.ts'
import type { SimplexOptions } from './prototypes/fixedSimplex.ts'
import type { SubCenterOptions } from './prototypes/subCenters.ts'
import type { BlendOptions } from './prototypes/variational.ts'
import { type LossSample, sampleCenters, sampleLearned } from './sampling.ts'

/** What some loss understands; each takes its own part of it. */
export type AnyLossOptions = OverCentersOptions &
  BlendOptions &
  CenterBlendOptions &
  SubCenterOptions &
  SimplexOptions &
  QueueOptions &
  CenterLossOptions &
  AnyMarginOptions

/** What the paper trained with, what a call without options does here, and why the two differ. */
export interface PaperSettings {
  readonly paper: string
  readonly defaults: string
  readonly why: string
}

type Settings = Pick<PaperSettings, 'paper' | 'why'>

/** s = 30, m = 0.35 */
export const withDefaults = (settings: Settings, defaults: LossRow['defaults']): PaperSettings => ({
  ...settings,
  defaults:
    Object.entries(defaults)
      .map(([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(', ') || 'no options',
})

/** What a margin that goes by the batch is drawn at. */
export interface DrawnAt {
  readonly title: string
  readonly norm?: number
  readonly memory?: Readonly<Record<string, number>>
}

export interface LossRow {
  readonly name: string
  readonly margin: string
  readonly prototypes: 'learned' | 'classCenters'
  create(options: AnyLossOptions): Loss
  readonly equation: string
  readonly paper: string
  /** What is ours and not the paper's; '' where nothing is. */
  readonly ours: string
  readonly defaults: Readonly<Record<string, Json>>
  readonly paperSettings: PaperSettings
  /** The margin as it is by default, where the loss has one. */
  readonly defaultMargin?: Margin
  readonly drawnAt?: readonly DrawnAt[]
  /** A random case for gradient checks: per-sample or reduced, clear of kinks, in float64. */
  sample(rng: Generator): LossSample
}

interface Pair<O> {
  readonly margin: string
  readonly create: (options: never) => Loss
  readonly ir: readonly [name: string, create: (options: never) => Loss]
  readonly paper: string
  readonly ours?: string
  /** Is the form over class centres in the IR-Softmax paper? A sentence, where the paper has an equation alone. */
  readonly irInPaper?: true | string
  readonly defaults: Readonly<Record<string, Json>>
  readonly settings: Settings
  marginOf(options?: O): Margin
  /** Random options of the margin, where it has any. */
  drawn?(rng: Generator, classes: number): O
  /** What a margin with a memory may remember. */
  remembered?(rng: Generator): Readonly<Record<string, number>>
  /** Where docs draw the margin, if it goes by more than the angle. */
  readonly drawnAt?: readonly DrawnAt[]
}

const IR = 'Zhu 2020, arXiv:2011.11155'
const IR_PAPER =
  "Centres of x / ‖x‖ on the unit sphere, moved by the gradient of a term of the loss (p. 9); no mean is subtracted, and the length of x stays (eq. 5). The net is first trained with softmax (p. 11, 13). The paper does not state m, lambda, the weight of the term, the rate of the centres or the batch. `preset: 'paper'` has it all, what is not stated marked as ours."
const IR_WHY =
  'Moving averages need no choice of a rate for each size of class; subtracting the mean keeps prototypes apart in few dimensions.'
const IR_OURS = 'the estimator ema, subtractMean, cumulativeMean and differentiate'

/** One margin, two rows: over a learned W, and over class centres. */
export function pair<O extends object>({
  margin,
  create,
  ir,
  paper,
  ours = '',
  irInPaper,
  defaults: own,
  settings,
  marginOf,
  drawn,
  remembered,
  drawnAt,
}: Pair<O>): LossRow[] {
  const bias: LossRow['defaults'] = margin === 'softmax' ? { bias: false } : {}
  const defaults = { ...own, ...bias }
  const preset = presetOf(ir[0], 'recommended')
  const overCenters = { ...defaults, ...centerDefaults, ...(preset as LossRow['defaults']) }
  const [defaultMargin, irMargin] = [marginOf(), marginOf(preset as O)]
  const randomMargin = (rng: Generator, classes: number): Margin => {
    const margin = marginOf(drawn?.(rng, classes))
    const { memory } = margin
    if (memory === undefined || remembered === undefined) return margin
    const values = remembered(rng)
    return { ...margin, memory: { ...memory, start: () => values } }
  }
  const irSettings = {
    paper:
      irInPaper === true
        ? IR_PAPER
        : irInPaper !== undefined
          ? `${irInPaper} ${IR_PAPER}`
          : `Zhu 2020 has no such loss. Of those it has: ${IR_PAPER}`,
    why: `${IR_WHY} The length of x is free, as printed. Margin: as ${margin}.`,
  }
  const [irName, irCreate] = ir
  const irOurs = irInPaper ? IR_OURS : `this margin over class centres; ${IR_OURS}`
  return [
    {
      name: margin,
      margin,
      prototypes: 'learned',
      create: create as LossRow['create'],
      equation: defaultMargin.equation,
      paper,
      ours,
      defaults,
      paperSettings: withDefaults(settings, defaults),
      defaultMargin,
      drawnAt,
      sample: sampleLearned(randomMargin, { bias: margin === 'softmax' }),
    },
    {
      name: irName,
      margin,
      prototypes: 'classCenters',
      create: irCreate as LossRow['create'],
      equation: `${irMargin.equation}; w_j = normalize(c_j - mean_k c_k), c_j the centre of class j`,
      paper: paper === '' ? IR : `${paper}; ${IR}`,
      ours: ours === '' ? irOurs : `${ours}; ${irOurs}`,
      defaults: overCenters,
      paperSettings: withDefaults(irSettings, overCenters),
      defaultMargin: irMargin,
      drawnAt,
      sample: sampleCenters(irName, randomMargin),
    },
  ]
}
