import { checkBackend } from '../engine/backends/backend.ts'
import { checkOptions, type OptionNames } from '../engine/check.ts'
import { type Backend, type Json, type State, type Tensor, tensor } from '../engine/index.ts'
import { checkState } from '../engine/state.ts'
import { type Bytes, checkFileName } from './files.ts'
import { ELEMENTS } from './interchange/elements.ts'
import { elements, parseObject, readSafetensors, writeSafetensors } from './interchange/safetensors/format.ts'

/**
 * A state as bytes, in the safetensors layout; the values stand in `__metadata__` as JSON text. Other programs that read
 * safetensors can read the tensors.
 * Throws on a value that JSON cannot hold, such as NaN, and on a tensor named `__metadata__`.
 */
export function saveCheckpoint(state: State): Uint8Array {
  checkState('checkpoint', state)
  const { tensors, values } = state
  checkJson('values', values)
  const stored = Object.entries(tensors).map(([name, t]) => {
    return { name, dtype: ELEMENTS[t.dtype].safetensors, shape: t.shape, values: t.dataSync() }
  })
  return writeSafetensors('checkpoint', stored, { format: 'ir-softmax', values: JSON.stringify(values) })
}

export interface LoadCheckpointOptions {
  /** Where the tensors go. Default: the one set by `setBackend`. */
  backend?: Backend
  /** Where the bytes are from, for errors. Default: nothing is said of it. */
  file?: string
}

const KNOWN = { backend: true, file: true } satisfies OptionNames<LoadCheckpointOptions>

/**
 * The state in such bytes, on `backend`. Of other programs' files, half floats become float32, and integers int32, which
 * they must fit. Throws, saying where and in which `file`, when they are not what `saveCheckpoint` writes.
 */
export function loadCheckpoint(bytes: Bytes, options: LoadCheckpointOptions = {}): State {
  checkOptions('loadCheckpoint', options, KNOWN)
  const { backend, file } = options
  checkFileName('loadCheckpoint', file)
  const what = file === undefined ? 'checkpoint' : `checkpoint ${file}`
  const { entries, metadata, data } = readSafetensors(what, bytes)
  // Metadata of other programs may hold no values.
  const values = metadata.values === undefined ? {} : parseObject(what, 'the values', metadata.values)
  const tensors = entries.map((entry): [string, Tensor] => {
    const { dtype, values } = elements(what, entry, data)
    return [entry.name, tensor(values, { shape: entry.shape, dtype, backend })]
  })
  return { tensors: Object.fromEntries(tensors), values }
}

function checkJson(path: string, value: Json): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) checkJson(`${path}.${name}`, item)
  } else if (
    typeof value === 'number' ? !Number.isFinite(value) : !['string', 'boolean'].includes(typeof value)
  ) {
    if (value !== null)
      throw new Error(`checkpoint: a value that JSON holds at ${path} expected, got ${String(value)}`)
  }
}

/**
 * The same state with its tensors on another backend: what `saveCheckpoint` takes of a training on a backend that answers
 * later, `saveCheckpoint(await moveState(trainer.state(), backend('auto')))`. `loadCheckpoint` is told where to.
 */
export async function moveState(state: State, backend: Backend): Promise<State> {
  checkState('moveState', state)
  checkBackend('moveState', backend)
  const { tensors, values } = state
  const moved = Object.entries(tensors).map(async ([name, t]) => [name, await t.to(backend)] as const)
  return { tensors: Object.fromEntries(await Promise.all(moved)), values }
}
