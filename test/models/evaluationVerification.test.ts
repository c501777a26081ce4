import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tensor } from '../../engine/index.ts'
import { auc, type PairScores, pairScores, roc, tarAtFar } from '../../models/evaluation/index.ts'

const float64 = { dtype: 'float64' } as const

/** Scores from a coarse grid, so that ties abound. */
const scores = fc
  .tuple(
    fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 }),
    fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 }),
  )
  .map(
    ([same, different]): PairScores<Float64Array> => ({
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
