import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, randn, type Tensor, tensor } from '../../engine/index.ts'
import { type RerankOptions, reid, rerank } from '../../models/evaluation/index.ts'
import { at, axes, cosine, gaussian, labels, reordered, rotated, rotation, rowsOf } from './embeddings.ts'

/** All rows of distances. */
async function distances(query: Tensor, gallery: Tensor, options?: RerankOptions): Promise<number[][]> {
  const rows: number[][] = []
  for await (const block of rerank(query, gallery, options)) {
    expect(block.start).toBe(rows.length)
    const m = block.distances.length / block.rows
    for (let r = 0; r < block.rows; r++) rows.push(Array.from(block.distances.slice(r * m, (r + 1) * m)))
  }
  return rows
}

/** The definition on whole matrices: sets, dense encodings, minima and maxima over every column. */
function bruteForce(
  query: Tensor,
  gallery: Tensor,
  { k1 = 20, k2 = 6, lambda = 0.3, distance }: RerankOptions,
) {
  const all = [...rowsOf(query), ...rowsOf(gallery)]
  const power = distance === 'squaredTwice' ? 2 : 1
  const d = all.map(x => all.map(z => Math.max(0, 2 - 2 * cosine(x, z)) ** power))
  const e = d.map(row => row.map(value => (Math.max(...row) > 1e-9 ? value / Math.max(...row) : 0)))
  const nearest = all.map(x => {
    const scores = all.map(z => cosine(x, z))
    return scores.map((_, j) => j).sort((a, b) => scores[b] - scores[a] || a - b)
  })
  const among = (j: number, i: number, count: number): boolean => nearest[i].slice(0, count).includes(j)
  const mutual = (i: number, count: number): number[] =>
    all.flatMap((_, j) => (among(j, i, count) && among(i, j, count) ? [j] : []))
  const encoded = all.map((_, i) => {
    const own = new Set(mutual(i, k1 + 1))
    const expanded = new Set(own)
    for (const j of own) {
      const theirs = mutual(j, Math.floor(k1 / 2) + 1)
      if (theirs.filter(k => own.has(k)).length / theirs.length > 2 / 3 + 1e-9) {
        for (const k of theirs) expanded.add(k)
      }
    }
    const weights = all.map((_, j) => (expanded.has(j) ? Math.exp(-e[i][j]) : 0))
    const sum = weights.reduce((total, w) => total + w, 0)
    return weights.map(w => (sum === 0 ? 0 : w / sum))
  })
  const v = all.map((_, i) => {
    // Of equal images another may be the nearest; k2 = 1 averages nothing all the same.
    const friends = k2 === 1 ? [i] : nearest[i].slice(0, k2)
    return all.map((_, k) => friends.reduce((sum, j) => sum + encoded[j][k], 0) / friends.length)
  })
  return rowsOf(query).map((_, i) =>
    rowsOf(gallery).map((_, g) => {
      const j = query.shape[0] + g
      const sum = (f: (a: number, b: number) => number) =>
        v[i].reduce((total, w, k) => total + f(w, v[j][k]), 0)
      // An image with many equals may have no mutual neighbour at all; the authors take its sums for 1 as well.
      const whole = sum((a, b) => a + b) > 2 - 1e-9
      const jaccard = 1 - sum(Math.min) / (whole ? sum(Math.max) : 2 - sum(Math.min))
      return (1 - lambda) * jaccard + lambda * e[i][j]
    }),
  )
}

const drawn = fc.record({
  k1: fc.integer({ min: 1, max: 9 }),
  k2: fc.integer({ min: 1, max: 5 }),
  lambda: fc.constantFrom(0, 0.3, 1),
  distance: fc.constantFrom('squared' as const, 'squaredTwice' as const),
})

const close = (actual: number[][], expected: number[][]): void =>
  expected.forEach((row, i) => {
    // Sums of at most 24 products in 0..1, in float64 and another order.
    for (const [j, value] of row.entries()) expect(actual[i][j], `${i}, ${j}`).toBeCloseTo(value, 12)
  })

describe('k-reciprocal re-ranking', () => {
  test('against whole matrices, ties and all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), drawn, async (seed, ties, options) => {
        const rng = generator(seed)
        const [query, gallery] = ties
          ? [axes(5, rng), axes(15, rng)]
          : [gaussian(5, 3, rng), gaussian(15, 3, rng)]
        close(await distances(query, gallery, options), bruteForce(query, gallery, options))
      }),
    )
  })

  test('by default k1 = 20, k2 = 6, lambda = 0.3, of squared distances', async () => {
    const rng = generator(5)
    const [query, gallery] = [gaussian(6, 3, rng), gaussian(50, 3, rng)]
    const expected = bruteForce(query, gallery, {})
    close(await distances(query, gallery), expected)
    close(await distances(query, gallery, { k1: 20, k2: 6, lambda: 0.3, distance: 'squared' }), expected)
  })

  test('by hand: two pairs of neighbours', async () => {
    // Query 0; gallery 10, 90 and 100 degrees. With k1 = 1 each has its one mutual neighbour and itself.
    const [query, gallery] = [at(0), at(10, 90, 100)]
    const [row] = await distances(query, gallery, { k1: 1, k2: 1, lambda: 0 })
    const d = (degrees: number): number => 2 - 2 * Math.cos((degrees * Math.PI) / 180)
    // Of 0 the farthest is 100, of 10 it is 100 too, 90 degrees away.
    const [near, own] = [Math.exp(-d(10) / d(100)), Math.exp(-d(10) / d(90))]
    const [mine, theirs] = [
      [1 / (1 + near), near / (1 + near)],
      [own / (1 + own), 1 / (1 + own)],
    ]
    const shared = Math.min(mine[0], theirs[0]) + Math.min(mine[1], theirs[1])
    expect(row[0]).toBeCloseTo(1 - shared / (2 - shared), 14)
    expect(row.slice(1)).toEqual([1, 1])
    // Averaged over both, the two have one encoding.
    const [mixed] = await distances(query, gallery, { k1: 1, k2: 2, lambda: 0 })
    expect(mixed[0]).toBeCloseTo(0, 14)
    const [plain] = await distances(query, gallery, { k1: 1, k2: 1, lambda: 1 })
    const [twice] = await distances(query, gallery, { lambda: 1, distance: 'squaredTwice' })
    for (const [j, degrees] of [10, 90, 100].entries()) {
      expect(plain[j]).toBeCloseTo(d(degrees) / d(100), 14)
      expect(twice[j]).toBeCloseTo((d(degrees) / d(100)) ** 2, 14)
    }
  })

  test('the order of the gallery and a rotation change nothing; distances lie in 0..1', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), drawn, async (seed, options) => {
        const rng = generator(seed)
        const [query, gallery] = [gaussian(4, 3, rng), gaussian(20, 3, rng)]
        const expected = await distances(query, gallery, options)
        for (const value of expected.flat()) expect(value >= -1e-12 && value <= 1 + 1e-12).toBe(true)
        const order = Array.from(rng.permutation(20))
        const q = rotation(3, rng)
        const turned = await distances(rotated(query, q), rotated(reordered(gallery, order), q), options)
        close(
          turned,
          expected.map(row => order.map(j => row[j])),
        )
      }),
    )
  })

  test('lambda = 1 ranks as the similarities do, and reid takes the options', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ties) => {
        const rng = generator(seed)
        const set = (n: number) => ({
          x: ties ? axes(n, rng) : gaussian(n, 3, rng),
          ids: labels(n, 1, 3, rng),
          cameras: labels(n, 1, 3, rng),
        })
        const [query, gallery] = [set(5), set(18)]
        const plain = await reid(query, gallery)
        expect(await reid(query, gallery, { rerank: { lambda: 1 } })).toEqual(plain)
        const options = { k1: 5, k2: 3 }
        const rows = await distances(query.x, gallery.x, options)
        const { cmc, queries } = await reid(query, gallery, { rerank: options })
        const firsts = rows.flatMap((row, i) => {
          const order = row.map((_, j) => j).sort((a, b) => row[a] - row[b] || a - b)
          const kept = order.filter(
            j => gallery.ids[j] !== query.ids[i] || gallery.cameras[j] !== query.cameras[i],
          )
          const first = kept.findIndex(j => gallery.ids[j] === query.ids[i])
          return first < 0 ? [] : [first]
        })
        expect(queries).toBe(firsts.length)
        if (queries === 0) return
        cmc.forEach((share, k) => {
          expect(share).toBeCloseTo(firsts.filter(first => first <= k).length / firsts.length, 14)
        })
      }),
    )
  })

  test('neighbours that agree draw a match up', async () => {
    // The match at 20 degrees is as near to the query as the other at -20, but has friends in common with it.
    const query = { x: at(0), ids: [1], cameras: [1] }
    const gallery = {
      x: at(-19.9, 20, 10, 12, -80, -85),
      ids: [2, 1, 3, 3, 3, 3],
      cameras: [2, 2, 2, 2, 2, 2],
    }
    expect((await reid(query, gallery)).cmc.indexOf(1)).toBe(3)
    expect((await reid(query, gallery, { rerank: { k1: 3, k2: 1 } })).cmc.indexOf(1)).toBe(2)
  })

  test('a collapsed embedding has distances that are equal', async () => {
    const row = [3, 1, 2]
    const copies = (n: number) => tensor(Array(n).fill(row), { dtype: 'float64' })
    const [first, ...others] = (await distances(copies(3), copies(40))).flat()
    expect(others.every(value => value === first)).toBe(true)
  })

  test('memory does not grow with the square of the gallery, and is given back when left early', async () => {
    const wasm = createWasm({ threads: 1 })
    const used = wasm.used
    const most = async (m: number): Promise<number> => {
      using query = randn([8, 8], generator(1), { backend: wasm })
      using gallery = randn([m, 8], generator(2), { backend: wasm })
      let peak = 0
      for await (const _ of rerank(query, gallery)) {
        peak = Math.max(peak, wasm.used - used)
        break
      }
      return peak
    }
    // Embeddings and their units: three times 8 floats a row, and blocks.
    expect((await most(2000)) / (await most(1000))).toBeLessThan(2.5)
    expect(wasm.used).toBe(used)
  })

  test('what cannot be right is refused', async () => {
    const run = (options: RerankOptions) => distances(at(0), at(1, 2), options)
    await expect(run({ k1: 0 })).rejects.toThrow('rerank: k1 as an integer >= 1 expected, got 0')
    await expect(run({ lambda: 2 })).rejects.toThrow('rerank: lambda as a number from 0 to 1 expected, got 2')
    await expect(run({ distance: 'cosine' as 'squared' })).rejects.toThrow(
      'rerank: distance as one of squared, squaredTwice expected, got "cosine"',
    )
  })
})
