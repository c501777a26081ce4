import { describe, expect, test } from 'vitest'
import { averagePrecision, reid, trapezoidalPrecision } from '../../models/evaluation/index.ts'
import { at } from './embeddings.ts'

describe('single query re-identification, by hand', () => {
  test('junk is skipped, a distractor is not', async () => {
    const query = { x: at(0), ids: [7], cameras: [1] }
    const gallery = {
      x: at(1, 2, 3, 4, 5, 6),
      // Same camera: out. Junk: out. Then match, distractor, match, and another person.
      ids: [7, -1, 7, 0, 7, 8],
      cameras: [1, 2, 2, 3, 3, 4],
    }
    const { mAP, mAPStep, cmc } = await reid(query, gallery, { ranks: 2 })
    // Ranks 1 and 3: precisions 1 and 2/3; before the second the precision was 1/2.
    expect(mAPStep).toBeCloseTo((1 + 2 / 3) / 2, 15)
    expect(mAP).toBeCloseTo((1 + (1 / 2 + 2 / 3) / 2) / 2, 15)
    expect(Array.from(cmc)).toEqual([1, 1])
    expect([trapezoidalPrecision([1, 3]), averagePrecision([1, 3])]).toEqual([mAP, mAPStep])
  })

  test('of equals the first in the gallery, or the worst', async () => {
    const query = { x: at(0), ids: [1], cameras: [1] }
    const gallery = { x: at(5, 5), ids: [1, 2], cameras: [2, 2] }
    expect((await reid(query, gallery)).rank1).toBe(1)
    expect((await reid(query, gallery, { ties: 'worst' })).rank1).toBe(0)
    expect((await reid(query, { ...gallery, ids: [2, 1] })).rank1).toBe(0)
  })

  test('what cannot be right is refused, and no match at all is NaN', async () => {
    const one = { x: at(0), ids: [1], cameras: [1] }
    await expect(reid({ ...one, ids: [0] }, one)).rejects.toThrow(
      'reid: query: ids are integers >= 1, got 0 for sample 0',
    )
    await expect(reid(one, { ...one, ids: [-2] })).rejects.toThrow('reid: gallery: ids are integers >= -1')
    await expect(reid(one, { ...one, cameras: [] })).rejects.toThrow('gallery: 1 cameras expected, got 0')
    await expect(reid(one, { ...one, x: [Float32Array.of(1)] })).rejects.toThrow('D is 2 and 1')
    const { mAP, rank1, queries } = await reid(one, one)
    expect([mAP, rank1, queries]).toEqual([Number.NaN, Number.NaN, 0])
  })
})
