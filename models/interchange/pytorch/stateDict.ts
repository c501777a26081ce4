import type { Tensor } from '../../../engine/index.ts'
import type { Layer } from '../../layers/index.ts'
import { descriptionOf, under } from '../net.ts'
import type { Features } from './layout.ts'
import { type Mapping, MODULES } from './modules.ts'

export interface StateDictOptions {
  /** What stands before each name, such as `net.` where the net is a part of a model. Default nothing. */
  prefix?: string
  /** Name the layers of a sequence 0, 1, ..., as `nn.Sequential(a, b)` does. Default false: by their own names. */
  numbered?: boolean
  /** What the file calls a tensor that otherwise has this name, such as `publishedNames.irNet`. Default the same. */
  names?: (name: string) => string
  /** Channels of the input, where the net flattens it before a layer with weights tells. */
  channels?: number
}

/** What PyTorch's `state_dict()` of the same net holds. */
interface StateDict {
  /** `ours` is a name in the net's state. */
  readonly mappings: readonly Mapping[]
  readonly counters: readonly string[]
}

/** `tensors` are those of the net's state. Throws on a layer whose tensors would mean something else in PyTorch. */
export function stateDict(
  what: string,
  net: Layer,
  tensors: Readonly<Record<string, Tensor>>,
  { prefix = '', numbered = false, names: rename = same, channels }: StateDictOptions,
): StateDict {
  const mappings: Mapping[] = []
  const counters: string[] = []

  /** Maps the layer named `ours` here and `theirs` there; gives what is known of its output. */
  function mapLayer(layer: Layer, ours: string, theirs: string, features: Features): Features {
    const own = descriptionOf(what, ours, layer)
    if (own.kind === 'sequential') {
      return Object.entries(own.layers).reduce(
        (z, [name, step], i) => mapLayer(step, under(ours, name), under(theirs, numbered ? i : name), z),
        features,
      )
    }
    if (own.kind === 'residual') {
      const part = (name: 'branch' | 'shortcut', inner: Layer): Features =>
        mapLayer(inner, under(ours, name), under(theirs, name), features)
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
    for (const mapping of module.mappings) {
      mappings.push({
        ...mapping,
        ours: under(ours, mapping.ours),
        theirs: prefix + rename(under(theirs, mapping.theirs)),
      })
    }
    for (const name of module.counters ?? []) counters.push(prefix + rename(under(theirs, name)))
    return module.features
  }

  mapLayer(net, '', '', { of: 'input', channels })
  return { mappings, counters }
}

const same = (name: string): string => name

function named<T>(where: string, f: () => T): T {
  try {
    return f()
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error })
  }
}
