import { refusal } from '../../engine/check.ts'
import type { Description, Layer } from '../layers/index.ts'

/** Throws unless `net` is a layer, of whatever kind. */
export function checkNet(what: string, net: unknown): asserts net is Layer {
  const given = net as Partial<Layer> | null | undefined
  if (typeof net === 'function' && typeof given?.state === 'function') return
  throw refusal(what, 'a net, such as layers.sequential({ .. }),', net)
}

/** What a layer computes. Throws, naming it by its place in the net, when it is one that does not say. */
export function describe(what: string, path: string, layer: Layer): Description {
  if (layer.description !== undefined) return layer.description
  throw new Error(
    `${what}: ${path || 'the net'}: a layer of ir-softmax expected, got ${layer.name || 'a function'}`,
  )
}

/** The name of a part of the layer at `path`, whose own is empty for the net. */
export const under = (path: string, name: string | number): string =>
  path === '' ? `${name}` : `${path}.${name}`
