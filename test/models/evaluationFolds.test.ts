import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldAccuracy } from '../../models/evaluation/index.ts'

const pairs = (...same: number[]) => same.map(s => ({ a: 0, b: 0, same: s === 1 }))
const accuracy = (scores: number[], same: boolean[], t: number): number =>
  scores.filter((s, i) => s >= t === same[i]).length / scores.length

/** Scores from a coarse grid, so that ties abound, in three folds none of which is empty. */
const cases = fc
  .array(fc.record({ s: fc.integer({ min: -4, max: 4 }), same: fc.boolean(), f: fc.nat(2) }), {
    minLength: 3,
    maxLength: 30,
  })
  .map(rows => rows.map((row, i) => (i < 3 ? { ...row, f: i } : row)))

const run = (rows: { s: number; same: boolean; f: number }[]) =>
  foldAccuracy(
    rows.map(r => r.s),
    pairs(...rows.map(r => Number(r.same))),
    rows.map(r => r.f),
  )

describe("LFW's accuracy over folds", () => {
  test('each threshold is the highest of the best on the other folds; then the mean and its error', () => {
    fc.assert(
      fc.property(cases, rows => {
        const { mean, standardError, folds } = run(rows)
        folds.forEach((fold, f) => {
          const others = rows.filter(r => r.f !== f)
          const of = (list: typeof rows, t: number): number =>
            accuracy(
              list.map(r => r.s),
              list.map(r => r.same),
              t,
            )
          // Every threshold that tells integers apart.
          const tried = [-Infinity, ...Array.from({ length: 11 }, (_, k) => k - 5.5), Infinity]
          const best = Math.max(...tried.map(t => of(others, t)))
          expect(of(others, fold.threshold)).toBe(best)
          for (const t of tried.filter(t => of(others, t) === best)) {
            const between = others.some(r => r.s >= fold.threshold && r.s < t)
            expect(t > fold.threshold && between).toBe(false)
          }
          expect(fold.accuracy).toBe(
            of(
              rows.filter(r => r.f === f),
              fold.threshold,
            ),
          )
        })
        const p = folds.map(fold => fold.accuracy)
        const expected = (p[0] + p[1] + p[2]) / 3
        expect(mean).toBe(expected)
        const variance = ((p[0] - mean) ** 2 + (p[1] - mean) ** 2 + (p[2] - mean) ** 2) / 2
        // A sum of three squares, a quotient and two roots.
        expect(standardError).toBeCloseTo(Math.sqrt(variance / 3), 15)
        expect(mean >= 0 && mean <= 1).toBe(true)
      }),
    )
  })

  test('the order of the pairs does not matter, and thresholds go where the scores are moved to', () => {
    fc.assert(
      fc.property(cases, rows => {
        const result = run(rows)
        expect(run([...rows].reverse())).toEqual(result)
        // Exact on these numbers.
        const moved = run(rows.map(r => ({ ...r, s: 2 * r.s + 1 })))
        const folds = result.folds.map(fold => ({ ...fold, threshold: 2 * fold.threshold + 1 }))
        expect(moved).toEqual({ ...result, folds })
      }),
    )
  })

  test('a fold has no say in its own threshold', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: -4, max: 4 }), (rows, s) => {
        const changed = rows.map(r => (r.f === 1 ? { ...r, s, same: !r.same } : r))
        expect(run(changed).folds[1].threshold).toBe(run(rows).folds[1].threshold)
      }),
    )
  })

  test('by hand: two folds, the second misled by the first', () => {
    const result = foldAccuracy([0.9, 0.1, 0.6, 0.5], pairs(1, 0, 1, 0), [0, 0, 1, 1])
    // Fold 0 is tested at (0.6 + 0.5) / 2, which is right of both; fold 1 at (0.9 + 0.1) / 2, which accepts 0.5 too.
    expect(result.folds[0]).toEqual({ accuracy: 1, threshold: 0.55 })
    expect(result.folds[1]).toEqual({ accuracy: 0.5, threshold: 0.5 })
    expect(result.mean).toBe(0.75)
    // sqrt((0.25² + 0.25²) / 1) / sqrt(2)
    expect(result.standardError).toBeCloseTo(0.25, 15)
  })

  test('all of one kind: everything is accepted, or nothing', () => {
    const same = foldAccuracy([1, 2], pairs(1, 1), [0, 1])
    expect(same.folds.map(fold => fold.threshold)).toEqual([-Infinity, -Infinity])
    expect([same.mean, same.standardError]).toEqual([1, 0])
    expect(foldAccuracy([1, 2], pairs(0, 0), [0, 1]).folds[0].threshold).toBe(Infinity)
  })

  test('neighbouring numbers are still told apart', () => {
    const [low, high] = [1, 1 + Number.EPSILON]
    const { folds } = foldAccuracy([low, high, low, high], pairs(0, 1, 0, 1), [0, 0, 1, 1])
    expect(folds.map(fold => fold.accuracy)).toEqual([1, 1])
  })

  test('what cannot be right is refused', () => {
    expect(() => foldAccuracy([1], pairs(1), [0])).toThrow('at least 2 folds expected, got 1')
    expect(() => foldAccuracy([1, 2], pairs(1, 0), [0, 2])).toThrow(
      'pairs in every fold expected, got none in 1',
    )
    expect(() => foldAccuracy([1, 2], pairs(1, 0), [0])).toThrow(
      'foldAccuracy: folds: 2 labels expected, got 1',
    )
  })
})
