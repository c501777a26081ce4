import { checkFlag, type OptionNames, shown } from '../../engine/check.ts'
import { parameter, randn, type Stateful, type Tensor, tidy, zeros } from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { assignAll, checkNames, checkTensors, snapshot } from '../../engine/state.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossOptions, LOSS_OPTIONS, type LossOptions } from '../loss.ts'
import type { SeenClasses } from '../sampledClasses.ts'
import type { SeenPrototypes } from './seen.ts'

/** What w_j is, and how it comes to be. Labels and shapes were checked before. */
export interface Prototypes extends Stateful {
  /** What the gradient trains. */
  readonly parameters: Readonly<Record<string, Tensor>>
  /** W[C,D], the newest: what to classify with. */
  readonly W: Tensor
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
    checkTensors(op, tensors, state.tensors)
    checkNames(op, [], Object.keys(state.values))
    assignAll(tensors, state.tensors)
  },
})

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

export interface LearnedStepsOptions {
  /** For so many updates the prototypes are learned by gradient; then the centres take over. An integer >= 0. Default 0. */
  learnedSteps?: number
}

export const LEARNED_STEPS_OPTIONS = {
  learnedSteps: ['warm', 'warmUp', 'warmupSteps'],
} satisfies OptionNames<LearnedStepsOptions>

/**
 * W of `first` for the first `learnedSteps` updates, W of `then` from the next on. Both follow the embeddings all the time, so that
 * class centres which stand second have seen the classes by then. Ours: margins that bend the angle much, such as
 * SphereFace's, fall into a cone when an untrained net is its own teacher. Throws where one is updated before the loss, the other after.
 */
export function learnedThenCenters(
  op: string,
  first: Prototypes,
  then: Prototypes,
  learnedSteps: number,
): Prototypes {
  if (!(Number.isSafeInteger(learnedSteps) && learnedSteps >= 0)) {
    throw new Error(`${op}: learnedSteps is an integer >= 0, got ${shown(learnedSteps)}`)
  }
  const updateAfter = then.updateAfter ?? first.updateAfter
  if (updateAfter !== (first.updateAfter ?? updateAfter)) {
    throw new Error(`${op}: prototypes that are updated both before the loss or both after it expected`)
  }
  let updates = 0
  /** At a number of updates, that of the step under way included. */
  const at = (steps: number): Prototypes => (steps <= learnedSteps ? first : then)
  const parts = [first, then]
  return {
    parameters: first.parameters,
    get W() {
      return at(updates).W
    },
    get bias() {
      return at(updates).bias
    },
    forBatch: (x, y) => at(updateAfter ? updates + 1 : updates).forBatch(x, y),
    updateAfter,
    update(x, y) {
      for (const part of parts) part.update(x, y)
      updates++
    },
    refreshEvery: then.refreshEvery,
    refresh: (x, y) => then.refresh(x, y),
    state() {
      const [a, b] = parts.map(part => part.state())
      return { tensors: { ...a.tensors, ...b.tensors }, values: { ...a.values, ...b.values, updates } }
    },
    load(state) {
      const states = parts.map(part => part.state())
      checkTensors(op, { ...states[0].tensors, ...states[1].tensors }, state.tensors)
      checkNames(op, ['updates', ...states.flatMap(s => Object.keys(s.values))], Object.keys(state.values))
      const { updates: count } = state.values
      if (!(Number.isSafeInteger(count) && Number(count) >= 0)) {
        throw new Error(`${op}: load: a number of updates expected, got ${JSON.stringify(count)}`)
      }
      parts.forEach((part, i) => {
        part.load({
          tensors: chosen(state.tensors, states[i].tensors),
          values: chosen(state.values, states[i].values),
        })
      })
      updates = Number(count)
    },
  }
}

/** The entries that `like` has. */
const chosen = <T>(
  all: Readonly<Record<string, T>>,
  like: Readonly<Record<string, unknown>>,
): Record<string, T> => Object.fromEntries(Object.keys(like).map(name => [name, all[name]]))
