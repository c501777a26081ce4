import {
  type AnyLossOptions,
  classBalancedWeights,
  combine,
  LOSSES,
  type Loss,
  type LossOptions,
  type LossRow,
  lossByName,
} from '../../../losses/index.ts'
import { IDEAS } from '../ideas/index.ts'
import { neckLoss } from './bnNeck.ts'

/** How class centres follow the embeddings, for the losses that begin with "ir". */
export const CENTERS = {
  ema: { estimator: 'ema', alpha: 0.1 },
  previous: { estimator: 'ema', alpha: 0.3, cumulativeMean: true, usePreviousCenters: true },
  sphere: { estimator: 'sphere', alpha: 0.5, usePreviousCenters: true },
} as const satisfies Record<string, Partial<AnyLossOptions>>

/**
 * Which margins take centres relative to their mean: those that leave the length of x free, where raw centres would have
 * any length too. Elsewhere centres are as they are: with a thousand classes in 64 dimensions their mean is small, and
 * on the validation split centring lost.
 */
const SUBTRACT_MEAN = ['softmax', 'lSoftmax']

export type CentersName = keyof typeof CENTERS

/** What may be tried beside a margin and a rule (../ideas): centres shrunk towards neighbours, margins by uncertainty. */
export const IDEA_NAMES = ['shrunk', 'uncertain'] as const
export type IdeaName = (typeof IDEA_NAMES)[number]

/** What goes beside a loss. */
export interface Choices {
  /** The rate of learned prototypes, in rates of the net. */
  readonly wRate: number
  /** Prototypes in place of learned ones: the vertices of a simplex. */
  readonly weights: 'simplex' | 'learned'
  /** Learned prototypes blended with class centres: the class size at which both count alike; 0 for none. */
  readonly blend: number
  readonly centers: CentersName
  /** Centres relative to their mean where the margin would take them as they are. */
  readonly centering: 'subtractMean' | 'none'
  /** Epochs of learned prototypes before the centres take over. */
  readonly learnedEpochs: number
  /** What the term that draws embeddings to their prototypes counts. */
  readonly pull: number
  /** What the same margin over class centres counts beside the loss: a second head on the same embedding, which does not classify. */
  readonly second: number
  /** Of logit adjustment. */
  readonly tau: number
  /** The share of the classes that a step sees (`sampledClasses`); 0: all, and nothing is sampled. */
  readonly sampled: number
  /** Whether the logits of classes that were drawn make up for those that were not. */
  readonly correction: 'corrected' | 'none'
  /** Classes weigh alike for most of the training, then as their effective number has it. */
  readonly reweighting: 'drw' | 'none'
  /**
   * After training, on embeddings that stay as they are: prototypes, or a factor for each, learned with every class alike;
   * or the exact class means as prototypes.
   */
  readonly retraining: 'crt' | 'lws' | 'means' | 'none'
  /** Which power of ‖w_j‖ is taken off w_j, and how many log priors off the logits, once all is trained. */
  readonly tauNorm: number
  readonly posthoc: number
  readonly idea: IdeaName | 'none'
  /** What label smoothing takes off the right class. */
  readonly smoothing: number
  /** The loss is of what a batch norm makes of the features, and triplets are of the features themselves (BNNeck). */
  readonly neck: 'bnneck' | 'none'
}

/** What a name leaves unsaid. */
export const DEFAULTS: Choices = {
  wRate: 30,
  weights: 'learned',
  blend: 0,
  centers: 'ema',
  centering: 'none',
  learnedEpochs: 0,
  pull: 0,
  second: 0,
  tau: 0,
  sampled: 0,
  correction: 'none',
  reweighting: 'none',
  retraining: 'none',
  tauNorm: 0,
  posthoc: 0,
  idea: 'none',
  smoothing: 0,
  neck: 'none',
}

/** A loss of the registry, and what goes beside it. */
export interface Variant extends Choices {
  readonly loss: string
  readonly ir: boolean
}

/** The idea as a loss; undefined where there is none, or not of this margin and rule. */
export function ideaOf({ loss, idea }: Pick<Variant, 'loss' | 'idea'>) {
  const name = `${loss}${idea[0].toUpperCase()}${idea.slice(1)}`
  return Object.hasOwn(IDEAS, name) ? IDEAS[name as keyof typeof IDEAS] : undefined
}

/** Epochs for which the second head learns its prototypes, before its centres take over. */
const SECOND_LEARNED = 2

const S = 16

/** Of each margin; m is a difference of cosines, radians, or a multiple of the angle. */
const MARGINS: Readonly<Record<string, Partial<AnyLossOptions>>> = {
  normFace: { s: S },
  cosFace: { s: S, m: 0.2 },
  arcFace: { s: S, m: 0.2 },
  sphereFace: { s: S, m: 4 },
  sphereFaceR: { s: S, m: 1.5 },
  lSoftmax: { m: 4, annealing: true },
  combinedMargin: { s: S },
  curricularFace: { s: S, m: 0.2 },
  mvSoftmax: { s: S, m: 0.2 },
  magFace: { s: S },
  adaFace: { s: S, m: 0.2 },
  elasticFace: { s: S, m: 0.2 },
  sphereFace2: { s: S, m: 0.2 },
  uniFace: { s: S, m: 0.2 },
}

/** The scale of a loss that leaves out the lengths of x and w_j. */
export const scaleOf = (loss: string): number | undefined => {
  const s = MARGINS[lossByName(loss).margin]?.s
  return typeof s === 'number' ? s : undefined
}

/** What is known of the training. */
export interface Training {
  /** Training images of each class. */
  readonly sizes: ArrayLike<number>
  readonly stepsAnEpoch: number
  readonly steps: number
}

/** Of deferred re-weighting, as in its authors' published code: beta, and the share of the training before it. */
const DRW = { beta: 0.9999, after: 0.8 }

/** The loss of a variant; prototypes and centres start as N(0, 1/dim). */
export function createLoss(variant: Variant, sizesOf: LossOptions, training: Training): Loss {
  const identity = identityOf(variant, sizesOf, training)
  return variant.neck === 'none' ? identity : neckLoss(identity, sizesOf.dim)
}

function identityOf(variant: Variant, sizesOf: LossOptions, training: Training): Loss {
  const first = headOf(variant, sizesOf, training)
  if (variant.second === 0) return first
  // A start of its own: two heads that begin alike teach much the same.
  const ir = headOf(secondOf(variant), { ...sizesOf, seed: (sizesOf.seed ?? 0) + 1 }, training)
  return combine({ first, ir }, { weights: { ir: variant.second } })
}

/** The same margin over class centres of the paper's estimator. */
function secondOf({ loss, pull, tau, sampled, correction }: Variant): Variant {
  const margin = lossByName(loss).margin
  const row = LOSSES.find(row => row.margin === margin && row.prototypes === 'classCenters') as LossRow
  return {
    ...DEFAULTS,
    loss: row.name,
    ir: true,
    centers: 'sphere',
    learnedEpochs: SECOND_LEARNED,
    pull,
    tau,
    sampled,
    correction,
  }
}

function headOf(variant: Variant, sizesOf: LossOptions, training: Training): Loss {
  const { sizes, stepsAnEpoch, steps } = training
  const { loss, ir, weights, blend, centers, centering, learnedEpochs } = variant
  const { pull, tau, sampled, correction, reweighting, smoothing } = variant
  const row = lossByName(loss)
  const options = {
    ...sizesOf,
    ...MARGINS[row.margin],
    ...(ir
      ? {
          ...CENTERS[centers],
          subtractMean: centering === 'subtractMean' || SUBTRACT_MEAN.includes(row.margin),
        }
      : {}),
    ...(pull > 0 ? { pull } : {}),
    ...(tau > 0 ? { logitAdjustment: { sizes, tau } } : {}),
    ...(smoothing > 0 ? { labelSmoothing: smoothing } : {}),
    ...(sampled > 0
      ? {
          sampledClasses: { rate: sampled, corrected: correction === 'corrected', seed: sizesOf.seed },
        }
      : {}),
    ...(weights === 'simplex' ? { simplex: true } : {}),
    ...(blend > 0 ? { centerBlend: { sizes, k: blend } } : {}),
    ...(reweighting === 'drw'
      ? {
          weight: classBalancedWeights(sizes, { beta: DRW.beta }),
          deferredSteps: Math.round(DRW.after * steps),
        }
      : {}),
  }
  const idea = ideaOf(variant)
  if (idea !== undefined) return idea({ ...options, sizes })
  return row.create({
    ...options,
    ...(learnedEpochs > 0 ? { learnedSteps: Math.round(learnedEpochs * stepsAnEpoch) } : {}),
  })
}
