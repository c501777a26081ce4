import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, randn, type Tensor, tensor } from '../../engine/index.ts'
import { BLOCK, FlatIndex } from '../../models/evaluation/flatIndex.ts'
import * as evaluation from '../../models/evaluation/index.ts'
import { type Embeddings, flatIndex } from '../../models/evaluation/index.ts'
import { at, axes, cosine, gaussian, rowsOf } from './embeddings.ts'

const Y = [0, 0, 1, 1, 2, 2, 0, 1]
const people = (x: Embeddings) => ({ x, ids: Y.map(y => y + 1), cameras: Y.map((_, i) => i) })
const all = async (blocks: AsyncIterable<unknown>): Promise<unknown[]> => {
  const list = []
  for await (const block of blocks) list.push(block)
  return list
}

/** Of 8 rows x and 8 rows z. */
const CALLS: Readonly<Record<string, (x: Embeddings, z: Embeddings) => Promise<unknown>>> = {
  blufrTrial: x => evaluation.blufrTrial(x, Y, { gallery: [0, 2], probes: [1, 3, 4, 5] }),
  identification: (x, z) => evaluation.identification(x, Y, z, { sizes: [2, 5, 8], far: 0.1 }),
  'identification, in blocks': (x, z) =>
    evaluation.identification(x, Y, [z, z][Symbol.iterator](), { far: 0.1 }),
  nearestClassMean: evaluation.nearestClassMean,
  openSetIdentification: (x, z) =>
    evaluation.openSetIdentification(x, Y, z, [0, 0, 1, 1, 5, 5, 6, 6], { fpirs: [0, 0.3] }),
  pairCosines: x => evaluation.pairCosines(x, [{ a: 0, b: 5, same: true }]),
  pairScores: x => evaluation.pairScores(x, Y),
  reid: (x, z) => evaluation.reid(people(x), people(z)),
  'reid, re-ranked': (x, z) => evaluation.reid(people(x), people(z), { rerank: {} }),
  rerank: (x, z) => all(evaluation.rerank(x, z)),
  retrieval: x => evaluation.retrieval(x, Y),
  search: (x, z) => evaluation.search(x, z, { k: 3 }),
  similarities: (x, z) => all(evaluation.similarities(x, z)),
}

describe('an index', () => {
  test.each(Object.entries(CALLS))('stands for its embeddings in %s, to the last digit', async (_, call) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ties) => {
        const rng = generator(seed)
        const [x, z] = ties ? [axes(8, rng), axes(8, rng)] : [gaussian(8, 5, rng), gaussian(8, 5, rng)]
        const [u, v] = [await flatIndex(x), await flatIndex(z)]
        const expected = await call(x, z)
        for (const [left, right] of [
          [u, v],
          [x, v],
          [u, z],
          [u, v],
        ])
          expect(await call(left, right)).toEqual(expected)
        for (const index of [u, v]) index.dispose()
      }),
      { numRuns: 10 },
    )
  })

  test('of several blocks is searched as sorting would, from any number of queries, with the same bits', async () => {
    const [n, m, k] = [300, 2 * BLOCK + 700, 7]
    const [x, z] = [randn([n, 6], generator(1)), randn([m, 6], generator(2))]
    const index = await flatIndex(z)
    expect([index.size, index.dimension]).toEqual([m, 6])
    const many = await evaluation.search(x, index, { k })
    const [queries, gallery] = [rowsOf(x), rowsOf(z)]
    for (const i of [0, 1, 255, 256, 299]) {
      const scores = gallery.map(row => cosine(queries[i], row))
      const order = scores.map((_, j) => j).sort((a, b) => scores[b] - scores[a])
      expect(Array.from(many.indices.subarray(i * k, (i + 1) * k))).toEqual(order.slice(0, k))
      const alone = await evaluation.search([queries[i]], index, { k })
      expect(alone.indices).toEqual(many.indices.slice(i * k, (i + 1) * k))
      expect(alone.scores).toEqual(many.scores.slice(i * k, (i + 1) * k))
    }
    expect(await evaluation.search(x, z, { k })).toEqual(many)
    expect(await evaluation.search(x, index, { k, tile: [7, 1000] })).toEqual(many)
    index.dispose()
  })

  test('gives its vectors as rows, and any run of them as columns, each once', () => {
    const [m, d] = [2 * BLOCK + 5, 3]
    const values = Float32Array.from({ length: m * d }, (_, i) => i)
    const x = tensor(values, { shape: [m, d] })
    const same = (rows: Tensor): Tensor => rows
    const index = FlatIndex.over(FlatIndex.of(x, same), FlatIndex.of(tensor([[1, 2, 3]]), same))
    expect(index.size).toBe(m + 1)
    expect(index.rows().slice([0], [m]).dataSync()).toEqual(values)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 * BLOCK }), fc.nat(m), fc.nat(m), (width, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        let next = from
        for (const { first, count, vectors } of index.columns(width, from, to)) {
          expect(first).toBe(next)
          expect(count).toBeLessThanOrEqual(Math.min(width, BLOCK))
          expect(vectors.shape).toEqual([d, count])
          const read = vectors.dataSync()
          for (const c of [0, count - 1])
            for (let i = 0; i < d; i++) expect(read[i * count + c]).toBe((first + c) * d + i)
          next += count
        }
        expect(next).toBe(to)
      }),
      { numRuns: 20 },
    )
  })

  test('stays in memory whatever else waits for the collector, and is given back once', async () => {
    const wasm = createWasm({ threads: 1, budget: 0 })
    const x: Tensor = randn([BLOCK + 1, 4], generator(1), { backend: wasm })
    expect(wasm.used).toBe(0)
    const index = await flatIndex(x)
    x.dispose()
    expect(wasm.used).toBeGreaterThanOrEqual((BLOCK + 1) * 16)
    const used = wasm.used
    const query = randn([1, 4], generator(2), { backend: wasm })
    const { scores } = await evaluation.search(query, index, { k: 1 })
    expect(scores[0]).toBeGreaterThan(0.99)
    // An index of an index looks at the same memory.
    const same = await flatIndex(index)
    same.dispose()
    expect(wasm.used).toBe(used)
    index.dispose()
    expect(wasm.used).toBe(0)
    expect(() => index.dispose()).toThrow('was disposed before')
    await expect(evaluation.search(query, index)).rejects.toThrow('its memory was released')
  })

  test('of another length, dtype or backend than the queries is refused', async () => {
    const index = await flatIndex(at(0, 90))
    await expect(evaluation.search([[1, 2, 3]], index)).rejects.toThrow(
      'search: queries[N,D] gallery[M,D]: D is 3 and 2',
    )
    await expect(evaluation.search(randn([1, 2], generator(1)), index)).rejects.toThrow(
      'of one dtype on one backend',
    )
    index.dispose()
  })
})
