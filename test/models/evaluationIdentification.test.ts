import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { broadcastTo, generator, randn, type Tensor } from '../../engine/index.ts'
import { identification } from '../../models/evaluation/index.ts'
import { at, axes, cosine, gaussian, labels, reordered, rotated, rotation, rowsOf } from './embeddings.ts'

const SIZES = [0, 3, 7, 12]

/** Trial by trial, as the definition reads. */
function bruteForce(x: Tensor, y: number[], z: Tensor, n: number): number[] {
  const [probes, others] = [rowsOf(x), rowsOf(z).slice(0, n)]
  const ranks = probes.flatMap((probe, i) =>
    probes.flatMap((mate, j) => {
      if (i === j || y[i] !== y[j]) return []
      return [1 + others.filter(d => cosine(probe, d) >= cosine(probe, mate)).length]
    }),
  )
  return [1, 2, 3].map(k => ranks.filter(r => r <= k).length / ranks.length)
}

describe('identification among distractors', () => {
  const draw = (seed: number, ties: boolean) => {
    const rng = generator(seed)
    const x = ties ? axes(8, rng) : gaussian(8, 3, rng)
    const z = ties ? axes(12, rng) : gaussian(12, 3, rng)
    return { rng, x, y: labels(8, 0, 3, rng), z }
  }

  test('against brute force, ties and all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ties) => {
        const { x, y, z } = draw(seed, ties)
        const { curves, trials } = await identification(x, y, z, { sizes: SIZES, ranks: 3 })
        expect(trials).toBe(y.reduce((sum, a) => sum + y.filter(b => b === a).length - 1, 0))
        curves.forEach(({ distractors, cmc, rank1 }, s) => {
          expect(distractors).toBe(SIZES[s])
          expect(Array.from(cmc)).toEqual(bruteForce(x, y, z, distractors))
          expect(rank1).toBe(cmc[0])
        })
      }),
    )
  })

  test('curves rise with the rank and fall with the distractors, from 1 at none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, ties) => {
        const { x, y, z } = draw(seed, ties)
        const { curves, trials } = await identification(x, y, z, { sizes: SIZES, ranks: 13 })
        if (trials === 0) return
        expect(curves[0].rank1).toBe(1)
        curves.forEach(({ cmc }, s) => {
          expect(cmc[12]).toBe(1)
          cmc.forEach((share, k) => {
            expect(share >= (cmc[k - 1] ?? 0) && share <= (curves[s - 1]?.cmc[k] ?? 1)).toBe(true)
          })
        })
      }),
    )
  })

  test('the order of the probes and a rotation change nothing, nor that of distractors counted together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const { rng, x, y, z } = draw(seed, false)
        const expected = await identification(x, y, z, { sizes: [12] })
        const order = rng.permutation(8)
        const moved = reordered(x, order)
        const names = Array.from(order, i => y[i])
        const shuffled = reordered(z, rng.permutation(12))
        expect(await identification(moved, names, shuffled, { sizes: [12] })).toEqual(expected)
        const q = rotation(3, rng)
        expect(await identification(rotated(x, q), y, rotated(z, q), { sizes: [12] })).toEqual(expected)
      }),
    )
  })

  test('by hand: one person at 0, 10 and 50 degrees, distractors at 24 and 180', async () => {
    const { curves, trials } = await identification(at(0, 10, 50), [5, 5, 5], at(24, 180), { ranks: 2 })
    expect(trials).toBe(6)
    // Only 0 and 10 are nearer to each other than to 24; nothing is as far off as 180.
    expect(curves).toEqual([{ distractors: 2, rank1: 2 / 6, cmc: Float64Array.of(2 / 6, 1) }])
  })

  test('a collapsed embedding finds nobody, whatever the shapes', async () => {
    for (const [n, m] of [
      [2, 1],
      [3, 17],
      [5, 300],
    ]) {
      const row = randn([1, 61], generator(n))
      const { curves } = await identification(
        broadcastTo(row, [n, 61]),
        Array(n).fill(0),
        broadcastTo(row, [m, 61]),
      )
      expect(curves.every(({ rank1 }) => rank1 === 0)).toBe(true)
    }
  })

  test.each([
    [1, [1]],
    [9, [9]],
    [10, [10]],
    [11, [10, 11]],
    [99, [10, 99]],
    [100, [10, 100]],
    [101, [10, 100, 101]],
    [1000, [10, 100, 1000]],
  ])('by default %i distractors are counted as %j, each number once', async (m, sizes) => {
    const rng = generator(m)
    const [x, z] = [gaussian(4, 2, rng), gaussian(m, 2, rng)]
    const y = [0, 0, 1, 1]
    const { curves } = await identification(x, y, z, { ranks: 3 })
    expect(curves.map(({ distractors }) => distractors)).toEqual(sizes)
    for (const { distractors, cmc } of curves)
      expect(Array.from(cmc)).toEqual(bruteForce(x, y, z, distractors))
  })

  test('what cannot be right is refused, and no mates at all is NaN', async () => {
    const run = (y: number[], sizes?: number[]) => identification(at(0, 1), y, at(2, 3), { sizes })
    await expect(run([0])).rejects.toThrow('identification: 2 labels expected, got 1')
    await expect(run([0, 0], [3])).rejects.toThrow('numbers of distractors from 0 to 2 expected, got [3]')
    await expect(run([0, 0], [1, 1])).rejects.toThrow('ascending numbers')
    expect((await run([0, 1])).curves[0].rank1).toBeNaN()
  })
})
