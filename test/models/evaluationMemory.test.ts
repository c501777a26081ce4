import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, randn, type Tensor, tensor } from '../../engine/index.ts'
import {
  anglesBetween,
  blufrTrial,
  classMeans,
  flatIndex,
  identification,
  multipleQueries,
  nearestClassMean,
  openSetIdentification,
  pairCosines,
  pairScores,
  predict,
  reid,
  rerank,
  retrieval,
  search,
  similarities,
  templateMeans,
} from '../../models/evaluation/index.ts'

const wasm = createWasm({ threads: 1 })
const good = randn([6, 4], generator(1), { backend: wasm })
const bad = tensor(
  good.dataSync().map((value: number, i: number) => (i === 9 ? Number.NaN : value)) as Float32Array,
  { shape: [6, 4], backend: wasm },
)
const other = randn([6, 3], generator(2), { backend: wasm })
const y = [0, 0, 1, 1, 2, 2]

async function first(blocks: AsyncIterable<unknown>): Promise<unknown> {
  for await (const block of blocks) return block
}

const people = (x: Tensor) => ({ x, ids: [1, 1, 2, 2, 3, 3], cameras: y.map((_, i) => i) })

const CALLS: Readonly<Record<string, (x: Tensor, z: Tensor) => Promise<unknown>>> = {
  anglesBetween,
  blufrTrial: async (x, z) => {
    for (const t of [x, z]) await blufrTrial(t, y, { gallery: [0, 2], probes: [1, 3, 4, 5] })
  },
  classMeans: async (x, z) => {
    classMeans(x, y, 3).dispose()
    return classMeans(z, y, 3).dispose()
  },
  flatIndex: async (x, z) => {
    for (const t of [x, z]) (await flatIndex(t)).dispose()
  },
  identification: (x, z) => identification(x, y, z),
  multipleQueries: async (x, z) => {
    for (const t of [x, z]) (await multipleQueries(people(t))).x.dispose()
  },
  nearestClassMean,
  openSetIdentification: (x, z) => openSetIdentification(x, y, z, y),
  pairCosines: async (x, z) => {
    for (const t of [x, z]) await pairCosines(t, [{ a: 0, b: 1, same: true }])
  },
  pairScores: async (x, z) => {
    for (const t of [x, z]) await pairScores(t, y)
  },
  predict: async (x, z) => {
    for (const t of [x, z]) await predict(t)
  },
  reid: (x, z) => reid(people(x), people(z)),
  'reid, re-ranked': (x, z) => reid(people(x), people(z), { rerank: {} }),
  rerank: (x, z) => first(rerank(x, z)),
  retrieval: async (x, z) => {
    for (const t of [x, z]) await retrieval(t, y)
  },
  search,
  // Left after the first of several blocks.
  similarities: (x, z) => first(similarities(x, z, 6)),
  templateMeans: async (x, z) => {
    for (const t of [x, z]) (await templateMeans(t, y, y, { normalize: true })).x.dispose()
  },
}

describe('the memory of an evaluation', () => {
  test.each(Object.entries(CALLS))('is given back by %s, whether it answers or refuses', async (_, call) => {
    const used = wasm.used
    await call(good, good)
    expect(wasm.used).toBe(used)
    for (const [x, z] of [
      [good, bad],
      [bad, good],
      [bad, bad],
    ]) {
      await expect((async () => call(x, z))()).rejects.toThrow('got others in row 2')
      expect(wasm.used).toBe(used)
    }
    await (async () => call(good, other))().catch(() => undefined)
    expect(wasm.used).toBe(used)
  })

  test('is given back where labels do not fit', async () => {
    const used = wasm.used
    await expect(retrieval(good, [0, 1])).rejects.toThrow('6 labels expected')
    await expect(pairScores(good, y, [0])).rejects.toThrow('6 cameras expected')
    await expect(identification(good, y, good, { sizes: [7] })).rejects.toThrow('from 0 to 6')
    await expect(blufrTrial(good, y, { gallery: [0], probes: [6] })).rejects.toThrow('from 0 to 5')
    await expect(search(good, good, { k: 7 })).rejects.toThrow('k from 1 to 6')
    expect(wasm.used).toBe(used)
  })
})
