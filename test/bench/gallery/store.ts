/**
 * `store.ts <options as JSON>`: fills one store with vectors and searches in it, in a process of its own, so that its memory is
 * its own; writes what it took as a line of JSON.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generator, randn, type Tensor, tensor } from '../../../engine/index.ts'
import { search } from '../../../models/evaluation/index.ts'
import {
  exactStore,
  lanceStore,
  type Neighbor,
  pgVectorStore,
  type VectorStore,
} from '../../../models/recognition/index.ts'
import { lanceIndex, lanceTable, postgres } from '../../stores/databases.ts'
import { now } from '../harness/clock.ts'
import { mostMemory } from '../harness/memory.ts'
import { type OursOptions, setUp } from '../ours/adapter.ts'

export const ENGINES = ['exact', 'search', 'lancedb', 'lancedb-hnsw', 'pglite'] as const

export interface StoreOptions extends OursOptions {
  readonly engine: (typeof ENGINES)[number]
  readonly vectors: number
  readonly dimension: number
  readonly queries: number
  readonly k: number
  /** Where the neighbours are that exact search finds: it writes them there, others read them. */
  readonly truth: string
}

export interface StoreReport {
  readonly load_s: number
  /** All queries in one call, and one alone, milliseconds. */
  readonly batch_ms: number
  readonly single_ms: number
  /** The share of the k nearest that are found. */
  readonly recall: number
  readonly most_mib: number
}

/** Images of a person, and what each adds to what they have in common, of which every number is from N(0, 1). */
const IMAGES = 10
const NOISE = 0.3
const BATCH = 10_000

const options = JSON.parse(process.argv[2]) as StoreOptions
const { engine, vectors, dimension: d, queries, k, truth } = options
setUp(options)
const folder = mkdtempSync(join(tmpdir(), 'ir-softmax-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

/** Unit vectors of so many images, those of one person beside each other; the same for all engines. */
function* images(count: number, seed: number): Generator<Float32Array> {
  const rng = generator(seed)
  for (let begin = 0; begin < count; begin += IMAGES) {
    const person = Float64Array.from({ length: d }, () => rng.normal())
    for (let i = begin; i < Math.min(count, begin + IMAGES); i++) {
      const x = person.map(v => v + NOISE * rng.normal())
      const length = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0))
      yield Float32Array.from(x, v => v / length)
    }
  }
}

/** A query is an image of the gallery and a little more, the same for all. */
const more = randn([d], generator(1)).dataSync()
const asked = Array.from(images(queries, 0), x => {
  const y = x.map((v, i) => v + (0.2 * more[i]) / Math.sqrt(d))
  const length = Math.hypot(...y)
  return y.map(v => v / length)
})

/** `search` on a tensor, which makes unit vectors of the gallery in every call: what there was before indexes stayed. */
function searchStore(): VectorStore {
  let gallery: Tensor
  const rows = new Float32Array(vectors * d)
  return {
    async put(keys, list) {
      for (const [i, key] of keys.entries()) rows.set(list[i], key * d)
    },
    get: () => Promise.reject(new Error('searchStore: put and search expected, got get')),
    remove: () => Promise.reject(new Error('searchStore: put and search expected, got remove')),
    async search(list, k) {
      gallery ??= tensor(rows, { shape: [vectors, d] })
      const { indices, scores } = await search(list as Float32Array[], gallery, { k })
      return list.map((_, i) =>
        Array.from({ length: k }, (_, j) => ({ key: indices[i * k + j], score: scores[i * k + j] })),
      )
    },
  }
}

/** The store, and what makes its index where that comes after the vectors. */
async function open(): Promise<{ store: VectorStore; index?: () => Promise<void> }> {
  if (engine === 'exact') return { store: exactStore(d) }
  if (engine === 'search') return { store: searchStore() }
  if (engine === 'pglite') return { store: await pgVectorStore(await postgres(), { dimension: d }) }
  const table = await lanceTable(folder, d)
  const store = lanceStore(table)
  return engine === 'lancedb' ? { store } : { store, index: () => lanceIndex(table) }
}

const seconds = (since: number): number => (now() - since) / 1000

const { store, index } = await open()
let begin = now()
let [keys, list]: [number[], Float32Array[]] = [[], []]
let key = 0
for (const x of images(vectors, 0)) {
  keys.push(key++)
  list.push(x)
  if (list.length < BATCH && key < vectors) continue
  await store.put(keys, list)
  ;[keys, list] = [[], []]
}
await index?.()
const load_s = seconds(begin)
await store.search(asked.slice(0, 1), k)
begin = now()
const single = Math.min(20, queries)
for (let i = 0; i < single; i++) await store.search([asked[i]], k)
const single_ms = (1000 * seconds(begin)) / single
begin = now()
const found = await store.search(asked, k)
const batch_ms = 1000 * seconds(begin)
const own = found.map((neighbors: Neighbor[]) => neighbors.map(neighbor => neighbor.key))
if (engine === 'exact') writeFileSync(truth, JSON.stringify(own))
const right = JSON.parse(readFileSync(truth, 'utf8')) as number[][]
const hits = own.reduce((sum, list, i) => sum + list.filter(key => right[i].includes(key)).length, 0)
const report: StoreReport = {
  load_s,
  batch_ms,
  single_ms,
  recall: hits / (k * queries),
  most_mib: mostMemory().bytes / 2 ** 20,
}
writeSync(1, `${JSON.stringify(report)}\n`)
process.exit(0)
