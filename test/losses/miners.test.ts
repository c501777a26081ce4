import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, tensor } from '../../engine/index.ts'
import {
  allTriplets,
  batchHardTriplets,
  marginTriplets,
  type Triplets,
  triplet,
  tripletsLoss,
} from '../../losses/index.ts'
import { draw, farthest, rowsOf, seeds, values } from './support.ts'

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
    for (const mine of [batchHardTriplets, marginTriplets]) {
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
