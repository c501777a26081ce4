import { noGrad, type State, type Tensor, tensor, tidy } from '../../engine/index.ts'
import { checkNames } from '../../engine/state.ts'
import type { Layer } from '../layers/index.ts'
import { CODES, type Code } from '../safetensors/dtypes.ts'
import { type Entry, elements, readSafetensors } from '../safetensors/read.ts'
import { type Block, writeSafetensors } from '../safetensors/write.ts'
import { toOurs, toTheirs } from './pytorch/layout.ts'
import { type StateDictOptions, stateDict } from './pytorch/stateDict.ts'
import { tensorsOf } from './tensors.ts'

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
export function saveSafetensors(net: Layer, { state, ...options }: SaveOptions = {}): Uint8Array {
  const what = 'saveSafetensors'
  return inScope(() => {
    const tensors = tensorsOf(what, net, state)
    const { twins, counters } = stateDict(what, net, tensors, options)
    const blocks = twins.map(({ ours, theirs, layout }): Block => {
      const t = tensors[ours]
      const values = toTheirs(t, layout).dataSync()
      return { name: theirs, dtype: CODES[t.dtype], shape: layout.shape, values }
    })
    const zeros = counters.map(
      (name): Block => ({ name, dtype: 'I64', shape: [], values: new BigInt64Array(1) }),
    )
    return writeSafetensors(what, [...blocks, ...zeros], { format: 'pt' })
  })
}

/**
 * Loads such a file, of ours or of PyTorch, into the net. With a `prefix`, tensors of other names are left alone. Throws,
 * and leaves the net as it was, when the file is not whole or its names, shapes or dtypes are not the net's; all of that
 * is checked before any tensor is made.
 */
export function loadSafetensors(net: Layer, bytes: Uint8Array, options: StateDictOptions = {}): void {
  const what = 'loadSafetensors'
  inScope(() => {
    const { tensors, values } = net.state()
    const { twins, counters } = stateDict(what, net, tensors, options)
    const { entries, data } = readSafetensors(what, bytes, ['F64', 'F32', 'I32', 'I64'])
    const mine = entries.filter(({ name }) => name.startsWith(options.prefix ?? ''))
    const given = new Map(mine.map(entry => [entry.name, entry]))
    // PyTorch did not always write its counters.
    const weights = [...given.keys()].filter(name => !counters.includes(name))
    const names = twins.map(({ theirs }) => theirs)
    checkNames(what, names, weights)
    for (const name of counters) {
      const counter = given.get(name)
      if (counter !== undefined) checkEntry(counter, 'I64', [])
    }
    const found = twins.map(({ ours, theirs, layout }) => {
      const entry = checkEntry(given.get(theirs) as Entry, CODES[tensors[ours].dtype], layout.shape)
      return { ours, layout, entry }
    })
    const loaded = found.map(({ ours, layout, entry }): [string, Tensor] => {
      const { dtype, backend, shape } = tensors[ours]
      const theirs = tensor(elements(entry, data), { shape: entry.shape, dtype, backend })
      return [ours, toOurs(theirs, layout, shape)]
    })
    net.load({ tensors: Object.fromEntries(loaded), values })
  })
}

/** Without a graph, and without leaving tensors behind. */
const inScope = <T>(f: () => T): T => noGrad(() => tidy(f))

function checkEntry<C extends Code>(entry: Entry, code: C, shape: readonly number[]): Entry<C> {
  if (entry.dtype !== code || `${entry.shape}` !== `${shape}`) {
    const got = `${entry.dtype}[${entry.shape}]`
    throw new Error(`loadSafetensors: ${entry.name} of ${code}[${shape}] expected, got ${got}`)
  }
  return entry as Entry<C>
}
