import { type Backend, type Json, type State, type Tensor, tensor } from '../engine/index.ts'
import type { Bytes } from './bytes.ts'
import { CODES } from './safetensors/dtypes.ts'
import { parseObject } from './safetensors/json.ts'
import { elements, readSafetensors } from './safetensors/read.ts'
import { writeSafetensors } from './safetensors/write.ts'

/**
 * A state as bytes, in the safetensors layout; the values stand in `__metadata__` as JSON text. Other programs that read
 * safetensors can read the tensors.
 * Throws on a value that JSON cannot hold, such as NaN, and on a tensor named `__metadata__`.
 */
export function saveCheckpoint({ tensors, values }: State): Uint8Array {
  checkJson('values', values)
  const blocks = Object.entries(tensors).map(([name, t]) => ({
    ...{ name, dtype: CODES[t.dtype], shape: t.shape },
    values: t.dataSync(),
  }))
  return writeSafetensors('checkpoint', blocks, { format: 'ir-softmax', values: JSON.stringify(values) })
}

/**
 * The state in such bytes, on `backend`. Of other programs' files, half floats become float32, and integers int32, which
 * they must fit. Throws, saying where, when they are not what `saveCheckpoint` writes.
 */
export function loadCheckpoint(bytes: Bytes, { backend }: { backend?: Backend } = {}): State {
  const { entries, metadata, data } = readSafetensors('checkpoint', bytes)
  // Metadata of other programs may hold no values.
  const values = metadata.values === undefined ? {} : parseObject('checkpoint', 'the values', metadata.values)
  const tensors = entries.map((entry): [string, Tensor] => {
    const { dtype, values } = elements('checkpoint', entry, data)
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
