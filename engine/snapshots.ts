import { joinStates, mapRecord, type Snapshot, type State, type Stateful, snapshot } from './state.ts'
import type { Tensor } from './tensor.ts'

/** What a thing knows now. Copies no tensor. */
export function snapshotOf(part: Stateful): Snapshot {
  if (part.snapshot !== undefined) return part.snapshot()
  const { tensors, values } = part.state()
  return snapshotWith(tensors, values, state => part.load(state))
}

/** These tensors and values, to be given back by `load`. */
export function snapshotWith(
  now: Readonly<Record<string, Tensor>>,
  values: State['values'],
  load: (state: State) => void,
): Snapshot {
  const tensors = snapshot(now)
  return {
    tensors,
    values,
    state: () => ({ tensors: snapshot(tensors), values }),
    putBack: () => load({ tensors, values }),
    release() {
      for (const t of Object.values(tensors)) if (!t.disposed) t.dispose()
    },
  }
}

/** What several parts knew, as one; `whole` makes one state of theirs. */
export function joinSnapshots<Name extends string>(
  parts: Readonly<Record<Name, Snapshot>>,
  whole: (states: Record<Name, State>) => State = joinStates,
): Snapshot {
  const all = Object.values<Snapshot>(parts)
  return {
    ...whole(parts),
    state: () => whole(mapRecord(parts, part => part.state())),
    putBack() {
      for (const part of all) part.putBack()
    },
    release() {
      for (const part of all) part.release()
    },
  }
}
