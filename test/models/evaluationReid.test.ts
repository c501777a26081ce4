import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Generator, generator, tensor } from '../../engine/index.ts'
import { type ReidSet, reid, retrieval } from '../../models/evaluation/index.ts'
import {
  type at,
  axes,
  cosine,
  gaussian,
  labels,
  reordered,
  rotated,
  rotation,
  rowsOf,
} from './embeddings.ts'

type Set = ReidSet & { x: ReturnType<typeof at> }

const set = (n: number, lowest: number, rng: Generator, ties: boolean): Set => ({
  x: ties ? axes(n, rng) : gaussian(n, 3, rng),
  ids: labels(n, lowest, 3, rng),
  cameras: labels(n, 1, 3, rng),
})

/** Step by step over the ranking, as the sets' `compute_AP.m` goes. */
function bruteForce(query: Set, gallery: Set) {
  const rows = rowsOf(query.x).map((x, q) => {
    const scores = rowsOf(gallery.x).map(z => cosine(x, z))
    const ranking = scores.map((_, j) => j).sort((i, j) => scores[j] - scores[i])
    const good = ranking.filter(
      j => gallery.ids[j] === query.ids[q] && gallery.cameras[j] !== query.cameras[q],
    )
    const clean = ranking.filter(
      j => good.includes(j) || (gallery.ids[j] !== -1 && gallery.ids[j] !== query.ids[q]),
    )
    let [hits, oldRecall, oldPrecision, ap] = [0, 0, 1, 0]
    clean.forEach((j, rank) => {
      if (good.includes(j)) hits++
      const [recall, precision] = [hits / good.length, hits / (rank + 1)]
      ap += ((recall - oldRecall) * (oldPrecision + precision)) / 2
      ;[oldRecall, oldPrecision] = [recall, precision]
    })
    const step = good.reduce((sum, j, k) => sum + (k + 1) / (clean.indexOf(j) + 1), 0) / good.length
    return { k: good.length, first: clean.indexOf(good[0]) + 1, ap, step }
  })
  const valid = rows.filter(row => row.k > 0)
  const mean = (f: (row: (typeof rows)[0]) => number): number =>
    valid.reduce((sum, row) => sum + f(row), 0) / valid.length
  return {
    queries: valid.length,
    mAP: mean(r => r.ap),
    mAPStep: mean(r => r.step),
    cmc: Array.from({ length: 10 }, (_, k) => mean(r => Number(r.first <= k + 1))),
  }
}

describe('single query re-identification', () => {
  test("against compute_AP's loop over the ranking, with junk, distractors and ties", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ties) => {
        const rng = generator(seed)
        const [query, gallery] = [set(6, 1, rng, ties), set(20, -1, rng, ties)]
        // Lengths are powers of two where there are ties: equal similarities are equal here too.
        const [result, expected] = [await reid(query, gallery), bruteForce(query, gallery)]
        expect(result.queries).toBe(expected.queries)
        if (result.queries === 0) return
        // Means over at most 6 queries of sums of at most 20 terms in 0..1.
        expect(result.mAP).toBeCloseTo(expected.mAP, 13)
        expect(result.mAPStep).toBeCloseTo(expected.mAPStep, 13)
        expected.cmc.forEach((share, k) => {
          expect(result.cmc[k]).toBeCloseTo(share, 14)
        })
        expect([result.rank1, result.rank5, result.rank10]).toEqual([0, 4, 9].map(k => result.cmc[k]))
      }),
    )
  })

  test('the order of either set and a rotation change nothing; curves rise; trapezoids lie below', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ties) => {
        const rng = generator(seed)
        const [query, gallery] = [set(5, 1, rng, ties), set(15, -1, rng, ties)]
        const shuffled = ({ x, ids, cameras }: Set): Set => {
          const order = rng.permutation(ids.length)
          const take = (list: Set['ids']): number[] => Array.from(order, i => Number(list[i]))
          return { x: reordered(x, order), ids: take(ids), cameras: take(cameras) }
        }
        const result = await reid(query, gallery, { ties: 'worst' })
        if (result.queries === 0) return
        const same = await reid(shuffled(query), shuffled(gallery), { ties: 'worst' })
        const q = rotation(ties ? 2 : 3, rng)
        const turned = ({ x, ...rest }: Set): Set => ({ x: rotated(x, q), ...rest })
        // A rotation rounds, and would part what is equal.
        const other = ties ? same : await reid(turned(query), turned(gallery), { ties: 'worst' })
        for (const figure of ['rank1', 'rank5', 'rank10', 'mAP', 'mAPStep', 'queries'] as const) {
          // Sums of the same terms in another order.
          expect(same[figure]).toBeCloseTo(result[figure], 13)
          expect(other[figure]).toBeCloseTo(result[figure], 13)
        }
        expect(Array.from(result.cmc).every((v, k) => v >= (result.cmc[k - 1] ?? 0) && v <= 1)).toBe(true)
        expect(result.mAP).toBeGreaterThan(0)
        expect(result.mAP).toBeLessThanOrEqual(result.mAPStep + 1e-14)
        expect((await reid(query, gallery)).mAPStep).toBeGreaterThanOrEqual(result.mAPStep - 1e-14)
      }),
    )
  })

  test('junk may come and go; without it, and each row as a query, it is what retrieval finds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const rng = generator(seed)
        const gallery = set(12, 1, rng, false)
        const plain = await reid(gallery, gallery, { ties: 'worst' })
        const junk = { ...set(4, 1, rng, false), ids: [-1, -1, -1, -1] }
        const both = {
          x: tensor(rowsOf(junk.x).concat(rowsOf(gallery.x)), { dtype: 'float64' }),
          ids: junk.ids.concat(Array.from(gallery.ids, Number)),
          cameras: [...Array.from(junk.cameras, Number), ...Array.from(gallery.cameras, Number)],
        }
        expect(await reid(gallery, both, { ties: 'worst' })).toEqual(plain)
        const found = await retrieval(gallery.x, gallery.ids, { cameras: gallery.cameras })
        expect([plain.queries, plain.rank1, plain.mAPStep]).toEqual([found.queries, found.rank1, found.mAP])
      }),
    )
  })
})
