import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { type Generator, generator, randn, tensor } from '../../engine/index.ts'
import { type MultipleQueryOptions, multipleQueries, reid } from '../../models/evaluation/index.ts'
import { float64, gaussian, labels, reordered, rowsOf } from './embeddings.ts'

const set = (n: number, rng: Generator) => ({
  x: gaussian(n, 4, rng),
  ids: labels(n, 1, 3, rng),
  cameras: labels(n, 1, 2, rng),
})

const unit = (row: number[]): number[] => row.map(v => v / Math.hypot(...row))

const options = fc.record({
  pool: fc.constantFrom('mean' as const, 'max' as const),
  normalize: fc.constantFrom('before' as const, 'after' as const),
})

describe('multiple queries', () => {
  test('against a loop over every identity and camera', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), options, async (seed, { pool, normalize }) => {
        const images = set(12, generator(seed))
        const rows = rowsOf(images.x).map(row => (normalize === 'before' ? unit(row) : row))
        const pooled = await multipleQueries(images, { pool, normalize })
        const got = rowsOf(pooled.x)
        let found = 0
        for (const id of [1, 2, 3]) {
          for (const camera of [1, 2]) {
            const own = rows.filter((_, i) => images.ids[i] === id && images.cameras[i] === camera)
            const k = pooled.ids.findIndex((other, q) => other === id && pooled.cameras[q] === camera)
            expect(k >= 0).toBe(own.length > 0)
            if (k < 0) continue
            found++
            got[k].forEach((value, c) => {
              const column = own.map(row => row[c])
              const sum = column.reduce((total, v) => total + v, 0)
              // Means of at most 12 numbers near 1.
              expect(value).toBeCloseTo(pool === 'max' ? Math.max(...column) : sum / column.length, 13)
            })
          }
        }
        expect([got.length, pooled.ids.length, pooled.cameras.length]).toEqual([found, found, found])
      }),
    )
  })

  test('of one image each are the single queries, and no order of the images matters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), options, async (seed, drawn) => {
        const rng = generator(seed)
        const [images, gallery] = [set(8, rng), set(20, rng)]
        const lone = { ...images, cameras: images.cameras.map((_, i) => i) }
        expect(await reid(await multipleQueries(lone, drawn), gallery)).toEqual(await reid(lone, gallery))
        const figures = await reid(await multipleQueries(images, drawn), gallery)
        const order = Array.from(rng.permutation(8))
        const shuffled = {
          x: reordered(images.x, order),
          ids: order.map(i => images.ids[i]),
          cameras: order.map(i => images.cameras[i]),
        }
        const again = await reid(await multipleQueries(shuffled, drawn), gallery)
        expect(again.queries).toBe(figures.queries)
        // Means over the queries in another order.
        if (figures.queries > 0) expect(again.mAP).toBeCloseTo(figures.mAP, 13)
      }),
    )
  })

  test('lengths count only where features are normalised after', async () => {
    const x = tensor(
      [
        [1, 0],
        [0, 9],
      ],
      float64,
    )
    const pooled = async (drawn: MultipleQueryOptions): Promise<number[][]> =>
      rowsOf((await multipleQueries({ x, ids: [1, 1], cameras: [1, 1] }, drawn)).x)
    expect(await pooled({})).toEqual([[0.5, 0.5]])
    expect(await pooled({ pool: 'max' })).toEqual([[1, 1]])
    expect(await pooled({ normalize: 'after' })).toEqual([[0.5, 4.5]])
    expect(await pooled({ normalize: 'after', pool: 'max' })).toEqual([[1, 9]])
  })

  test('keep dtype and backend, and nothing else of memory', async () => {
    const wasm = createWasm({ threads: 1 })
    using x = randn([6, 4], generator(1), { backend: wasm })
    const used = wasm.used
    for (const normalize of ['before', 'after'] as const) {
      const pooled = await multipleQueries(
        { x, ids: [1, 1, 1, 2, 2, 2], cameras: Array(6).fill(1) },
        { normalize },
      )
      expect([pooled.x.dtype, pooled.x.backend, pooled.x.shape]).toEqual(['float32', wasm, [2, 4]])
      pooled.x.dispose()
      expect(wasm.used).toBe(used)
    }
  })

  test('what cannot be right is refused', async () => {
    const run = (ids: number[]) => multipleQueries({ x: [[1, 2]], ids, cameras: [1] })
    await expect(run([0])).rejects.toThrow('multipleQueries: ids are integers >= 1, got 0 for sample 0')
    await expect(run([1, 2])).rejects.toThrow('multipleQueries: 1 ids expected, got 2')
  })
})
