import type { Tensor } from '../../engine/index.ts'
import type { EmbeddingLoss } from '../../losses/loss.ts'
import { type Layout, same } from '../interchange/pytorch/layout.ts'
import { stateDict } from '../interchange/pytorch/stateDict.ts'
import type { Layer } from '../layers/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'

/** A tensor of a trainer's state under its name in the program: of the net `net.*`, of the loss `loss.*`. */
export interface Named {
  /** In the state of the net or the loss, with `net.` or `loss.` before it. */
  readonly ours: string
  readonly theirs: string
  readonly layout: Layout
}

/** All tensors of net and loss; `counters` are PyTorch's own, which we do not keep. */
export function namesOf(net: Layer, loss: EmbeddingLoss): { named: Named[]; counters: readonly string[] } {
  const { mappings, counters } = stateDict('exportTorch', net, net.state().tensors, { prefix: 'net.' })
  const ofNet = mappings.map(({ ours, ...rest }) => ({ ours: `net.${ours}`, ...rest }))
  const ofLoss = Object.entries(loss.state().tensors).map(([name, t]) => ({
    ours: `loss.${name}`,
    theirs: `loss.${torchName(name)}`,
    layout: same(t.shape),
  }))
  return { named: [...ofNet, ...ofLoss], counters }
}

/**
 * The optimiser's names of its parameters, by their names in net and loss; rows of a table W stand for W. Throws on a parameter that is
 * neither's.
 */
export function trainedNames(net: Layer, loss: EmbeddingLoss, optimizer: Optimizer): Map<string, string> {
  const names = new Map<Tensor, string>()
  for (const [name, p] of Object.entries(net.parameters)) names.set(p, `net.${name}`)
  const ofLoss = trainedOfLoss(loss)
  for (const [name, p] of Object.entries(loss.parameters)) names.set(p, `loss.${ofLoss.get(name)}`)
  const found = new Map<string, string>()
  for (const [key, p] of Object.entries(optimizer.parameters)) {
    const name = names.get(p)
    if (name === undefined)
      throw new Error(`exportTorch: a parameter of the net or the loss expected, got ${key}`)
    found.set(name, name.endsWith('.W') && /\.W\.\d+$/.test(key) ? ofTable(key) : key)
  }
  return found
}

/** What a tensor of a loss's state is called in the program, where names have no dots; parts of a loss share none. */
export const torchName = (name: string): string =>
  name.replace(/^(learned|centers)\./, '').replaceAll('.', '_')

/** The names in a loss's state of its parameters, by the names of these; rows of a table W stand for W. */
export function trainedOfLoss(loss: EmbeddingLoss): Map<string, string> {
  const names = Object.keys(loss.state().tensors)
  const inState = (name: string) => names.find(own => own === name || own === `learned.${name}`) ?? name
  return new Map(Object.keys(loss.parameters).map(name => [name, inState(ofTable(name))]))
}

/** `W.0`, rows of the table W. */
const ofTable = (name: string): string => name.replace(/(^|\.)W\.\d+$/, '$1W')

/** What PyTorch would train and we do not: scales and shifts of batch norms that are fixed, p of `gem`. */
export function fixedNames(net: Layer, loss: EmbeddingLoss): string[] {
  const trained = new Set(Object.keys(net.parameters).map(name => `net.${name}`))
  const learned = /\.(gamma|beta|p)$/
  return namesOf(net, loss)
    .named.filter(({ ours }) => ours.startsWith('net.') && learned.test(ours) && !trained.has(ours))
    .map(({ theirs }) => theirs)
}
