import { checkBackend } from '../engine/backends/backend.ts'
import {
  checkNoMore,
  checkOptions,
  checkSizes,
  type OptionNames,
  refusal,
  shownName,
} from '../engine/check.ts'
import {
  type Backend,
  type Chance,
  type Generator,
  noGrad,
  type Stateful,
  stopGradient,
  Tensor,
} from '../engine/index.ts'
import { CHANCE } from '../engine/random.ts'
import { bind } from '../engine/shape.ts'
import { checkState, type State } from '../engine/state.ts'
import { checkTensor } from '../engine/tensor.ts'
import { refuseOddSamples } from './finite.ts'
import { batchLabels, type Labels } from './labels.ts'

export type { Labels } from './labels.ts'

/** `none` gives the losses [N], `sum` their sum, `mean` their mean: weighted by class when there are weights. */
export type Reduction = 'mean' | 'sum' | 'none'

export interface ReductionOptions {
  /** Default mean. */
  reduction?: Reduction
  /** What a sample of each class counts, one number >= 0 a class; default 1 each. */
  weight?: ArrayLike<number>
}

export interface LossOptions extends ReductionOptions, Chance {
  /** C, at least 1. */
  classes: number
  /** D, the length of an embedding, at least 1. */
  dim: number
  /** Of the prototypes' random start. Default 0. */
  seed?: number
  /** What that start is drawn from, in place of a seed. */
  rng?: Generator
  /** Default float32. */
  dtype?: 'float32' | 'float64'
  /** Default: the one set by `setBackend`. */
  backend?: Backend
}

export const REDUCTION_OPTIONS = {
  reduction: ['reduce', 'sizeAverage'],
  weight: ['weights', 'classWeight', 'classWeights', 'alpha'],
} satisfies OptionNames<ReductionOptions>

export const LOSS_OPTIONS = {
  classes: ['numClasses', 'nClasses', 'classNum', 'outFeatures', 'out'],
  dim: ['embeddingSize', 'embeddingDim', 'dims', 'features', 'inFeatures', 'in'],
  dtype: true,
  backend: ['device'],
  ...CHANCE,
  ...REDUCTION_OPTIONS,
} satisfies OptionNames<LossOptions>

/** Throws unless `options` is an object of known names, C and D are integers >= 1, and the dtype carries a gradient. */
export function checkLossOptions<T extends LossOptions>(
  op: string,
  options: T | undefined,
  known: OptionNames<T>,
): asserts options is T {
  if (options === undefined) throw refusal(op, 'options as an object, { classes, dim, .. },', options)
  checkOptions(op, options, known)
  const { classes, dim, dtype = 'float32', backend } = options
  checkSizes(op, { classes, dim })
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new Error(`${op}: dtype is float32 or float64, got ${shownName(dtype)}`)
  }
  if (backend !== undefined) checkBackend(op, backend)
}

/** The two parts of a gradient in each w_k, by their lengths, [C]. */
export interface Forces {
  /** ‖sum_{y_i = k} dL/dz_ik dz_ik/dw_k‖: of the class's own samples. */
  readonly pull: Tensor
  /** ‖sum_{y_i != k} dL/dz_ik dz_ik/dw_k‖: of all others. */
  readonly push: Tensor
}

export interface UpdateOptions {
  /** The caller looks whether all is finite, as a trainer does. Default false: a look at x, where the backend answers at once. */
  checked?: boolean
}

/**
 * The loss of embeddings x[N,D] with labels y[N]: a scalar, or [N] with `reduction: 'none'`. Calling it is pure;
 * only `update`, `refresh`, `load` and whoever trains `parameters` change what it knows.
 */
export interface EmbeddingLoss extends Stateful {
  (x: Tensor, y: Labels): Tensor
  readonly name: string
  /** C, if it says so: what labels are checked against before a training begins. */
  readonly classes?: number
  /** What the gradient trains; {} where the prototypes are class centres, without a bias and `learnedSteps`, or there are none. */
  readonly parameters: Readonly<Record<string, Tensor>>
  /** How it reduces, if it says so. */
  readonly reduction?: Reduction
  /**
   * What is not learned by gradient: centres, annealing, memories. Once a step, as `trainingLoss` does; records no graph. A loss that
   * remembers refuses embeddings that are not finite.
   */
  update(x: Tensor, y: Labels, options?: UpdateOptions): void
  /** Is `update` called after the loss of its batch? Else before it; undefined where it does nothing. */
  readonly updateAfter: boolean | undefined
  /** What pulls and pushes each prototype in this batch, where the loss can tell. */
  forces?(x: Tensor, y: Labels): Forces
  /** Above 0, call `refresh` every that many steps; 0 means never. */
  readonly refreshEvery: number
  /** Takes in the embeddings x[M,D] of the whole training set. */
  refresh(x: Tensor, y: Labels): void
}

/** What classes begin..end-1 are classified with. */
export interface BlockOfLogits {
  readonly begin: number
  readonly end: number
  /** x[N,D] -> [N,end-begin] */
  logits(x: Tensor): Tensor
}

/** One that can classify: by a prototype a class. */
export interface Loss extends EmbeddingLoss {
  /** W[C,D], the newest. */
  readonly prototypes: Tensor
  /** What to classify x[N,D] with: logits [N,C] without a margin. */
  logits(x: Tensor): Tensor
  /** The same, at most `size` classes at a time, so that N x C numbers are never there at once: to be used before the next is asked for. */
  logitsInBlocks?(size: number): Iterable<BlockOfLogits>
  /** Of a loss that decides for each class by itself: the cosine above which it takes x for a class; one for the open set. [] */
  threshold?(): Tensor
}

/** A loss that decides for each class by itself. */
export interface BinaryLoss extends Loss {
  threshold(): Tensor
}

/**
 * The loss of a training step: loss(x, y), with `update` where it belongs: before the loss, which so sees the centres with its
 * own batch in them; or after it, for a loss that sees them as they were (`usePreviousCenters`) or takes the batch in by itself
 * (`differentiate`).  x[N,D] y[N] -> [] or [N]
 */
export function trainingLoss(loss: EmbeddingLoss, x: Tensor, y: Labels): Tensor {
  return lossAndForces(loss, x, y, { watched: false }).value
}

/** The same, and with `watched` the forces on the prototypes that the loss saw. */
export function lossAndForces(
  loss: EmbeddingLoss,
  x: Tensor,
  y: Labels,
  { watched, ...options }: UpdateOptions & { watched: boolean },
): { value: Tensor; forces?: Forces } {
  if (typeof loss !== 'function' || typeof loss.update !== 'function') {
    throw refusal('trainingLoss', 'a loss, such as cosFace({ classes, dim }),', loss)
  }
  const update = () => noGrad(() => loss.update(stopGradient(x), y, options))
  if (!loss.updateAfter) update()
  const value = loss(x, y)
  const forces = watched ? loss.forces?.(x, y) : undefined
  if (loss.updateAfter) update()
  return { value, forces }
}

type Call = (x: Tensor, y: Labels) => Tensor

/** A loss out of the function and the rest; getters stay getters. Checks that it is called, updated and loaded as one. */
export function callable(call: Call, members: Pick<Loss, keyof Loss>): Loss
export function callable(call: Call, members: Pick<EmbeddingLoss, keyof EmbeddingLoss>): EmbeddingLoss
export function callable(call: Call, members: Pick<EmbeddingLoss, keyof EmbeddingLoss>): EmbeddingLoss {
  const { name } = members
  const checked = (x: Tensor, y: Labels, ...none: never[]): Tensor => {
    checkNoMore(name, none, 'loss(x, y); options go where the loss is made')
    return call(x, y)
  }
  const loss = Object.defineProperties(checked, Object.getOwnPropertyDescriptors(members)) as EmbeddingLoss
  const look = (x: Tensor, what: string): void => {
    if (x instanceof Tensor) refuseOddSamples(`${name}: ${what}`, x)
  }
  return Object.defineProperties(loss, {
    load: {
      value(state: State) {
        checkState(name, state)
        members.load(state)
      },
    },
    update: {
      value(x: Tensor, y: Labels, options: UpdateOptions = {}) {
        checkOptions(name, options, { checked: true })
        if (!options.checked && members.updateAfter !== undefined) look(x, 'update')
        members.update(x, y, options)
      },
    },
    refresh: {
      value(x: Tensor, y: Labels) {
        if (members.refreshEvery > 0) look(x, 'refresh')
        members.refresh(x, y)
      },
    },
  })
}

/** Throws unless x is [N,D] of the loss's D. */
export function checkInput(op: string, { classes, dim }: LossOptions, x: Tensor): void {
  checkTensor(op, 'x', x)
  bind(op, 'x[N,D] W[C,D] -> [N,C]', { x: x.shape, W: [classes, dim] })
}

/** y as class indices. Throws unless x is [N,D] of the loss's D, N at least 1, and y holds N of its classes. */
export function checkBatch(op: string, sizes: LossOptions, x: Tensor, y: Labels): Int32Array {
  checkInput(op, sizes, x)
  return batchLabels(op, y, x.shape[0], sizes.classes)
}
