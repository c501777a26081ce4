import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  auc,
  foldAccuracy,
  pairCosines,
  splitScores,
  tarAtFar,
  tarAtFars,
  verificationReport,
} from '../../models/evaluation/index.ts'
import { check } from '../support/property.ts'
import { at } from './embeddings.ts'

/** Scores from a coarse grid, so that ties abound, in two folds neither of which is empty. */
const cases = fc
  .array(fc.record({ s: fc.integer({ min: -4, max: 4 }), same: fc.boolean() }), {
    minLength: 2,
    maxLength: 30,
  })
  .map(rows => ({
    scores: rows.map(({ s }) => s / 8),
    pairs: rows.map(({ same }) => ({ a: 0, b: 1, same })),
    folds: rows.map((_, p) => p % 2),
  }))
const fars = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })

describe('tarAtFars', () => {
  test('is tarAtFar with the number of pairs behind it', () => {
    check(
      fc.property(cases, fars, ({ scores, pairs }, fars) => {
        const split = splitScores(scores, pairs)
        const rows = tarAtFars(split, fars)
        expect(rows.map(({ far }) => far)).toEqual(fars)
        rows.forEach(({ far, tar, allowed, accepted, above }) => {
          expect(tar).toBe(tarAtFar(split, far))
          const n = split.different.length
          // The most whose share is at most the rate: by trying all.
          expect(allowed).toBe(
            Math.max(0, ...Array.from({ length: n }, (_, k) => k + 1).filter(k => k / n <= far)),
          )
          expect(accepted).toBe(split.different.filter(score => score > above).length)
          expect(accepted).toBeLessThanOrEqual(allowed)
          if (split.same.length > 0 && n > 0) {
            expect(tar).toBe(split.same.filter(score => score > above).length / split.same.length)
          }
        })
      }),
    )
  })

  test('by default 1e-1 to 1e-6; a rate below one pair rests on none', () => {
    const split = { same: [0.1, 0.9], different: Array.from({ length: 100 }, (_, i) => i / 200) }
    const rows = tarAtFars(split as never)
    expect(rows.map(({ far }) => far)).toEqual([1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
    expect(rows.map(({ allowed }) => allowed)).toEqual([10, 1, 0, 0, 0, 0])
  })
})

/**
 * What insightface's ijb_11.py reports: scikit-learn's `roc_curve`, which drops the points between two neighbours on a line, read at the
 * point whose FAR is nearest, of equally near ones the first from the end of the curve.
 */
function nearestPointTar(scores: readonly number[], same: readonly boolean[], far: number): number {
  const order = scores.map((_, p) => p).sort((p, q) => scores[q] - scores[p])
  let [t, f] = [0, 0]
  const points = [[0, 0]]
  order.forEach((p, k) => {
    if (same[p]) t++
    else f++
    if (scores[order[k + 1]] !== scores[p]) points.push([f, t])
  })
  const kept = points.filter((point, k) => {
    const [before, after] = [points[k - 1], points[k + 1]]
    if (before === undefined || after === undefined) return true
    return after[0] - point[0] !== point[0] - before[0] || after[1] - point[1] !== point[1] - before[1]
  })
  const far_ = (point: number[]): number => Math.abs(point[0] / f - far)
  const nearest = kept.reverse().reduce((best, point) => (far_(point) < far_(best) ? point : best))
  return nearest[1] / t
}

test('a rival that takes the nearest FAR of a thinned curve says 100 % of eight pairs where 66.7 % is right', () => {
  const [same, scores] = [
    [true, true, false, false, true, false, false, false],
    [8, 7, 6, 5, 4, 3, 2, 1],
  ]
  const pairs = same.map(same => ({ a: 0, b: 1, same }))
  expect(nearestPointTar(scores, same, 0.3)).toBe(1)
  expect(tarAtFar(splitScores(scores, pairs), 0.3)).toBe(2 / 3)
})

describe('verificationReport', () => {
  test('is made of foldAccuracy, auc and tarAtFars', () => {
    check(
      fc.property(cases, fars, ({ scores, pairs, folds }, fars) => {
        const report = verificationReport(scores, pairs, folds, { fars })
        const split = splitScores(scores, pairs)
        expect(report).toEqual({
          pairs: { same: split.same.length, different: split.different.length },
          accuracy: foldAccuracy(scores, pairs, folds),
          auc: auc(split),
          rates: tarAtFars(split, fars),
        })
      }),
    )
  })

  test('pairs may be columns: the same figures, and errors by pair', async () => {
    const x = at(0, 10, 80, 200)
    const index = fc.nat(3)
    const lists = fc.array(fc.tuple(index, index, fc.boolean()), { minLength: 2, maxLength: 9 })
    await check(
      fc.asyncProperty(lists, async list => {
        const pairs = list.map(([a, b, same]) => ({ a, b, same }))
        const columns = {
          a: Int32Array.from(list, ([a]) => a),
          b: Int32Array.from(list, ([, b]) => b),
          same: Uint8Array.from(list, ([, , same]) => Number(same)),
        }
        const scores = await pairCosines(x, pairs)
        expect(await pairCosines(x, columns)).toEqual(scores)
        const folds = list.map((_, p) => p % 2)
        expect(verificationReport(scores, columns, folds)).toEqual(verificationReport(scores, pairs, folds))
      }),
    )
    const columns = { a: Int32Array.of(0, 4), b: Int32Array.of(1, 1), same: Uint8Array.of(1, 2) }
    await expect(pairCosines(x, columns)).rejects.toThrow('rows from 0 to 3 expected, got 4 in pair 1')
    expect(() => splitScores([1, 2], columns)).toThrow('same as true or false expected, got 2 in pair 1')
    expect(() => splitScores([1, 2], { ...columns, a: Int32Array.of(1) })).toThrow(
      'splitScores: a[P] b[P] same[P] expected, got 1, 2 and 2',
    )
  })
})
