import { refusal } from '../../engine/check.ts'
import type { State, Tensor } from '../../engine/index.ts'
import { checkNames, checkState } from '../../engine/state.ts'
import type { Description, Layer } from '../layers/index.ts'

/** Throws unless `net` is a layer, of whatever kind. */
export function checkNet(what: string, net: unknown): asserts net is Layer {
  const given = net as Partial<Layer> | null | undefined
  if (typeof net === 'function' && typeof given?.state === 'function') return
  throw refusal(what, 'a net, such as layers.sequential({ .. }),', net)
}

/** What a layer computes. Throws, naming it by its place in the net, when it is one that does not say. */
export function descriptionOf(what: string, path: string, layer: Layer): Description {
  if (layer.description !== undefined) return layer.description
  throw new Error(
    `${what}: ${path || 'the net'}: a layer of ir-softmax expected, got ${layer.name || 'a function'}`,
  )
}

/** The name of a part of the layer at `path`, whose own is empty for the net. */
export const under = (path: string, name: string | number): string =>
  path === '' ? `${name}` : `${path}.${name}`

/** The net's tensors, or those of a state that was moved for it. Throws when that is not a state of such a net. */
export function tensorsOf(what: string, net: Layer, state?: State): Readonly<Record<string, Tensor>> {
  const own = net.state().tensors
  if (state === undefined) return own
  checkState(`${what}: state`, state)
  checkNames(`${what}: state`, Object.keys(own), Object.keys(state.tensors))
  const told = (t: Tensor): string => `${t.dtype}[${t.shape}]`
  for (const [name, t] of Object.entries(state.tensors)) {
    if (told(t) !== told(own[name])) {
      throw new Error(`${what}: state: ${name} of ${told(own[name])} expected, got ${told(t)}`)
    }
  }
  return state.tensors
}
