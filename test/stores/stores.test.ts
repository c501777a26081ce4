import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import {
  exactStore,
  Gallery,
  type LanceOptions,
  lanceStore,
  loadGallery,
  type PgVectorOptions,
  pgVectorStore,
  type VectorStore,
} from '../../models/recognition/index.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'
import { lanceIndex, lanceTable, postgres, postgresServer } from './databases.ts'

const [N, D, K] = [2000, 32, 10]
const rng = generator(0)
const unit = (): Float32Array => {
  const row = Array.from({ length: D }, () => rng.normal())
  return Float32Array.from(row, v => v / Math.hypot(...row))
}
const vectors = Array.from({ length: N }, unit)
const queries = Array.from({ length: 50 }, unit)
const keys = vectors.map((_, i) => i)
const exact = exactStore(D)
const folder = temporaryFolder()
/** PGlite, or with POSTGRES_URL the server there, which has pgvector. */
let client: Awaited<ReturnType<typeof postgres>>

beforeAll(async () => {
  const address = process.env.POSTGRES_URL
  client = address === undefined ? await postgres() : await postgresServer(address)
  await exact.put(keys, vectors)
})
afterAll(() => client.close())

const STORES: readonly { name: string; recall: number; open: (n: number) => Promise<VectorStore> }[] = [
  // All rows are read: what is left are pairs that float32 and float64 order otherwise.
  {
    name: 'pgVectorStore, none',
    recall: 0.998,
    open: n => pgVectorStore(client, { dimension: D, table: `none${n}`, index: 'none' }),
  },
  // An index of 2,000 random directions, the hardest there are, with 100 candidates.
  {
    name: 'pgVectorStore, hnsw',
    recall: 0.9,
    open: n => pgVectorStore(client, { dimension: D, table: `hnsw${n}` }),
  },
  { name: 'lanceStore', recall: 0.998, open: async n => lanceStore(await lanceTable(`${folder}/${n}`, D)) },
]

/** The share of the ten nearest that are found; the scores of those that are found are cosines. */
async function recallOf(store: VectorStore): Promise<number> {
  const [found, right] = [await store.search(queries, K), await exact.search(queries, K)]
  let hits = 0
  for (const [i, neighbors] of found.entries()) {
    expect(neighbors.length).toBeLessThanOrEqual(K)
    for (const { key, score } of neighbors) {
      const cosine = vectors[key].reduce((sum, v, d) => sum + v * queries[i][d], 0)
      // float32's rounding of 32 products.
      expect(Math.abs(score - cosine)).toBeLessThan(1e-5)
      if (right[i].some(other => other.key === key)) hits++
    }
  }
  return hits / (K * queries.length)
}

describe.each(STORES)('$name', ({ recall, open }) => {
  test(`finds ${100 * recall} % of the ten nearest at least, with their scores`, async () => {
    const store = await open(0)
    await store.put(keys, vectors)
    const found = await recallOf(store)
    console.log(`recall@${K}: ${found}`)
    expect(found).toBeGreaterThanOrEqual(recall)
  })

  test('gives back, replaces and forgets vectors', async () => {
    const store = await open(1)
    await store.put(keys.slice(0, 20), vectors.slice(0, 20))
    await store.put([3], [vectors[30]])
    expect(await store.get([7, 3])).toEqual([vectors[7], vectors[30]])
    await store.remove([3, 999])
    await expect(store.get([3])).rejects.toThrow('a key that is stored expected, got 3')
    const [neighbors] = await store.search([vectors[30]], 30)
    expect(neighbors.map(({ key }) => key)).not.toContain(3)
  })

  test('holds a gallery that answers as that in memory', async () => {
    const stored = new Gallery({ dimension: D, store: await open(2) })
    const inMemory = new Gallery({ dimension: D })
    for (let person = 0; person < 12; person++) {
      const x = randn([3, D], generator(person))
      for (const gallery of [stored, inMemory]) await gallery.add(`p${person}`, x)
    }
    for (const gallery of [stored, inMemory]) {
      await gallery.remove('p5')
      await gallery.add('p2', randn([1, D], generator(99)))
    }
    const x = randn([20, D], generator(50))
    const ask = (gallery: Gallery) => gallery.identify(x, { threshold: 0.2, k: 3 })
    const [one, other] = [await ask(stored), await ask(inMemory)]
    for (const [i, answer] of one.entries()) {
      expect(answer.identity).toBe(other[i].identity)
      expect(answer.score).toBeCloseTo(other[i].score, 5)
      expect(answer.candidates.map(c => c.identity)).toEqual(other[i].candidates.map(c => c.identity))
    }
    // What is saved of one goes on in the other.
    const back = await loadGallery(await stored.save())
    expect((await ask(back)).map(({ identity }) => identity)).toEqual(other.map(({ identity }) => identity))
  })
})

/** Where all cells are read, all vectors are: what is left are pairs that float32 and float64 order otherwise. */
const ALL = 0.998
const CELLS = 16

describe('pgVectorStore', () => {
  const open = (options: Omit<PgVectorOptions, 'dimension'>) =>
    pgVectorStore(client, { dimension: D, ...options })

  test('reads so many cells of ivfflat as probes says, and all rows again by none', async () => {
    const table = 'cells'
    await (await open({ table, index: 'none' })).put(keys, vectors)
    const recall = async (probes?: number) =>
      recallOf(await open({ table, index: 'ivfflat', lists: CELLS, probes }))
    const [one, usual, all] = [await recall(1), await recall(), await recall(CELLS)]
    console.log(`recall@${K}: ${one}, ${usual}, ${all}`)
    expect(one).toBeLessThan(usual)
    expect(usual).toBeLessThan(all)
    expect(all).toBeGreaterThanOrEqual(ALL)
    expect(await recallOf(await open({ table, index: 'none' }))).toBeGreaterThanOrEqual(ALL)
  })

  test('keeps so many candidates of hnsw as efSearch says, of an index that is made afterwards too', async () => {
    const table = 'candidates'
    await (await open({ table, index: 'none' })).put(keys, vectors)
    const recall = async (efSearch: number) => recallOf(await open({ table, efSearch }))
    const [few, many] = [await recall(K), await recall(1000)]
    console.log(`recall@${K}: ${few}, ${many}`)
    expect(few).toBeLessThan(many)
    expect(many).toBeGreaterThanOrEqual(ALL)
  })

  test('leaves the settings of the session as they were', async () => {
    const settings = async () =>
      (
        await client.query(
          `select current_setting('ivfflat.probes') as p, current_setting('hnsw.ef_search') as e`,
        )
      ).rows
    await client.query('set ivfflat.probes = 3')
    const before = await settings()
    await (await open({ table: 'cells', index: 'ivfflat', probes: 7 })).search(queries, K)
    await (await open({ table: 'candidates', efSearch: 123 })).search(queries, K)
    expect(await settings()).toEqual(before)
    await client.query('reset ivfflat.probes')
  })

  test('refuses ivfflat of an empty table, and settings that pgvector does not have', async () => {
    const empty = "a table with vectors for index 'ivfflat' expected, got the empty nobody"
    await expect(open({ table: 'nobody', index: 'ivfflat' })).rejects.toThrow(`pgVectorStore: ${empty}`)
    for (const name of ['lists', 'probes'])
      await expect(open({ [name]: 0 })).rejects.toThrow(`pgVectorStore: ${name} as an integer from 1`)
  })

  test.each([
    ['lists', 'hnsw', 'ivfflat'],
    ['probes', 'none', 'ivfflat'],
    ['efSearch', 'ivfflat', 'hnsw'],
  ] as const)('refuses %s beside index %s', async (name, index, own) => {
    await expect(open({ index, [name]: 9 })).rejects.toThrow(
      `pgVectorStore: ${name} beside index '${own}' expected, got "${index}"`,
    )
  })
})

describe('lanceStore with an index', () => {
  /** Of each store over the same table; the scores are exact where codes are searched in, too. */
  const recalls = async (
    kind: Parameters<typeof lanceIndex>[1],
    all: LanceOptions[],
    cells = CELLS,
  ): Promise<number[]> => {
    const table = await lanceTable(`${folder}/${kind}`, D)
    await lanceStore(table).put(keys, vectors)
    await lanceIndex(table, kind, cells)
    const found: number[] = []
    for (const options of all) found.push(await recallOf(lanceStore(table, options)))
    console.log(`recall@${K} by ${kind}: ${found.join(', ')}`)
    return found
  }

  test('reads so many cells as nprobes says', async () => {
    const [one, four, all] = await recalls('ivfFlat', [{ nprobes: 1 }, { nprobes: 4 }, { nprobes: CELLS }])
    expect(one).toBeLessThan(four)
    expect(four).toBeLessThan(all)
    expect(all).toBeGreaterThanOrEqual(ALL)
  })

  test('scores so many candidates of codes as refineFactor says', async () => {
    const [usual, ten] = await recalls('ivfPq', [{ nprobes: CELLS }, { nprobes: CELLS, refineFactor: N / K }])
    expect(usual).toBeLessThan(ten)
    expect(ten).toBeGreaterThanOrEqual(ALL)
  })

  test('keeps so many candidates of a small world as ef says', async () => {
    const [few, many] = await recalls(
      'hnswSq',
      [
        { ef: 4 * K, refineFactor: 4 },
        { ef: 40 * K, refineFactor: 4 },
      ],
      1,
    )
    expect(few).toBeLessThan(many)
    expect(many).toBeGreaterThanOrEqual(ALL)
  })

  test('refuses options that it does not have', async () => {
    const table = await lanceTable(`${folder}/refused`, D)
    expect(() => lanceStore(table, { nprobes: 0 })).toThrow('lanceStore: nprobes as an integer >= 1')
    expect(() => lanceStore(table, { probes: 4 } as LanceOptions)).toThrow('did you mean nprobes?')
  })
})

test('a table that is no name is refused', async () => {
  await expect(pgVectorStore(client, { dimension: D, table: 'x; drop table y' })).rejects.toThrow(
    'pgVectorStore: table as a name of lower-case letters, digits and _ expected, got',
  )
})
