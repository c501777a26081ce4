import type { Bytes } from '../../files.ts'
import {
  elements,
  parseObject,
  readSafetensors,
  writeSafetensors,
} from '../../interchange/safetensors/format.ts'
import type { Entry } from './entry.ts'
import type { VectorStore } from './vectorStore.ts'

const FORMAT = 'ir-softmax gallery'
const VERSION = '1'

export type Templates = 'mean' | 'apart'

interface Form {
  readonly dimension: number
  readonly templates: Templates
}

export interface Contents extends Form {
  readonly entries: Map<string, Entry>
  /** In the order of the entries' keys. */
  readonly vectors: readonly Float32Array[]
}

/** vectors[n,D], keys[n], lengths[n] and owners[n] as tensors; the names, of identities and of images, as JSON in the metadata. */
export async function packed(
  { dimension, templates }: Form,
  entries: ReadonlyMap<string, Entry>,
  store: VectorStore,
): Promise<Uint8Array> {
  const all = [...entries.values()]
  const keys = all.flatMap(entry => entry.keys)
  const vectors = new Float32Array(keys.length * dimension)
  for (const [i, vector] of (await store.get(keys)).entries()) vectors.set(vector, i * dimension)
  const owners = all.flatMap((entry, i) => entry.keys.map(() => i))
  const names = { identities: [...entries.keys()], images: all.map(entry => entry.images) }
  const n = keys.length
  return writeSafetensors(
    'save',
    [
      { name: 'vectors', dtype: 'F32', shape: [n, dimension], values: vectors },
      { name: 'keys', dtype: 'F64', shape: [n], values: Float64Array.from(keys) },
      {
        name: 'lengths',
        dtype: 'F64',
        shape: [n],
        values: Float64Array.from(all.flatMap(entry => entry.lengths)),
      },
      { name: 'owners', dtype: 'I32', shape: [n], values: Int32Array.from(owners) },
    ],
    { format: FORMAT, version: VERSION, templates, names: JSON.stringify(names) },
  )
}

/** What such bytes hold. Throws, saying where, when they are not what `save` gives. */
export function unpacked(what: string, bytes: Bytes): Contents {
  const { entries, metadata, data } = readSafetensors(what, bytes)
  const fail = (expected: string, got: string | undefined): never => {
    throw new Error(`${what}: ${expected} expected, got ${got}`)
  }
  const { format, version, templates } = metadata
  if (format !== FORMAT) fail(`format ${FORMAT}`, format)
  if (version !== VERSION) fail(`version ${VERSION} of a gallery`, version)
  if (templates !== 'mean' && templates !== 'apart') return fail('templates mean or apart', templates)
  const columnOf = (name: string, rank: number) => {
    const entry = entries.find(other => other.name === name)
    if (entry?.shape.length !== rank)
      return fail(`${name} of rank ${rank}`, entry && `shape [${entry.shape}]`)
    return { shape: entry.shape, values: elements(what, entry, data).values }
  }
  const {
    shape: [n, dimension],
    values,
  } = columnOf('vectors', 2)
  const [keys, lengths, owners] = ['keys', 'lengths', 'owners'].map(name => columnOf(name, 1).values)
  for (const column of [keys, lengths, owners]) if (column.length !== n) fail(`${n} rows`, `${column.length}`)
  const { identities, images } = parseObject(what, 'the names', metadata.names ?? '')
  if (
    !isTexts(identities) ||
    !Array.isArray(images) ||
    images.length !== identities.length ||
    !images.every(isTexts)
  )
    return fail('names of identities and of their images', 'others')
  const rows = identities.map((): number[] => [])
  for (let i = 0; i < n; i++)
    (rows[owners[i]] ?? fail(`an owner below ${identities.length}`, `${owners[i]}`)).push(i)
  const known = identities.map((identity, j): [string, Entry] => {
    const of = (column: ArrayLike<number>): number[] => rows[j].map(i => column[i])
    return [identity, { keys: of(keys), lengths: of(lengths), images: images[j] as readonly string[] }]
  })
  const vectors = rows
    .flat()
    .map(i => Float32Array.from(values.subarray(i * dimension, (i + 1) * dimension)) as Float32Array)
  return { dimension, templates, entries: new Map(known), vectors }
}

const isTexts = (list: unknown): list is readonly string[] =>
  Array.isArray(list) && list.every(text => typeof text === 'string')
