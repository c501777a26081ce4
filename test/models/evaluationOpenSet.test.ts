import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generator, tensor } from '../../engine/index.ts'
import { openSetIdentification } from '../../models/evaluation/index.ts'
import { check } from '../support/property.ts'
import { at, axes, cosine, gaussian, labels, rowsOf } from './embeddings.ts'

test('rates are those of trying every threshold, ties against the probe', async () => {
  const options = fc.record({
    fpir: fc.double({ min: 0, max: 1, noNaN: true }),
    rank: fc.constantFrom(1, 2, 99),
  })
  await check(
    fc.asyncProperty(fc.nat(), fc.boolean(), options, async (seed, ties, { fpir, rank }) => {
      const rng = generator(seed)
      const [n, m] = [9, 6]
      const [x, z] = ties ? [axes(n, rng), axes(m, rng)] : [gaussian(n, 3, rng), gaussian(m, 3, rng)]
      const [asked, enrolled] = [labels(n, 0, 5, rng), labels(m, 0, 3, rng)]
      const found = await openSetIdentification(x, asked, z, enrolled, {
        fpirs: [fpir],
        withinRank: rank,
        ranks: m,
      })
      const scores = rowsOf(x).map(row => rowsOf(z).map(other => cosine(row, other)))
      const probes = asked.map((id, i) => {
        const mates = scores[i].filter((_, j) => enrolled[j] === id)
        const best = Math.max(...mates)
        // A little less: the cosines are rounded in other ways.
        const others = scores[i].filter((s, j) => enrolled[j] !== id && s >= best - 1e-12)
        return { mated: mates.length > 0, best, rank: 1 + others.length, highest: Math.max(...scores[i]) }
      })
      const [mated, unmated] = [probes.filter(p => p.mated), probes.filter(p => !p.mated)]
      expect([found.mated, found.unmated]).toEqual([mated.length, unmated.length])
      const share = (list: unknown[], of: unknown[]): number => list.length / of.length
      expect([...found.cmc]).toEqual(
        Array.from({ length: m }, (_, k) =>
          share(
            mated.filter(p => p.rank <= k + 1),
            mated,
          ),
        ),
      )
      expect(found.rank1).toBe(found.cmc[0])
      const [{ tpir, fnir, byRank, allowed }] = found.rates
      // Thresholds a little above each score, and one that all pass.
      const thresholds = [-2, ...scores.flat().map(s => s + 1e-9)]
      const within = thresholds.filter(
        t =>
          share(
            unmated.filter(p => p.highest > t),
            unmated,
          ) <= fpir,
      )
      const rates = within.map(t =>
        share(
          mated.filter(p => p.best > t && p.rank <= rank),
          mated,
        ),
      )
      if (mated.length > 0 && unmated.length > 0) {
        expect(tpir).toBe(Math.max(0, ...rates))
        expect(fnir).toBe(1 - tpir)
        expect(byRank.length).toBe(m)
        expect(byRank[Math.min(rank, m) - 1]).toBe(tpir)
        expect(allowed / unmated.length).toBeLessThanOrEqual(fpir)
        expect((allowed + 1) / unmated.length).toBeGreaterThan(fpir)
      } else expect(tpir).toBeNaN()
    }),
  )
})

test('by hand: three probes with a mate, and four without', async () => {
  const gallery = at(0, 90, 180)
  const [ids, enrolled] = [
    [1, 2, 3, 7, 7, 8, 9],
    [1, 2, 3],
  ]
  // Of 1 at 5 degrees, of 2 at 50, the third nearer to another: 85 degrees; those without at 20, 30, 44 and 45.
  const probes = at(5, 50, 85, 20, 30, 44, 45)
  const { mated, unmated, rank1, rates } = await openSetIdentification(probes, ids, gallery, enrolled, {
    fpirs: [0, 0.5, 1],
  })
  expect([mated, unmated, rank1]).toEqual([3, 4, 2 / 3])
  // The highest score without a mate is cos 20, then cos 30, cos 44, cos 45: 2's own score, cos 40, is above the third.
  expect(rates.map(({ tpir }) => tpir)).toEqual([1 / 3, 2 / 3, 2 / 3])
  expect(rates.map(({ allowed }) => allowed)).toEqual([0, 2, 4])
  const any = await openSetIdentification(probes, ids, gallery, enrolled, { fpirs: [1], withinRank: 3 })
  expect(any.rates[0].tpir).toBe(1)
  // Where all scores pass, that of 85 degrees is found at rank 3, after both that are no mates.
  expect(rates.map(({ byRank }) => byRank.slice(0, 3).join(' '))).toEqual(
    [
      [1 / 3, 1 / 3, 1 / 3],
      [2 / 3, 2 / 3, 2 / 3],
      [2 / 3, 2 / 3, 1],
    ].map(list => list.join(' ')),
  )
})

test('a collapsed embedding earns nothing', async () => {
  const same = tensor([
    [1, 2],
    [1, 2],
    [1, 2],
    [1, 2],
  ])
  const { rank1, rates } = await openSetIdentification(same, [0, 1, 8, 9], same, [0, 1, 2, 3])
  expect([rank1, ...rates.map(({ tpir }) => tpir)]).toEqual([0, 0, 0])
})
