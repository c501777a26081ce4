/**
 * `store.ts <options as JSON>`: fills one store with vectors and searches in it, in a process of its own, so that its memory is
 * its own; writes what it does and then what it took as lines of JSON.
 */
import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { generator, randn } from '../../../engine/index.ts'
import type { Neighbor } from '../../../models/recognition/index.ts'
import { now } from '../harness/clock.ts'
import { mostMemory } from '../harness/memory.ts'
import { type OursOptions, setUp } from '../ours/adapter.ts'
import { ENGINES } from './engines.ts'

export interface StoreOptions extends OursOptions {
  readonly engine: keyof typeof ENGINES
  readonly vectors: number
  readonly dimension: number
  readonly queries: number
  readonly k: number
  /** For a database: one that is not there, or with the vectors. */
  readonly folder: string
  readonly filled: boolean
  /** Where the neighbours are that exact search finds: it writes them there, others read them. */
  readonly truth: string
}

/** What it begins to do. */
export interface StoreStage {
  readonly stage: string
}

export interface StoreReport {
  /** To put all vectors, where they were not there; to make the index of them, and to answer the first query. */
  readonly fill_s?: number
  readonly index_s: number
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
const SINGLE = 20

const options = JSON.parse(process.argv[2]) as StoreOptions
const { engine, vectors, dimension: d, queries, k, folder, filled, truth } = options
setUp(options)

const write = (line: StoreStage | StoreReport): void => {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

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

const took = async <T>(f: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const begin = now()
  const result = await f()
  return { ms: now() - begin, result }
}

async function fill(): Promise<number> {
  let ms = 0
  let [keys, list]: [number[], Float32Array[]] = [[], []]
  let key = 0
  for (const x of images(vectors, 0)) {
    keys.push(key++)
    list.push(x)
    if (list.length < BATCH && key < vectors) continue
    ms += (await took(() => opened.store.put(keys, list))).ms
    write({ stage: `filled ${key} of ${vectors}` })
    ;[keys, list] = [[], []]
  }
  return ms / 1000
}

const opened = await ENGINES[engine]({ folder, filled, vectors, dimension: d })
const fill_s = filled ? undefined : await fill()
if (opened.index !== undefined) write({ stage: 'index' })
const { ms: index_ms, result: store } = await took(async () => (await opened.index?.()) ?? opened.store)
write({ stage: 'queries' })
const first = await took(() => store.search(asked.slice(0, 1), k))
const single = await took(async () => {
  for (const query of asked.slice(0, SINGLE)) await store.search([query], k)
})
const { ms: batch_ms, result: found } = await took(() => store.search(asked, k))
const own = found.map((neighbors: Neighbor[]) => neighbors.map(neighbor => neighbor.key))
if (engine === 'exact') writeFileSync(truth, JSON.stringify(own))
const right = JSON.parse(readFileSync(truth, 'utf8')) as number[][]
const hits = own.reduce((sum, list, i) => sum + list.filter(key => right[i].includes(key)).length, 0)
const { bytes } = mostMemory()
await opened.close?.()
write({
  fill_s,
  index_s: (index_ms + first.ms) / 1000,
  batch_ms,
  single_ms: single.ms / Math.min(SINGLE, queries),
  recall: hits / (k * queries),
  most_mib: bytes / 2 ** 20,
})
process.exit(0)
