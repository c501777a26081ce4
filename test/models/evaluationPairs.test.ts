import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, matmul, randn, type Tensor, tensor } from '../../engine/index.ts'
import {
  auc,
  type PairScores,
  pairScores,
  retrieval,
  roc,
  similarities,
  tarAtFar,
} from '../../models/evaluation/index.ts'

const float64 = { dtype: 'float64' } as const

/** Scores from a coarse grid, so that ties abound. */
const scores = fc
  .tuple(
    fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 }),
    fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 }),
  )
  .map(
    ([same, different]): PairScores => ({
      same: Float64Array.from(same).sort(),
      different: Float64Array.from(different).sort(),
    }),
  )
const rate = (list: ArrayLike<number>, t: number): number =>
  Array.from(list).filter(s => s >= t).length / list.length

describe('verification', () => {
  test('AUC against all pairs, and against the area under the curve', () => {
    fc.assert(
      fc.property(scores, s => {
        let wins = 0
        for (const a of s.same) for (const b of s.different) wins += a > b ? 1 : a === b ? 0.5 : 0
        expect(auc(s)).toBe(wins / (s.same.length * s.different.length))
        const points = roc(s)
        let area = 0
        for (let i = 1; i < points.length; i++) {
          area += ((points[i].far - points[i - 1].far) * (points[i].tar + points[i - 1].tar)) / 2
        }
        // At most 24 trapezoids of rounded quotients.
        expect(area).toBeCloseTo(auc(s), 13)
      }),
    )
  })

  test('every point of the curve is what its threshold accepts, and no score is missing', () => {
    fc.assert(
      fc.property(scores, s => {
        for (const { threshold, far, tar } of roc(s)) {
          expect([far, tar]).toEqual([rate(s.different, threshold), rate(s.same, threshold)])
        }
        expect(roc(s).length).toBe(1 + new Set([...s.same, ...s.different]).size)
      }),
    )
  })

  test('TAR at FAR is the best over all thresholds that keep the rate', () => {
    const far = fc.oneof(
      fc.integer({ min: 0, max: 100 }).map(k => k / 100),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(scores, far, (s, far) => {
        const kept = roc(s).filter(point => point.far <= far)
        expect(tarAtFar(s, far)).toBe(Math.max(...kept.map(point => point.tar)))
      }),
    )
  })

  test('by hand: 29 of 100 strangers are accepted at 0.29, though 0.29 * 100 < 29', () => {
    const different = Float64Array.from({ length: 100 }, (_, i) => i)
    expect(tarAtFar({ same: Float64Array.of(70, 71), different }, 0.29)).toBe(0.5)
    expect(() => tarAtFar({ same: different, different }, 2)).toThrow('a rate from 0 to 1 expected, got 2')
  })

  test('pairs by hand, with and without cameras', async () => {
    const x = tensor(
      [
        [1, 0],
        [2, 0],
        [0, 3],
        [0, -1],
      ],
      float64,
    )
    const all = await pairScores(x, [0, 0, 0, 1])
    expect(all).toEqual({ same: Float64Array.of(0, 0, 1), different: Float64Array.of(-1, 0, 0) })
    const across = await pairScores(x, [0, 0, 0, 1], [7, 7, 8, 8])
    expect(across).toEqual({ same: Float64Array.of(0, 0), different: Float64Array.of(0, 0) })
  })
})

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
    return { first: hits[0], ap: hits.reduce((t, rank, k) => t + (k + 1) / rank, 0) / hits.length }
  })
  const valid = rows.filter(row => row.first !== undefined)
  const mean = (f: (row: { first: number; ap: number }) => number): number =>
    valid.reduce((t, row) => t + f(row), 0) / valid.length
  return {
    mAP: mean(r => r.ap),
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
        const expected = bruteForce(
          x.toArray() as number[][],
          y,
          rule === 'none' ? undefined : cameras,
          rule === 'all',
        )
        expect(result.queries).toBe(expected.queries)
        // Means of at most 15 quotients in 0..1.
        expect(result.mAP).toBeCloseTo(expected.mAP, 14)
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

describe('what must not matter', () => {
  const figures = async (x: Tensor, y: number[], cameras: number[]) => {
    const pairs = await pairScores(x, y, cameras)
    const { cmc, mAP } = await retrieval(x, y, { cameras })
    // -1 for what has no pairs or no queries.
    return [auc(pairs), tarAtFar(pairs, 0.1), mAP, ...cmc].map(f => (Number.isNaN(f) ? -1 : f))
  }

  test('the order of the rows, and a rotation of the space', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const rng = generator(seed)
        const x = randn([14, 2], rng, float64)
        const y = Array.from({ length: 14 }, () => rng.integer(0, 2))
        const cameras = Array.from({ length: 14 }, () => rng.integer(0, 5))
        const expected = await figures(x, y, cameras)
        const order = Array.from(rng.permutation(14))
        const rows = x.toArray() as number[][]
        const shuffled = tensor(
          order.map(i => rows[i]),
          float64,
        )
        const angle = rng.uniform(0, 7)
        const [c, s] = [Math.cos(angle), Math.sin(angle)]
        const turned = matmul(
          x,
          tensor(
            [
              [c, s],
              [-s, c],
            ],
            float64,
          ),
        )
        const take = (list: number[]): number[] => order.map(i => list[i])
        const [a, b] = [await figures(shuffled, take(y), take(cameras)), await figures(turned, y, cameras)]
        expected.forEach((figure, k) => {
          // Sums of the same terms in another order; ranks are equal, for random rows do not nearly tie.
          expect(a[k]).toBeCloseTo(figure, 13)
          expect(b[k]).toBeCloseTo(figure, 13)
        })
      }),
    )
  })

  test('the height of the blocks', async () => {
    const x = randn([7, 3], generator(1), float64)
    const values = async (size: number): Promise<number[]> => {
      const all: number[] = []
      for await (const { start, rows, cosines } of similarities(x, x, size)) {
        expect([start * 7, cosines.length]).toEqual([all.length, rows * 7])
        all.push(...cosines)
      }
      return all
    }
    expect(await values(1)).toEqual(await values(1000))
    expect((await values(15)).length).toBe(49)
  })
})
