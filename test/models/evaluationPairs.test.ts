import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator } from '../../engine/index.ts'
import { auc, pairCosines, pairScores, roc, splitScores, tarAtFar } from '../../models/evaluation/index.ts'
import { at, cosine, gaussian, labels, reordered, rotated, rotation, rowsOf } from './embeddings.ts'

describe('given pairs', () => {
  const draw = (seed: number) => {
    const rng = generator(seed)
    const x = gaussian(9, 3, rng)
    const pick = (): number => rng.integer(0, 8)
    const pairs = Array.from({ length: 20 }, () => ({ a: pick(), b: pick(), same: rng.integer(0, 1) === 1 }))
    return { rng, x, pairs }
  }

  test('against brute force; rows in another order and a turned space change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const { rng, x, pairs } = draw(seed)
        const scores = await pairCosines(x, pairs)
        const order = rng.permutation(9)
        const place = Array.from(order).reduce<number[]>((p, i, k) => Object.assign(p, { [i]: k }), [])
        const moved = pairs.map(({ a, b, same }) => ({ a: place[a], b: place[b], same }))
        const shuffled = await pairCosines(reordered(x, order), moved)
        const turned = await pairCosines(rotated(x, rotation(3, rng)), pairs)
        pairs.forEach(({ a, b }, p) => {
          // Sums of three products of numbers below 1.
          expect(scores[p]).toBeCloseTo(cosine(rowsOf(x)[a], rowsOf(x)[b]), 14)
          expect(shuffled[p]).toBe(scores[p])
          expect(turned[p]).toBeCloseTo(scores[p], 13)
          expect(Math.abs(scores[p])).toBeLessThanOrEqual(1 + 1e-15)
        })
      }),
    )
  })

  test('all pairs, given, are what pairScores finds by itself', async () => {
    const rng = generator(1)
    const x = gaussian(12, 4, rng)
    const y = labels(12, 0, 2, rng)
    const pairs = y.flatMap((label, a) =>
      y.flatMap((other, b) => (a < b ? [{ a, b, same: label === other }] : [])),
    )
    const [given, all] = [splitScores(await pairCosines(x, pairs), pairs), await pairScores(x, y)]
    expect(given.same.length).toBe(all.same.length)
    expect(auc(given)).toBe(auc(all))
    expect(tarAtFar(given, 0.1)).toBe(tarAtFar(all, 0.1))
    expect(roc(given).map(p => [p.far, p.tar])).toEqual(roc(all).map(p => [p.far, p.tar]))
  })

  test('by hand, of rows given as arrays', async () => {
    const x = [Float32Array.of(3, 0), Float32Array.of(0, 2), Float32Array.of(-1, 0)]
    const pairs = [
      { a: 0, b: 0, same: true },
      { a: 0, b: 1, same: false },
      { a: 2, b: 0, same: true },
    ]
    const scores = await pairCosines(x, pairs)
    expect(Array.from(scores)).toEqual([1, 0, -1])
    expect(splitScores(scores, pairs)).toEqual({
      same: Float64Array.of(-1, 1),
      different: Float64Array.of(0),
    })
  })

  test('what cannot be right is refused', async () => {
    const pair = { a: 0, b: 1, same: true }
    const of = (...rows: number[][]): Float32Array[] => rows.map(row => Float32Array.from(row))
    await expect(pairCosines(at(0, 90), [{ ...pair, b: 2 }])).rejects.toThrow(
      'pairCosines: rows from 0 to 1 expected, got 2 in pair 0',
    )
    await expect(pairCosines(of([1, 2], [1]), [pair])).rejects.toThrow(
      'pairCosines: x: rows of length 2 expected, got 1 at row 1',
    )
    await expect(pairCosines(of([1, 2], [1, Number.NaN]), [pair])).rejects.toThrow(
      'pairCosines: x[N,D] of finite numbers expected, got others in row 1',
    )
    await expect(pairCosines([], [])).rejects.toThrow('got 0 rows of 0')
    expect(() => splitScores([1], [])).toThrow('one score a pair expected, got 1 for 0 pairs')
    expect(() => splitScores([Number.NaN], [pair])).toThrow('got NaN at pair 0')
  })
})
