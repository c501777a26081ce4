import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generator, tensor } from '../../engine/index.ts'
import { templateMeans } from '../../models/evaluation/index.ts'
import { check } from '../support/property.ts'
import { gaussian, labels, rowsOf } from './embeddings.ts'

const mean = (rows: readonly number[][]): number[] =>
  rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length)

test('the mean over media of the mean over images, of weighted rows or of directions', async () => {
  await check(
    fc.asyncProperty(fc.nat(), fc.boolean(), fc.boolean(), async (seed, weighted, normalize) => {
      const rng = generator(seed)
      const n = 12
      const x = gaussian(n, 3, rng)
      const [templates, media] = [labels(n, 0, 3, rng).map(t => 10 * t), labels(n, 0, 3, rng)]
      const weights = weighted ? Array.from({ length: n }, () => rng.uniform(0, 2)) : undefined
      const { ids, x: means } = await templateMeans(x, templates, media, { weights, normalize })
      expect([...ids]).toEqual([...new Set(templates)].sort((a, b) => a - b))
      const images = rowsOf(x).map((row, i) => {
        const length = normalize ? Math.hypot(...row) : 1
        return row.map(v => (v / length) * (weights?.[i] ?? 1))
      })
      rowsOf(means).forEach((row, t) => {
        const own = images.flatMap((_, i) => (templates[i] === ids[t] ? [i] : []))
        const byMedium = [...new Set(own.map(i => media[i]))].map(m =>
          mean(own.filter(i => media[i] === m).map(i => images[i])),
        )
        // Sums of a dozen terms near 1, in float64, in another order.
        mean(byMedium).forEach((v, k) => {
          expect(row[k]).toBeCloseTo(v, 13)
        })
      })
      means.dispose()
    }),
  )
})

test('a video of many frames counts as one photo', async () => {
  const x = tensor([
    [1, 0],
    [0, 2],
    [0, 2],
    [0, 2],
  ])
  const { x: means } = await templateMeans(x, [4, 4, 4, 4], [0, 1, 1, 1])
  expect(means.toArray()).toEqual([[0.5, 1]])
  await expect(templateMeans(x, [0, 0, 0, 0], [0, 0, 0, 0], { weights: [1] })).rejects.toThrow(
    'templateMeans: 4 weights expected, one a row of x, got 1',
  )
})
