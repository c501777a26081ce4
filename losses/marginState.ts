import type { State, Stateful } from '../engine/index.ts'
import { snapshotOf } from '../engine/snapshots.ts'
import type { Snapshot } from '../engine/state.ts'
import type { Prototypes } from './prototypes/prototypes.ts'
import type { ClassSampler } from './sampledClasses.ts'

/** What a margin loss knows beside its prototypes. */
export interface Known {
  /** The number of updates. */
  t: number
  /** Does the loss change with it? */
  readonly counted: boolean
  readonly sampler?: ClassSampler
}

/** The memory of a margin loss: that of its prototypes, and what else it knows. */
export function remembered(name: string, prototypes: Prototypes, known: Known): Stateful {
  const { counted, sampler } = known

  function stateOf({ tensors, values }: State, t = known.t, drawn = sampler?.state()): State {
    const classes = drawn !== undefined && { sampledClasses: drawn }
    return { tensors, values: { ...values, ...(counted && { t }), ...classes } }
  }

  function snapshotNow(): Snapshot {
    const own = snapshotOf(prototypes)
    const [then, drawn] = [known.t, sampler?.state()]
    return {
      ...own,
      ...stateOf(own, then, drawn),
      state: () => stateOf(own.state(), then, drawn),
      putBack() {
        own.putBack()
        sampler?.load(drawn)
        known.t = then
      },
    }
  }

  return {
    state: () => stateOf(prototypes.state()),
    load(state) {
      const { t: steps, sampledClasses: drawn, ...values } = state.values
      if (
        counted !== (steps !== undefined) ||
        (counted && !(Number.isInteger(steps) && Number(steps) >= 0))
      ) {
        const expected = counted ? 'the number t of updates' : 'no t: no updates are counted'
        throw new Error(`${name}: load: ${expected} expected, got ${JSON.stringify(steps)}`)
      }
      if (sampler === undefined && drawn !== undefined) {
        throw new Error(`${name}: load: no sampledClasses expected, got ${JSON.stringify(drawn)}`)
      }
      const before = sampler?.state()
      sampler?.load(drawn)
      try {
        prototypes.load({ tensors: state.tensors, values })
      } catch (error) {
        sampler?.load(before)
        throw error
      }
      known.t = Number(steps ?? 0)
    },
    ...(prototypes.snapshot && { snapshot: snapshotNow }),
  }
}
