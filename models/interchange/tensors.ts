import type { State, Tensor } from '../../engine/index.ts'
import { checkNames } from '../../engine/state.ts'
import type { Layer } from '../layers/index.ts'

/** The net's tensors, or those of a state that was moved for it. Throws when that is not a state of such a net. */
export function tensorsOf(what: string, net: Layer, state?: State): Readonly<Record<string, Tensor>> {
  const own = net.state().tensors
  if (state === undefined) return own
  checkNames(`${what}: state`, Object.keys(own), Object.keys(state.tensors))
  const told = (t: Tensor): string => `${t.dtype}[${t.shape}]`
  for (const [name, t] of Object.entries(state.tensors)) {
    if (told(t) !== told(own[name])) {
      throw new Error(`${what}: state: ${name} of ${told(own[name])} expected, got ${told(t)}`)
    }
  }
  return state.tensors
}
