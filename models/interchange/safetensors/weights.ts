import { checkFunction, checkList, checkOptions, type OptionNames, refusal } from '../../../engine/check.ts'
import { noGrad, type Shape, type State, type Tensor, tensor, tidy } from '../../../engine/index.ts'
import { checkNames } from '../../../engine/state.ts'
import { type Bytes, checkFileName } from '../../files.ts'
import type { Layer } from '../../layers/index.ts'
import { ELEMENTS } from '../elements.ts'
import { checkNet, tensorsOf } from '../net.ts'
import { toOurs, toTheirs } from '../pytorch/layout.ts'
import { type StateDictOptions, stateDict } from '../pytorch/stateDict.ts'
import {
  type Code,
  type Entry,
  elements,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from './format.ts'

export interface SaveOptions extends StateDictOptions {
  /** The net's values, when it is on a backend that answers later: `await moveState(net.state(), backend('auto'))`. */
  state?: State
}

/**
 * A net's weights as a safetensors file that PyTorch loads into the same net: `conv1.weight` as [out,in,KH,KW],
 * `fc.weight` as [out,in], batch norm as `weight`, `bias`, `running_mean`, `running_var` and `num_batches_tracked` (0: we
 * do not count). Layers keep their names, as those of `nn.Sequential(OrderedDict(...))` do, and the parts of a residual
 * block are `branch` and `shortcut`. After a flattened map the features of a linear layer are put in PyTorch's order, so
 * that Sequential(Conv2d, ..., Flatten, Linear) with these weights gives the same embeddings of images as [N,C,H,W].
 * Throws on a layer that is not ours, and on one that PyTorch has nothing like.
 */
export function saveSafetensors(net: Layer, options: SaveOptions = {}): Uint8Array {
  const what = 'saveSafetensors'
  checkNet(what, net)
  checkOptions(what, options, SAVE)
  const { state, ...naming } = options
  checkNaming(what, naming)
  return inScope(() => {
    const tensors = tensorsOf(what, net, state)
    const { mappings, counters } = stateDict(what, net, tensors, naming)
    const weights = mappings.map(({ ours, theirs, layout }): StoredTensor => {
      const t = tensors[ours]
      const values = toTheirs(t, layout).dataSync()
      return { name: theirs, dtype: ELEMENTS[t.dtype].safetensors, shape: layout.shape, values }
    })
    const zeros = counters.map(
      (name): StoredTensor => ({ name, dtype: 'I64', shape: [], values: new BigInt64Array(1) }),
    )
    return writeSafetensors(what, [...weights, ...zeros], { format: 'pt' })
  })
}

export interface LoadOptions extends StateDictOptions {
  /** Tensors of the file that the net has no place for, by their names or how these begin: `['fc.']`. Default none. */
  ignore?: readonly string[]
  /** The file's name, for errors. */
  file?: string
}

/**
 * Loads such a file, of ours or of PyTorch, into the net. The file's dtypes need not be the net's: F64, BF16, F16 and F8 become
 * float32, rounded to the nearest, ties to even, and beyond its range an Infinity, as in PyTorch's `.float()`; integers and
 * BOOL must be numbers that float32 holds. With a `prefix`, tensors of other names are left alone,
 * and so are those to `ignore`. Throws, and leaves the net
 * as it was, when the file is not whole, its names or shapes are not the net's, or an element does not fit.
 */
export function loadSafetensors(net: Layer, bytes: Bytes, options: LoadOptions = {}): void {
  checkNet('loadSafetensors', net)
  checkOptions('loadSafetensors', options, LOAD)
  const { file, ignore = [], ...naming } = options
  checkNaming('loadSafetensors', naming)
  checkIgnored(ignore)
  checkFileName('loadSafetensors', file)
  const what = file === undefined ? 'loadSafetensors' : `loadSafetensors: ${file}`
  inScope(() => {
    const { tensors, values } = net.state()
    const { mappings, counters } = stateDict(what, net, tensors, naming)
    const { entries, data } = readSafetensors(what, bytes)
    const mine = entries.filter(
      ({ name }) => name.startsWith(options.prefix ?? '') && !ignore.some(start => name.startsWith(start)),
    )
    const given = new Map(mine.map(entry => [entry.name, entry]))
    // PyTorch did not always write its counters.
    const named = [...given.keys()].filter(name => !counters.includes(name))
    const names = mappings.map(({ theirs }) => theirs)
    checkNames(what, names, named)
    // What they count is not kept: a file of halves may have them as halves.
    for (const name of counters) {
      const counter = given.get(name)
      if (counter !== undefined) checkEntry(what, counter, 'I64', [])
    }
    for (const { ours, theirs, layout } of mappings) {
      const code = ELEMENTS[tensors[ours].dtype].safetensors
      checkEntry(what, given.get(theirs) as Entry, code, layout.shape)
    }
    const loaded = mappings.map(({ ours, theirs, layout }): [string, Tensor] => {
      const { dtype, backend, shape } = tensors[ours]
      const values = elements(what, given.get(theirs) as Entry, data, dtype).values
      return [ours, toOurs(tensor(values, { shape: layout.shape, dtype, backend }), layout, shape)]
    })
    net.load({ tensors: Object.fromEntries(loaded), values })
  })
}

const NAMING = {
  prefix: true,
  numbered: true,
  names: true,
  channels: true,
} satisfies OptionNames<StateDictOptions>
const SAVE = { ...NAMING, state: true } satisfies OptionNames<SaveOptions>
const LOAD = { ...NAMING, file: true, ignore: true } satisfies OptionNames<LoadOptions>

function checkNaming(what: string, { names }: StateDictOptions): void {
  if (names !== undefined) checkFunction(what, 'names', names)
}

function checkIgnored(ignore: unknown): void {
  checkList('loadSafetensors', 'ignore', ignore, "['fc.']")
  const odd = ignore.find(start => typeof start !== 'string' || start === '')
  if (odd !== undefined) throw refusal('loadSafetensors', 'ignore as names, or how they begin,', odd)
}

/** Without a graph, and without leaving tensors behind. */
const inScope = <T>(f: () => T): T => noGrad(() => tidy(f))

/** `code` is what we would write. */
function checkEntry(what: string, { name, ...entry }: Entry, code: Code, shape: Shape): void {
  if (`${entry.shape}` === `${shape}`) return
  throw new Error(`${what}: ${name} of ${code}[${shape}] expected, got ${entry.dtype}[${entry.shape}]`)
}
