import type { Generator, Json } from '../engine/index.ts'
import type { CenterLossOptions } from './centerLoss.ts'
import type { Loss } from './loss.ts'
import type { ArcFaceOptions } from './margins/arcFace.ts'
import type { CombinedMarginOptions } from './margins/combinedMargin.ts'
import type { CosFaceOptions } from './margins/cosFace.ts'
import type { LSoftmaxOptions } from './margins/lSoftmax.ts'
import type { Margin } from './margins/margin.ts'
import type { NormFaceOptions } from './margins/none.ts'
import type { SphereFaceOptions } from './margins/sphereFace.ts'
import type { OverCentersOptions } from './named.ts'
import { centerDefaults } from './prototypes/centerOptions.ts'
import { type LossSample, sampleCenters, sampleLearned } from './sampling.ts'

/** What some loss understands; each takes its own part of it. */
export type AnyLossOptions = OverCentersOptions &
  CenterLossOptions &
  NormFaceOptions &
  LSoftmaxOptions &
  SphereFaceOptions &
  CosFaceOptions &
  ArcFaceOptions &
  CombinedMarginOptions & { bias?: boolean }

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
  /** The margin as it is by default, where the loss has one. */
  readonly defaultMargin?: Margin
  /** A random case for gradient checks: per-sample or reduced, clear of kinks, in float64. */
  sample(rng: Generator): LossSample
}

interface Pair {
  readonly margin: string
  readonly create: (options: AnyLossOptions) => Loss
  readonly ir: readonly [name: string, create: (options: AnyLossOptions) => Loss]
  readonly paper: string
  readonly ours?: string
  /** Is the form over class centres in the IR-Softmax paper? */
  readonly irInPaper?: true
  readonly defaults: Readonly<Record<string, Json>>
  /** Without a generator, the margin as it is by default. */
  readonly marginOf: (rng?: Generator, classes?: number) => Margin
}

const IR = 'Zhu 2020, arXiv:2011.11155'
const IR_OURS = 'estimator, centering, usePreviousCenters, cumulativeMean and differentiate'

/** One margin, two rows: over a learned W, and over class centres. */
export function pair({
  margin,
  create,
  ir,
  paper,
  ours = '',
  irInPaper,
  defaults,
  marginOf,
}: Pair): LossRow[] {
  const defaultMargin = marginOf()
  const { equation } = defaultMargin
  const [irName, irCreate] = ir
  const irOurs = irInPaper ? IR_OURS : `this margin over class centres; ${IR_OURS}`
  return [
    {
      name: margin,
      margin,
      prototypes: 'learned',
      create,
      equation,
      paper,
      ours,
      defaults: margin === 'softmax' ? { ...defaults, bias: false } : defaults,
      defaultMargin,
      sample: sampleLearned(marginOf, { bias: margin === 'softmax' }),
    },
    {
      name: irName,
      margin,
      prototypes: 'classCenters',
      create: irCreate,
      equation: `${equation}; w_j = normalize(c_j - mean_k c_k), c_j the centre of class j`,
      paper: paper === '' ? IR : `${paper}; ${IR}`,
      ours: ours === '' ? irOurs : `${ours}; ${irOurs}`,
      defaults: { ...defaults, ...centerDefaults },
      defaultMargin,
      sample: sampleCenters(irName, marginOf),
    },
  ]
}
