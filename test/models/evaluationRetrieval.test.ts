import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn, tensor } from '../../engine/index.ts'
import { retrieval } from '../../models/evaluation/index.ts'

const float64 = { dtype: 'float64' } as const

/** Rank by rank, as the definition reads. */
function bruteForce(x: number[][], y: number[], cameras: number[] | undefined, all: boolean) {
  const cosine = (a: number[], b: number[]): number =>
    a.reduce((t, v, k) => t + v * b[k], 0) / Math.hypot(...a) / Math.hypot(...b)
  const rows = x.map((query, i) => {
    const gallery = x
      .map((image, j) => ({ j, same: y[j] === y[i], score: cosine(query, image) }))
      .filter(({ j, same }) => j !== i && !(cameras && cameras[j] === cameras[i] && (same || all)))
      .sort((a, b) => b.score - a.score)
    const hits = gallery.flatMap(({ same }, rank) => (same ? [rank + 1] : []))
    // The area by trapezoids, rank by rank.
    let [found, precision, area] = [0, 1, 0]
    for (const [rank, { same }] of gallery.entries()) {
      if (same) found++
      const next = found / (rank + 1)
      if (same) area += (precision + next) / 2 / hits.length
      precision = next
    }
    return { first: hits[0], area, ap: hits.reduce((t, rank, k) => t + (k + 1) / rank, 0) / hits.length }
  })
  const valid = rows.filter(row => row.first !== undefined)
  const mean = (f: (row: (typeof rows)[0]) => number): number =>
    valid.reduce((t, row) => t + f(row), 0) / valid.length
  return {
    mAP: mean(r => r.ap),
    mAPTrapezoid: mean(r => r.area),
    cmc: [1, 2, 3].map(k => mean(r => (r.first <= k ? 1 : 0))),
    queries: valid.length,
  }
}

describe('retrieval', () => {
  const draw = (seed: number) => {
    const rng = generator(seed)
    const pick = (): number[] => Array.from({ length: 15 }, () => rng.integer(0, 3))
    return { rng, x: randn([15, 3], rng, float64), y: pick(), cameras: pick() }
  }

  test('against brute force, under each camera rule', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom('none', 'identity', 'all'), async (seed, rule) => {
        const { x, y, cameras } = draw(seed)
        const result = await retrieval(x, y, {
          ranks: 3,
          ...(rule === 'none' ? {} : { cameras, exclude: rule as 'identity' | 'all' }),
        })
        const expected = bruteForce(x.toArray(), y, rule === 'none' ? undefined : cameras, rule === 'all')
        expect(result.queries).toBe(expected.queries)
        // Means of at most 15 quotients in 0..1.
        expect(result.mAP).toBeCloseTo(expected.mAP, 14)
        expect(result.mAPTrapezoid).toBeCloseTo(expected.mAPTrapezoid, 14)
        expected.cmc.forEach((share, k) => {
          expect(result.cmc[k]).toBeCloseTo(share, 14)
        })
        expect(result.rank1).toBe(result.cmc[0])
      }),
    )
  })

  test('by hand: the ranks 1 and 3 give an average precision of (1/1 + 2/3) / 2', async () => {
    const at = (degrees: number): number[] => [
      Math.cos((degrees * Math.PI) / 180),
      Math.sin((degrees * Math.PI) / 180),
    ]
    const x = tensor([at(0), at(10), at(25), at(40)], float64)
    const { mAP, cmc, queries } = await retrieval(x, [0, 0, 1, 0], { ranks: 2 })
    // The queries at 0 and 10 degrees find theirs at ranks 1 and 3, the one at 40 at ranks 2 and 3.
    expect(queries).toBe(3)
    expect(Array.from(cmc)).toEqual([2 / 3, 1])
    expect(mAP).toBeCloseTo((2 * ((1 + 2 / 3) / 2) + (1 / 2 + 2 / 3) / 2) / 3, 14)
  })

  test('a collapsed embedding earns the worst order', async () => {
    const { mAP, rank1 } = await retrieval(
      tensor([
        [1, 0],
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
      [0, 0, 1, 1],
    )
    expect([rank1, mAP]).toEqual([0, 1 / 3])
  })

  test('no query has a match: NaN, not 0', async () => {
    const { rank1, mAP, queries } = await retrieval(
      tensor([
        [1, 0],
        [0, 1],
      ]),
      [0, 1],
    )
    expect([rank1, mAP, queries]).toEqual([Number.NaN, Number.NaN, 0])
  })
})
