import { checkFlag, type OptionNames } from '../../engine/check.ts'
import { parameter, randn, type Stateful, type Tensor, tidy, zeros } from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { assignAll, checkNames, checkState, checkTensors, snapshot } from '../../engine/state.ts'
import { refuseOddState } from '../finite.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossOptions, LOSS_OPTIONS, type LossOptions } from '../loss.ts'
import { checkLossName } from '../lossName.ts'
import type { SeenClasses } from '../sampledClasses.ts'
import type { SeenPrototypes } from './seen.ts'

/** What w_j is, and how it comes to be. Labels and shapes were checked before. */
export interface Prototypes extends Stateful {
  /** What the gradient trains. */
  readonly parameters: Readonly<Record<string, Tensor>>
  /** W[C,D], the newest: what to classify with. With sub-centres W[C K,D]. */
  readonly W: Tensor
  /** Rows begin..end-1 of W, where they are to be had without all of it. */
  rowsOfW?(begin: number, end: number): Tensor
  /** K: rows j K to j K + K - 1 of each W here are of class j, and the nearest of them counts. Default 1. */
  readonly subCenters?: number
  /** W[C,D] of one a class, where there are sub-centres. */
  dominant?(): Tensor
  /** b[C], added to the logits; most have none. */
  readonly bias?: Tensor
  /** The same as the loss of this batch sees them; and the class centres c[C,D], where W is not these. */
  forBatch(x: Tensor, y: ClassIndices): { W: Tensor; b?: Tensor; c?: Tensor }
  /** The same of some classes alone, where the rule has a shorter way than by W. */
  forClasses?(x: Tensor, y: ClassIndices, seen: SeenClasses): SeenPrototypes
  /** Is `update` called after the loss of its batch? Else before it; undefined where `update` does nothing. */
  readonly updateAfter: boolean | undefined
  update(x: Tensor, y: ClassIndices): void
  readonly refreshEvery: number
  refresh(x: Tensor, y: ClassIndices): void
}

/** In place of an update, of a rule that no batch moves. */
export const UNMOVED = { updateAfter: undefined, update() {}, refreshEvery: 0, refresh() {} } as const

/** The state of a rule that is its tensors alone. */
export const ofTensors = (op: string, tensors: Readonly<Record<string, Tensor>>): Stateful => ({
  state: () => ({ tensors: snapshot(tensors), values: {} }),
  load(state) {
    checkState(op, state)
    checkTensors(op, tensors, state.tensors)
    checkNames(op, [], Object.keys(state.values))
    refuseOddState(op, constantsOf(tensors, state.tensors))
    assignAll(tensors, state.tensors)
  },
})

/** Those given for tensors that no gradient trains. */
const constantsOf = (
  own: Readonly<Record<string, Tensor>>,
  given: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> =>
  Object.fromEntries(Object.keys(own).flatMap(name => (own[name].requiresGrad ? [] : [[name, given[name]]])))

export interface LearnedOptions extends LossOptions {
  /** Adds b[C] to the logits. Default false. */
  bias?: boolean
}

export const LEARNED_OPTIONS = { ...LOSS_OPTIONS, bias: true } satisfies OptionNames<LearnedOptions>

/**
 * w_j is a parameter, trained by gradient: W[C,D] from N(0, 1/D), drawn by `seed` or `rng`; with `bias` also b[C], from 0.
 * `update` and `refresh` do nothing.
 */
export function learned(op: string, options: LearnedOptions): Prototypes {
  checkLossName('learned', op)
  checkLossOptions(op, options, LEARNED_OPTIONS)
  const { classes, dim, dtype = 'float32', backend, bias = false } = options
  checkFlag(op, 'bias', bias)
  const kind = { dtype, backend }
  const rng = generatorOf(op, options, 0)
  const W = tidy(() => parameter(randn([classes, dim], rng, { ...kind, std: 1 / Math.sqrt(dim) }), kind))
  const b = bias ? parameter(zeros([classes], kind), kind) : undefined
  const parameters: Record<string, Tensor> = b === undefined ? { W } : { W, b }
  return {
    parameters,
    W,
    bias: b,
    forBatch: () => ({ W, b }),
    ...UNMOVED,
    ...ofTensors(op, parameters),
  }
}
