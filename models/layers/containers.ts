import { checkGiven, refusal } from '../../engine/check.ts'
import { add, checkpoint as checkpointed, type State, type Tensor } from '../../engine/index.ts'
import { joinNames, joinStates, loadParts, mapRecord } from '../../engine/state.ts'
import { letGo } from '../../engine/tidy.ts'
import { checkCallable } from '../checks.ts'
import { close, type ForwardOptions, isClosed, joined, joins, type Layer } from './layer.ts'

/**
 * z = the layers one after another, in the record's order. Their names stand before those of their parameters:
 * `sequential({ conv1, fc })` has `conv1.weight`, `conv1.bias`, `fc.weight`, `fc.bias`. What passes from one layer of
 * ir-softmax to the next is released at once, unless the gradient needs its values.
 */
export function sequential(layers: Readonly<Record<string, Layer>>): Layer {
  if (typeof layers !== 'object' || layers === null || Array.isArray(layers)) {
    throw refusal('layers.sequential', 'layers by name, { conv1, act1, fc },', layers)
  }
  for (const [name, step] of Object.entries(layers)) {
    // A dot would let two layers claim one name; integers would be reordered by the record.
    if (name === '' || name.includes('.') || /^\d+$/.test(name)) {
      throw new Error(`layers.sequential: names without dots, and not numbers, expected, got "${name}"`)
    }
    checkCallable('layers.sequential', name, step, 'a layer')
  }
  const steps = inPasses(Object.values(layers))
  const call = (x: Tensor, options?: ForwardOptions): Tensor => {
    let z = x
    let ours = false
    for (const step of steps) {
      const next = step(z, options)
      if (next === z) ours &&= isClosed(step)
      else {
        if (ours && isClosed(step)) letGo(z)
        ours = isClosed(step)
      }
      z = next
    }
    return z
  }
  const made = Object.assign(call, {
    layers,
    description: { kind: 'sequential' as const, layers },
    parameters: joinNames(mapRecord(layers, step => step.parameters)),
    state: () => joinStates(mapRecord(layers, step => step.state())),
    load: (state: State) => loadParts('layers.sequential', layers, state),
  })
  return steps.every(isClosed) ? close(made) : made
}

/** The layers, two as one where one pass computes both. */
function inPasses(layers: readonly Layer[]): Layer[] {
  const steps: Layer[] = []
  for (let i = 0; i < layers.length; i++) {
    const both = i + 1 < layers.length ? joined(layers[i], layers[i + 1]) : undefined
    steps.push(both ?? layers[i])
    if (both !== undefined) i++
  }
  return steps
}

export interface ResidualOptions {
  /** f. */
  branch: Layer
  /** g, where f changes the shape; by default x itself. */
  shortcut?: Layer
}

/** z = g(x) + f(x) (He 2016, equations 1 and 2). Parameters are named `branch.*` and `shortcut.*`. */
export function residual(options: ResidualOptions): Layer {
  checkGiven('layers.residual', options, { branch: true, shortcut: true })
  const { branch, shortcut } = options
  checkCallable('layers.residual', 'branch', branch, 'a layer')
  if (shortcut !== undefined) checkCallable('layers.residual', 'shortcut', shortcut, 'a layer')
  const parts: Record<string, Layer> = shortcut === undefined ? { branch } : { branch, shortcut }
  const call = (x: Tensor, options?: ForwardOptions): Tensor => {
    const g = shortcut === undefined ? x : shortcut(x, options)
    const f = branch(x, options)
    const z = add(g, f)
    if (g !== x && isClosed(shortcut as Layer)) letGo(g)
    if (f !== x && isClosed(branch)) letGo(f)
    return z
  }
  const made = Object.assign(call, {
    description: { kind: 'residual' as const, branch, shortcut },
    parameters: joinNames(mapRecord(parts, part => part.parameters)),
    state: () => joinStates(mapRecord(parts, part => part.state())),
    load: (state: State) => loadParts('layers.residual', parts, state),
  })
  return Object.values(parts).every(isClosed) ? close(made) : made
}

/**
 * z = layer(x), of whose graph nothing is kept: in training the way back runs the layer again, masks and statistics the
 * same (`checkpoint` of the engine). Memory holds x in place of all that is made within. Names, state and description are
 * the layer's. In a sequence a checkpoint of a convolution takes in the ReLU or PReLU behind it, as the convolution does.
 */
export function checkpoint(layer: Layer): Layer {
  checkCallable('layers.checkpoint', 'layer', layer, 'a layer')
  const call = (x: Tensor, options?: ForwardOptions): Tensor => {
    const given = options && { ...options }
    return checkpointed(t => layer(t, given), x)
  }
  const { layers, description, parameters, state, load } = layer
  Object.defineProperty(call, 'name', { value: layer.name })
  const made = Object.assign(call, { layers, description, parameters, state, load })
  if (!isClosed(layer)) return made
  return joins(close(made), next => {
    const both = joined(layer, next)
    return both && ((x, training) => checkpointed(t => both(t, { training }), x))
  })
}
