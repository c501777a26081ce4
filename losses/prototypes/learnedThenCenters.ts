import { type OptionNames, shown } from '../../engine/check.ts'
import { checkNames, checkTensors } from '../../engine/state.ts'
import type { Prototypes } from './prototypes.ts'

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
 * SphereFace's, fall into a cone when an untrained net is its own teacher.
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
  let updates = 0
  const now = (): Prototypes => (updates <= learnedSteps ? first : then)
  const parts = [first, then]
  return {
    parameters: first.parameters,
    get W() {
      return now().W
    },
    get bias() {
      return now().bias
    },
    seenBy: (x, y) => now().seenBy(x, y),
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
