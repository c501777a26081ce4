import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, tensor } from '../../engine/index.ts'
import {
  allTriplets,
  batchHardTriplets,
  circle,
  contrastive,
  distanceWeightedTriplets,
  type MinedPairs,
  marginTriplets,
  multiSimilarity,
  multiSimilarityPairs,
  pairTriplets,
  supCon,
  type Triplets,
  triplet,
  tripletsLoss,
} from '../../losses/index.ts'
import { dot, draw, farthest, rowsOf, seeds, unit, values } from './support.ts'

function batch(seed: number) {
  const rng = generator(seed)
  const [n, dim, classes] = [rng.integer(2, 9), rng.integer(2, 4), rng.integer(1, 4)]
  const x = tensor(rowsOf(draw(rng, [n, dim])), { dtype: 'float64', requiresGrad: true })
  return { x, y: Array.from({ length: n }, () => rng.integer(0, classes - 1)), rng }
}

const keys = ({ a, p, n }: Triplets): string[] => Array.from(a, (i, k) => `${i} ${p[k]} ${n[k]}`).sort()

describe('tripletsLoss of what miners find', () => {
  it('is the loss that chooses by itself, and so is its gradient', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.boolean(), fc.boolean(), async (seed, normalized, soft) => {
        const { x, y, rng } = batch(seed)
        const margin = soft ? ('soft' as const) : rng.uniform(0.1, 0.5)
        const common = { margin, normalized }
        const [hard, all] = [await batchHardTriplets(x, y, { normalized }), allTriplets(y)]
        for (const [found, loss, average] of [
          [hard, triplet(common), 'all'],
          [all, triplet({ ...common, mining: 'all' }), 'nonzero'],
        ] as const) {
          const [given, expected] = [tripletsLoss(x, found, { ...common, average }), loss(x, y)]
          // Distances there come of squares and products: half of the digits of the smallest, 0.01 of 2.
          expect(farthest(given, expected)).toBeLessThan(1e-10)
          expect(farthest(grad(given, x), grad(expected, x))).toBeLessThan(1e-8)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('of none is 0, and refuses lists that do not fit', () => {
    const { x } = batch(1)
    const none = { a: new Int32Array(0), p: new Int32Array(0), n: new Int32Array(0) }
    const loss = tripletsLoss(x, none)
    expect([loss.item(), ...values(grad(loss, x))].every(v => v === 0)).toBe(true)
    expect(() => tripletsLoss(x, { ...none, a: Int32Array.of(0) })).toThrow(
      'tripletsLoss: as many a, p and n expected, got 1, 0 and 0',
    )
    expect(() => tripletsLoss(x, { a: [99], p: [0], n: [0] } as never)).toThrow('tripletsLoss: a')
  })
})

describe('marginTriplets', () => {
  it('are every triplet once: easy, semi-hard or hard', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async seed => {
        const { x, y, rng } = batch(seed)
        const margin = rng.uniform(0.05, 0.8)
        const of = async (kind: 'violating' | 'hard' | 'semihard' | 'easy') =>
          keys(await marginTriplets(x, y, { margin, kind }))
        const [violating, hard, semihard, easy] = [
          await of('violating'),
          await of('hard'),
          await of('semihard'),
          await of('easy'),
        ]
        expect([...hard, ...semihard].sort()).toEqual(violating)
        expect([...violating, ...easy].sort()).toEqual(keys(allTriplets(y)))
        // What violates the margin is what has a loss.
        const found = await marginTriplets(x, y, { margin, kind: 'easy' })
        expect(tripletsLoss(x, found, { margin }).item()).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  it('refuses what does not fit', async () => {
    const { x, y } = batch(2)
    await expect(marginTriplets(x, y.slice(1))).rejects.toThrow('marginTriplets: ')
    await expect(marginTriplets(x, y, { kind: 'soft' as never })).rejects.toThrow('marginTriplets: kind')
    await expect(batchHardTriplets(x, y, { margin: 1 } as never)).rejects.toThrow('there is no option margin')
  })
})

describe('miners and NaN', () => {
  it.each([Number.NaN, Infinity])('refuse %d by the sample that has it', async value => {
    const x = tensor([
      [1, 2],
      [3, 4],
      [5, value],
      [7, 8],
    ])
    for (const mine of [batchHardTriplets, marginTriplets, distanceWeightedTriplets, multiSimilarityPairs]) {
      await expect(mine(x, [0, 0, 1, 1])).rejects.toThrow(
        `${mine.name}: finite embeddings expected, got ${value} for sample 2`,
      )
    }
  })

  it('name triplets that are missing', () => {
    for (const given of [undefined, null, 3]) {
      expect(() => tripletsLoss(batch(1).x, given as never)).toThrow(
        'tripletsLoss: triplets as an object, { a, p, n }, expected',
      )
    }
  })
})

/** All pairs of a batch. */
function everyPair(y: readonly number[]): MinedPairs {
  const all = y.flatMap((_, i) => y.map((_, j) => [i, j])).filter(([i, j]) => i !== j)
  const [same, other] = [all.filter(([i, j]) => y[i] === y[j]), all.filter(([i, j]) => y[i] !== y[j])]
  const column = (pairs: number[][], k: number) => Int32Array.from(pairs, pair => pair[k])
  return { a1: column(same, 0), p: column(same, 1), a2: column(other, 0), n: column(other, 1) }
}

describe('multiSimilarityPairs', () => {
  it('are those that the loss of that name chooses', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.double({ min: 0, max: 0.5, noNaN: true }), async (seed, epsilon) => {
        const { x, y } = batch(seed)
        const mined = await multiSimilarityPairs(x, y, { epsilon })
        const among = multiSimilarity({ epsilon: Infinity }).among(x, y, mined)
        const chosen = multiSimilarity({ epsilon })(x, y)
        expect(farthest(among, chosen)).toBeLessThan(1e-12)
        expect(farthest(grad(among, x), grad(chosen, x))).toBeLessThan(1e-12)
      }),
      { numRuns: 60 },
    )
  })

  it('make triplets of each pair of one class with each of two, by anchors', () => {
    const pairs = {
      a1: Int32Array.of(0, 1, 0),
      p: Int32Array.of(1, 0, 2),
      a2: Int32Array.of(0, 3),
      n: Int32Array.of(4, 0),
    }
    expect(keys(pairTriplets(pairs))).toEqual(['0 1 4', '0 2 4'])
    const y = [0, 0, 1, 1, 2, 0]
    expect(keys(pairTriplets(everyPair(y)))).toEqual(keys(allTriplets(y)))
    expect(() => pairTriplets(undefined as never)).toThrow('pairTriplets: pairs as an object')
    const odd = { ...pairs, p: Int32Array.of(1) }
    expect(() => pairTriplets(odd)).toThrow(
      'pairTriplets: as many a1 as p and a2 as n expected, got 3 and 1, 2 and 2',
    )
  })
})

describe('a loss among pairs', () => {
  it('of all of them is the loss, and of a part what its sums have of it', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y } = batch(seed)
        for (const loss of [
          contrastive(),
          triplet(),
          triplet({ mining: 'all' }),
          supCon(),
          circle({ gamma: 8 }),
        ]) {
          const [among, whole] = [loss.among(x, y, everyPair(y)), loss(x, y)]
          expect(among.item()).toBe(whole.item())
          expect(values(grad(among, x))).toEqual(values(grad(whole, x)))
        }
        const { a1, p, a2, n } = everyPair(y)
        const half = { a1: a1.slice(1), p: p.slice(1), a2: a2.slice(1), n: n.slice(1) }
        const near = Array.from(half.a1, (a, k) => {
          const [u, v] = [a, half.p[k]].map(i => unit(rowsOf(x)[i]))
          return 1 - dot(u, v)
        })
        // 1/2 d^2 of unit vectors; no pair of two classes is as near as 1e-9.
        const expected = near.length === 0 ? 0 : near.reduce((a, b) => a + b) / near.length
        expect(contrastive({ margin: 1e-9, average: 'all' }).among(x, y, half).item()).toBeCloseTo(
          expected,
          12,
        )
      }),
      { numRuns: 40 },
    )
  })

  it('refuses pairs that are none', () => {
    const { x } = batch(1)
    const y = Array.from({ length: x.shape[0] }, (_, i) => i % 2)
    const none = new Int32Array(0)
    const of = (pairs: Partial<MinedPairs>) => () =>
      contrastive().among(x, y, { a1: none, p: none, a2: none, n: none, ...pairs })
    expect(of({ a1: Int32Array.of(0), p: Int32Array.of(0) })).toThrow(
      'contrastive: two samples of one class expected, got 0 and 0',
    )
    expect(of({ a1: Int32Array.of(0), p: Int32Array.of(1) })).toThrow('two samples of one class expected')
    expect(of({ a2: Int32Array.of(0) })).toThrow('contrastive: as many a1 as p and a2 as n expected')
    expect(of({ a2: Int32Array.of(99), n: none })).toThrow('contrastive: a2')
    expect(() => contrastive().among(x, y, null as never)).toThrow('contrastive: pairs as an object')
  })
})

describe('distanceWeightedTriplets', () => {
  it('draws each n as often as its weight says, and each p alike', async () => {
    // Chords from the anchor (1, 0, 0, 0, 0), and their densities on the sphere of five dimensions.
    const chords = [0.3, 0.7, 1, 1.3, 1.39, 1.5]
    const far = (d: number) => {
      const c = 1 - d ** 2 / 2
      return [c, Math.sqrt(1 - c * c), 0, 0, 0]
    }
    const x = tensor([far(0), far(0.4), far(0.5), far(0.6), ...chords.map(far)], { dtype: 'float64' })
    const y = [0, 0, 0, 0, ...chords.map((_, k) => k + 1)]
    const weights = chords.map(d => {
      const c = Math.max(d, 0.5)
      return d >= 1.4 ? 0 : 1 / (c ** 3 * (1 - c ** 2 / 4))
    })
    const total = weights.reduce((a, b) => a + b)
    const count = 40_000
    const { a, p, n } = await distanceWeightedTriplets(x, y, { perAnchor: count, seed: 5 })
    const [near, other] = [new Map<number, number>(), new Map<number, number>()]
    a.forEach((anchor, k) => {
      if (anchor !== 0) return
      near.set(p[k], (near.get(p[k]) ?? 0) + 1)
      other.set(n[k], (other.get(n[k]) ?? 0) + 1)
    })
    // Five sigma of a share of so many draws: 5 sqrt(1/4 / 40,000).
    const within = (found: number | undefined, share: number) =>
      expect(Math.abs((found ?? 0) / count - share)).toBeLessThan(0.0125)
    for (const j of [1, 2, 3]) within(near.get(j), 1 / 3)
    chords.forEach((_, k) => {
      within(other.get(4 + k), weights[k] / total)
    })
    expect(other.has(9)).toBe(false)
  })

  it('has triplets of the batch, as many an anchor as samples of its class, the same from a seed', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async seed => {
        const { x, y } = batch(seed)
        const wide = { cutoff: 0.01, nonzeroLossCutoff: 3 }
        const found = await distanceWeightedTriplets(x, y, { ...wide, seed })
        const again = await distanceWeightedTriplets(x, y, { ...wide, rng: generator(seed) })
        expect(again).toEqual(found)
        const possible = new Set(keys(allTriplets(y)))
        for (const key of keys(found)) expect(possible.has(key)).toBe(true)
        y.forEach((label, i) => {
          const own = y.filter(other => other === label).length
          const expected = own > 1 && own < y.length ? own : 0
          expect(found.a.filter(a => a === i).length).toBe(expected)
        })
      }),
      { numRuns: 30 },
    )
  })

  it('has finite weights up to opposite vectors, in every dimension', async () => {
    for (const [dim, often] of [
      // By 1 / q(d): the opposite one against one at sqrt(2), in D = 3 both by 1 / d; where q is 0 the opposite one, where it is infinite never.
      [2, 0],
      [3, 1 / (1 + Math.SQRT2)],
      [8, 1],
    ]) {
      const axis = (at: number, sign = 1) => Array.from({ length: dim }, (_, k) => (k === at ? sign : 0))
      const x = tensor([axis(0), axis(0), axis(0, -1), axis(1)], { dtype: 'float64' })
      const options = { nonzeroLossCutoff: 3, perAnchor: 4000 }
      const { a, n } = await distanceWeightedTriplets(x, [0, 0, 1, 2], options)
      const drawn = Array.from(n).filter((_, k) => a[k] === 0)
      const share = drawn.filter(at => at === 2).length / drawn.length
      // Five sigma of a share of 4,000 draws.
      expect(Math.abs(share - often)).toBeLessThan(0.04)
    }
  })

  it('has none where all are too far, and refuses what is no number', async () => {
    const x = tensor([
      [1, 0],
      [1, 0.1],
      [-1, 0],
    ])
    expect((await distanceWeightedTriplets(x, [0, 0, 1])).a.length).toBe(0)
    for (const [option, value] of Object.entries({
      cutoff: 0,
      nonzeroLossCutoff: Number.NaN,
      perAnchor: 0,
    })) {
      await expect(distanceWeightedTriplets(x, [0, 0, 1], { [option]: value })).rejects.toThrow(
        `distanceWeightedTriplets: ${option} `,
      )
    }
    await expect(multiSimilarityPairs(x, [0, 0, 1], { epsilon: -1 })).rejects.toThrow('epsilon')
  })
})
