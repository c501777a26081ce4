import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import {
  exactStore,
  Gallery,
  lanceStore,
  loadGallery,
  pgVectorStore,
  type VectorStore,
} from '../../models/recognition/index.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'
import { lanceTable, postgres } from './databases.ts'

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
let client: Awaited<ReturnType<typeof postgres>>

beforeAll(async () => {
  client = await postgres()
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

describe.each(STORES)('$name', ({ recall, open }) => {
  test(`finds ${100 * recall} % of the ten nearest at least, with their scores`, async () => {
    const store = await open(0)
    await store.put(keys, vectors)
    const [found, right] = [await store.search(queries, K), await exact.search(queries, K)]
    let hits = 0
    for (const [i, neighbors] of found.entries()) {
      expect(neighbors.length).toBe(K)
      for (const { key, score } of neighbors) {
        const cosine = vectors[key].reduce((sum, v, d) => sum + v * queries[i][d], 0)
        // float32's rounding of 32 products.
        expect(Math.abs(score - cosine)).toBeLessThan(1e-5)
        if (right[i].some(other => other.key === key)) hits++
      }
    }
    console.log(`recall@${K}: ${hits / (K * queries.length)}`)
    expect(hits / (K * queries.length)).toBeGreaterThanOrEqual(recall)
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

test('a table that is no name is refused', async () => {
  await expect(pgVectorStore(client, { dimension: D, table: 'x; drop table y' })).rejects.toThrow(
    'pgVectorStore: table as a name of lower-case letters, digits and _ expected, got',
  )
})
