import { type OptionNames, shown } from '../../engine/check.ts'
import { joinSnapshots, snapshotOf } from '../../engine/snapshots.ts'
import { checkNames, checkTensors, mapRecord, type State } from '../../engine/state.ts'
import { checkLossName } from '../lossName.ts'
import { prototypesOf, rowsOfW } from './ofClasses.ts'
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
 * SphereFace's, fall into a cone when an untrained net is its own teacher. Throws where one is updated before the loss, the other after.
 */
export function learnedThenCenters(
  op: string,
  first: Prototypes,
  then: Prototypes,
  learnedSteps: number,
): Prototypes {
  checkLossName('learnedThenCenters', op)
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
    ...(parts.some(part => part.rowsOfW !== undefined) && {
      rowsOfW: (begin: number, end: number) => rowsOfW(at(updates), begin, end),
    }),
    get bias() {
      return at(updates).bias
    },
    forBatch: (x, y) => at(updateAfter ? updates + 1 : updates).forBatch(x, y),
    updateAfter,
    update(x, y) {
      for (const part of parts) part.update(x, y)
      updates++
    },
    forClasses: (x, y, seen) => prototypesOf(at(updateAfter ? updates + 1 : updates), x, y, seen),
    refreshEvery: then.refreshEvery,
    refresh: (x, y) => then.refresh(x, y),
    state: () =>
      stateOf(
        mapRecord({ first, then }, part => part.state()),
        updates,
      ),
    load(state) {
      const states = parts.map(part => part.state())
      checkTensors(op, { ...states[0].tensors, ...states[1].tensors }, state.tensors)
      checkNames(op, ['updates', ...states.flatMap(s => Object.keys(s.values))], Object.keys(state.values))
      const { updates: count } = state.values
      if (!(Number.isSafeInteger(count) && Number(count) >= 0)) {
        throw new Error(`${op}: load: a number of updates expected, got ${JSON.stringify(count)}`)
      }
      try {
        parts.forEach((part, i) => {
          part.load({
            tensors: chosen(state.tensors, states[i].tensors),
            values: chosen(state.values, states[i].values),
          })
        })
      } catch (error) {
        parts.forEach((part, i) => {
          part.load(states[i])
        })
        throw error
      }
      updates = Number(count)
    },
    ...(parts.some(part => part.snapshot !== undefined) && {
      snapshot() {
        const count = updates
        const known = joinSnapshots(mapRecord({ first, then }, snapshotOf), states => stateOf(states, count))
        return {
          ...known,
          putBack() {
            known.putBack()
            updates = count
          },
        }
      },
    }),
  }
}

const stateOf = ({ first, then }: Record<'first' | 'then', State>, updates: number): State => ({
  tensors: { ...first.tensors, ...then.tensors },
  values: { ...first.values, ...then.values, updates },
})

/** The entries that `like` has. */
const chosen = <T>(
  all: Readonly<Record<string, T>>,
  like: Readonly<Record<string, unknown>>,
): Record<string, T> => Object.fromEntries(Object.keys(like).map(name => [name, all[name]]))
