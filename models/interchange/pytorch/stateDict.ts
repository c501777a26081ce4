import type { Tensor } from '../../../engine/index.ts'
import type { Layer } from '../../layers/index.ts'
import { describe, under } from '../describe.ts'
import type { Features } from './features.ts'
import { MODULES, type Twin } from './modules.ts'

export interface StateDictOptions {
  /** What stands before each name, such as `net.` where the net is a part of a model. Default nothing. */
  prefix?: string
  /** Name the layers of a sequence 0, 1, ..., as `nn.Sequential(a, b)` does. Default false: by their own names. */
  numbered?: boolean
  /** Channels of the input, where the net flattens it before a layer with weights tells. */
  channels?: number
}

/** What PyTorch's `state_dict()` of the same net holds. */
export interface StateDict {
  /** `ours` is a name in the net's state. */
  readonly twins: readonly Twin[]
  readonly counters: readonly string[]
}

/** `tensors` are those of the net's state. Throws on a layer whose tensors would mean something else in PyTorch. */
export function stateDict(
  what: string,
  net: Layer,
  tensors: Readonly<Record<string, Tensor>>,
  { prefix = '', numbered = false, channels }: StateDictOptions,
): StateDict {
  const twins: Twin[] = []
  const counters: string[] = []

  /** Walks the layer named `ours` here and `theirs` there; gives what is known of its output. */
  function walk(layer: Layer, ours: string, theirs: string, features: Features): Features {
    const own = describe(what, ours, layer)
    if (own.kind === 'sequential') {
      return Object.entries(own.layers).reduce(
        (z, [name, step], i) => walk(step, under(ours, name), under(theirs, numbered ? i : name), z),
        features,
      )
    }
    if (own.kind === 'residual') {
      const part = (name: 'branch' | 'shortcut', inner: Layer): Features =>
        walk(inner, under(ours, name), under(theirs, name), features)
      const f = part('branch', own.branch)
      const g = own.shortcut === undefined ? features : part('shortcut', own.shortcut)
      if ((f.of === 'flattened') !== (g.of === 'flattened')) {
        throw new Error(
          `${what}: ${ours || 'the net'}: a sum of features in one order expected, got ${f.of} + ${g.of}`,
        )
      }
      return f.channels === undefined ? g : f
    }
    const names = Object.keys(layer.state().tensors)
    const shapes = Object.fromEntries(names.map(name => [name, tensors[under(ours, name)].shape]))
    const module = named(`${what}: ${ours || 'the net'}`, () => MODULES[own.kind](shapes, features))
    for (const twin of module.twins) {
      twins.push({ ...twin, ours: under(ours, twin.ours), theirs: prefix + under(theirs, twin.theirs) })
    }
    for (const name of module.counters ?? []) counters.push(prefix + under(theirs, name))
    return module.features
  }

  walk(net, '', '', { of: 'input', channels })
  return { twins, counters }
}

function named<T>(where: string, f: () => T): T {
  try {
    return f()
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error })
  }
}
