import { checkFinite, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import type { ClassIndices } from '../labels.ts'
import type { Angle } from './angle.ts'

/** What a margin may know of a batch besides its angles. */
export interface Batch {
  /** ‖x_i‖.  [N,1] */
  norm(): Tensor
  /** What the margin remembers of earlier batches, by its names (`MarginMemory`). */
  readonly memory: Memory
  /** The number of updates so far. */
  readonly t: number
}

/**
 * How a loss makes logits from angles: z_j = s ‖x‖ ‖w_j‖ cos theta_j, of which `unitX` and `unitW` drop the norms,
 * and with psi(theta) in place of cos theta at the target. Most margins are a psi; what else there is, is for those that
 * bend the other classes too, go by the batch, or decide for each class by itself.
 */
export interface Margin {
  readonly equation: string
  /** The scale s. */
  readonly s: number
  /** The norm of x, or of w, is left out of the logits. */
  readonly unitX: boolean
  readonly unitW: boolean
  /**
   * psi(theta) for cos theta, elementwise; absent where psi is cos theta itself. Take `cosTheta`, `sinTheta` or `theta` of
   * the angle, each with a gradient that is right up to theta = 0 and pi. With labels y[N], the angles are [N,1]. A margin
   * that differs from sample to sample is one by y (LDAM), or by the batch (its norms: MagFace; drawn: ElasticFace).
   */
  psi?(angle: Angle, y?: ClassIndices, batch?: Batch): Tensor
  /**
   * What stands for cos theta_j of the other classes, elementwise; it may go by the angle to the sample's own class, as hard
   * classes do. Needs `unitW`. What it gives for the own class itself is not used, but its slope there has to be finite: clamp
   * what `acos` or a root is given.  cosTheta[N,C] angle[N,1] -> [N,C]
   */
  others?(cosTheta: Tensor, own: Angle, batch: Batch): Tensor
  /** The scale in place of `s`, where it changes with what the margin remembers.  [] */
  scale?(memory: Memory): Tensor
  /** Added to the loss of each sample.  [N,1] */
  penalty?(batch: Batch): Tensor
  /** What it remembers from batch to batch. */
  readonly memory?: MarginMemory
  /** Each class is decided for by itself, in place of softmax cross-entropy. */
  readonly binary?: Binary
  /** The cosines at which psi jumps, or one of its first two derivatives does; of any class. */
  readonly nonsmoothAt: readonly number[]
  /** How far these samples are from where it is not smooth otherwise, in the unit of what jumps: for gradient checks. */
  clearance?(batch: RememberedBatch): readonly Tensor[]
  /** C, where psi differs from class to class; it needs labels then. */
  readonly classes?: number
  /**
   * In the gradient psi(theta) - cos theta counts as a constant, and `others` less the cosine does: it is that of cos theta,
   * and not of the loss's value.
   */
  readonly detached?: boolean
  /** ‖x‖ counts as a constant where psi goes by it. */
  readonly normDetached?: boolean
  /** Does psi go by the number of updates, otherwise than by `annealing`? */
  readonly counted?: boolean
  /** Starts near the plain cosine and bends towards psi as training goes on. */
  readonly annealing?: Annealing
}

/** Scalars by name, each []. */
export type Memory = Readonly<Record<string, Tensor>>

/** A batch as what a margin remembers is made from it; of tensors without a gradient. */
export interface RememberedBatch extends Batch {
  /** cos theta_y.  [N,1] */
  cosTheta(): Tensor
  /** cos theta_j of all classes, times s where it is given, > 0.  [N,C] */
  cosines(s?: Tensor): Tensor
  /** theta_y, where there is one prototype a class.  [N,1] */
  angle(): Angle
  /** Where the own class of each sample stands among all. */
  readonly y: ClassIndices
}

/** The state of a margin: t of CurricularFace, mean and deviation of AdaFace, s of AdaCos. */
export interface MarginMemory {
  /** Each number as it is before the first batch. */
  start(classes: number): Readonly<Record<string, number>>
  /** All of them after a batch. */
  next(batch: RememberedBatch): Memory
}

/**
 * positive ln(1 + e^-z_y) + negative sum_{j != y} ln(1 + e^z_j), z with one learned b added to all logits. Where z = 0 is the
 * threshold: what is above it is taken for the same class.
 */
export interface Binary {
  /** What the sample's own class counts. */
  readonly positive: number
  /** What each other class counts. */
  readonly negative: number
  /** b, as it starts. */
  bias(classes: number): number
  /** The cosine at which s times it, as without a margin, plus b is 0.  b[] -> [] */
  threshold(b: Tensor): Tensor
}

/**
 * lambda_t = max(lambdaMin, lambda0 (1 + gamma t)^-power), t the number of `update`s so far; the target's cosine is
 * (lambda cos theta + psi(theta)) / (1 + lambda). The form is that of the published training code of L-Softmax (Liu
 * 2016) and SphereFace (Liu 2017).
 *
 * The defaults make it max(5, 1000 / (1 + t)), 5 from update 199 on. The authors' SphereFace has gamma = 0.12, and 5
 * from 1,659 on; their L-Softmax on MNIST has lambdaMin = 0, gamma = 2.5e-5 and power = 35.
 */
export interface Annealing {
  /** Default 1000. */
  readonly lambda0: number
  /** Default 5; 0 ends at psi itself. */
  readonly lambdaMin: number
  /** Default 1. */
  readonly gamma: number
  /** Default 1. */
  readonly power: number
}

/** The scale of the logits: a number > 0 for unit x, or `norm`, which leaves ‖x‖ in its place. */
export type Scale = number | 'norm'

/** How equations write it. */
export const symbolOf = (s: Scale): string => (s === 'norm' ? '‖x‖' : 's')

/** Throws unless s is a number > 0 or `norm`. */
export function scaleOf(op: string, s: Scale): Pick<Margin, 's' | 'unitX'> {
  if (s === 'norm') return { s: 1, unitX: false }
  if (typeof s !== 'number') throw refusal(op, 's as a number > 0, or norm,', s)
  checkFinite(op, 's', s)
  return { s, unitX: true }
}

/** z_j = <w_j, x> (+ b_j, an option): softmax. */
export const softmaxMargin = (): Margin => ({
  equation: 'z_j = <w_j, x>',
  s: 1,
  unitX: false,
  unitW: false,
  nonsmoothAt: [],
})

export interface SoftmaxOptions {
  /** Adds a learned b[C] to the logits. Default false. */
  bias?: boolean
}

export const SOFTMAX_OPTIONS = { bias: true } satisfies OptionNames<SoftmaxOptions>

export interface NormFaceOptions {
  /** The scale, > 0, usual from 16 to 64; or `norm` for ‖x‖. Default 30, AM-Softmax's; over class centres `norm`. */
  s?: Scale
}

export const NORM_FACE_OPTIONS = { s: ['scale'] } satisfies OptionNames<NormFaceOptions>

export const normFaceDefaults = { s: 30 } as const

/**
 * z_j = s cos theta_j: NormFace, Wang 2017, arXiv:1704.06369, section 3.3, equation 6. The paper learns s and says that
 * 20 or 30 would do; here it is fixed, as in AM-Softmax. Throws unless s > 0 or `norm`.
 */
export function normFaceMargin(options: NormFaceOptions = {}): Margin {
  checkOptions('normFace', options, NORM_FACE_OPTIONS)
  const { s = normFaceDefaults.s } = options
  return {
    equation: `z_j = ${symbolOf(s)} cos theta_j`,
    ...scaleOf('normFace', s),
    unitW: true,
    nonsmoothAt: [],
  }
}
