import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { broadcastTo, generator, randn } from '../../engine/index.ts'
import { search } from '../../models/evaluation/index.ts'
import { TopK } from '../../models/evaluation/topK.ts'
import { at, axes, cosine, gaussian, reordered, rotated, rotation, rowsOf } from './embeddings.ts'

describe('search', () => {
  test('against sorting everything, whatever the tile, with many ties', async () => {
    const side = fc.integer({ min: 1, max: 20 })
    await fc.assert(
      fc.asyncProperty(fc.nat(), side, side, side, fc.boolean(), async (seed, k, height, width, ties) => {
        const rng = generator(seed)
        const [x, z] = ties ? [axes(5, rng), axes(20, rng)] : [gaussian(5, 3, rng), gaussian(20, 3, rng)]
        const { indices, scores } = await search(x, z, { k, tile: [height, width] })
        rowsOf(x).forEach((query, i) => {
          const all = rowsOf(z).map(row => cosine(query, row))
          const order = all.map((_, j) => j).sort((a, b) => all[b] - all[a] || a - b)
          expect(Array.from(indices.subarray(i * k, (i + 1) * k))).toEqual(order.slice(0, k))
          // Sums of three products of numbers below 1.
          order.slice(0, k).forEach((j, r) => {
            expect(scores[i * k + r]).toBeCloseTo(all[j], 14)
          })
        })
      }),
    )
  })

  test('queries find the same alone and among others, where groups of scores are passed over', async () => {
    const side = fc.constantFrom(1, 7, 8, 64, 128, 200)
    await fc.assert(
      fc.asyncProperty(
        fc.record({ seed: fc.nat(), n: fc.integer({ min: 8, max: 20 }), m: side, height: side, width: side }),
        fc.boolean(),
        async ({ seed, n, m, height, width }, ties) => {
          const rng = generator(seed)
          const [x, z] = ties ? [axes(n, rng), axes(m, rng)] : [gaussian(n, 3, rng), gaussian(m, 3, rng)]
          const k = rng.integer(1, m)
          const { indices, scores } = await search(x, z, { k, tile: [height, width] })
          for (const [i, row] of rowsOf(x).entries()) {
            const alone = await search([Float64Array.from(row)], z, { k })
            expect(indices.subarray(i * k, (i + 1) * k)).toEqual(alone.indices)
            expect(scores.subarray(i * k, (i + 1) * k)).toEqual(alone.scores)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  test('a gallery in another order gives the same rows, and a turned space the same indices', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const rng = generator(seed)
        const [x, z] = [gaussian(4, 3, rng), gaussian(15, 3, rng)]
        const expected = await search(x, z, { k: 6 })
        const order = rng.permutation(15)
        const shuffled = await search(x, reordered(z, order), { k: 6 })
        expect(shuffled.indices.map(j => order[j])).toEqual(expected.indices)
        expect(shuffled.scores).toEqual(expected.scores)
        const q = rotation(3, rng)
        expect((await search(rotated(x, q), rotated(z, q), { k: 6 })).indices).toEqual(expected.indices)
      }),
    )
  })

  test('in float32 too, equal rows are found in the order of their indices, over all shapes of tiles', async () => {
    for (const tile of [
      [1, 1],
      [2, 7],
      [16, 100],
      [256, 16_384],
    ] as const) {
      const row = randn([1, 61], generator(7))
      const { indices } = await search(broadcastTo(row, [5, 61]), broadcastTo(row, [303, 61]), { k: 9, tile })
      expect(Array.from(indices)).toEqual(Array.from({ length: 45 }, (_, i) => i % 9))
    }
  })

  test('a heap of k over runs of any length keeps what sorting keeps', () => {
    const score = fc.integer({ min: -5, max: 5 })
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 60 }), fc.nat(), fc.nat(), (list, a, b) => {
        const [k, run] = [1 + (a % list.length), 1 + (b % list.length)]
        const best = new TopK(2, k)
        const values = Float32Array.from(list)
        for (let from = 0; from < list.length; from += run) {
          const to = Math.min(from + run, list.length)
          best.offer(1, values, from, to, from)
        }
        const order = list.map((_, j) => j).sort((i, j) => list[j] - list[i] || i - j)
        expect(Array.from(best.result().indices.subarray(k))).toEqual(order.slice(0, k))
      }),
    )
  })

  test('by hand, of rows given as arrays; a row of 0 is like nothing', async () => {
    const z = [Float32Array.of(0, 0), Float32Array.of(0, 5), Float32Array.of(1, 0), Float32Array.of(-1, 0)]
    const { indices, scores } = await search([Float32Array.of(2, 0)], z, { k: 4 })
    expect([Array.from(indices), Array.from(scores)]).toEqual([
      [2, 0, 1, 3],
      [1, 0, 0, -1],
    ])
  })

  test('what cannot be right is refused', async () => {
    await expect(search(at(0), at(0, 1), { k: 3 })).rejects.toThrow(
      "search: k from 1 to 2, the gallery's size, expected, got 3",
    )
    await expect(search(at(0), at(0, 1), { k: 1, tile: [0, 1] })).rejects.toThrow('got [0, 1]')
    await expect(search(at(0), [Float32Array.of(1)])).rejects.toThrow(
      'search: queries[N,D] gallery[M,D]: D is 2 and 1',
    )
    await expect(search(at(0), [Float32Array.of(1, Infinity)])).rejects.toThrow('got others in row 0')
  })
})
