import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, tensor } from '../../engine/index.ts'
import { centerLoss, trainingLoss } from '../../losses/index.ts'
import { draw, drawCase, farthest, finite, rowsOf, seeds, values } from './support.ts'

const sizes = { dtype: 'float64', reduction: 'none' } as const

describe('centerLoss', () => {
  // Sums of at most 5 squares below 16.
  it('is 1/2 ‖x - c_y‖^2, with the gradient x - c_y in x and none in c', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x: values, y, classes, dim, n } = drawCase(seed)
        const loss = centerLoss({ ...sizes, classes, dim, seed })
        const centers = rowsOf(loss.prototypes)
        const apart = rowsOf(values).map((row, i) => row.map((v, d) => v - centers[y[i]][d]))
        const expected = apart.map(a => a.reduce((s, v) => s + v * v, 0) / 2)
        const x = tensor(values.toArray(), { dtype: 'float64', requiresGrad: true })
        const dz = draw(rng, [n])
        expect(farthest(loss(x, y), expected)).toBeLessThan(1e-14)
        const u = dz.dataSync()
        expect(
          farthest(
            grad(loss(x, y), x, dz),
            apart.flatMap((a, i) => a.map(v => v * u[i])),
          ),
        ).toBeLessThan(1e-14)
        expect(loss.parameters).toEqual({})
      }),
    )
  })

  it('moves its centres by equation 4, after the loss has seen them', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.05, max: 1, noNaN: true }), (seed, alpha) => {
        const { x, y, classes, dim } = drawCase(seed)
        const loss = centerLoss({ ...sizes, classes, dim, seed, alpha })
        const before = rowsOf(loss.prototypes)
        const seen = values(loss(x, y))
        expect(values(trainingLoss(loss, x, y))).toEqual(seen)
        const moved = before.map((c, j) => {
          const own = rowsOf(x).filter((_, i) => y[i] === j)
          return c.map((v, d) => v - (alpha * own.reduce((s, r) => s + v - r[d], 0)) / (1 + own.length))
        })
        expect(farthest(loss.prototypes, moved.flat())).toBeLessThan(1e-14)
      }),
    )
  })

  it('classifies by the nearest centre', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, classes, dim } = drawCase(seed)
        const loss = centerLoss({ ...sizes, classes, dim, seed })
        const centers = rowsOf(loss.prototypes)
        const nearest = rowsOf(x).map(row => {
          const squares = centers.map(c => c.reduce((s, v, d) => s + (v - row[d]) ** 2, 0))
          return squares.indexOf(Math.min(...squares))
        })
        expect(values(loss.logits(x).argmax())).toEqual(nearest)
      }),
    )
  })

  it('refuses embeddings whose squares would overflow, and has right gradients before', () => {
    const loss = centerLoss({ classes: 2, dim: 2 })
    const x = tensor(
      [
        [1e30, 0],
        [0, 0],
      ],
      { requiresGrad: true },
    )
    expect(() => loss(x, [0, 1])).toThrow(
      'centerLoss: embeddings of lengths up to 1e+14 expected, got 1.00e+30',
    )
    const near = tensor(
      [
        [1e13, 0],
        [0, 0],
      ],
      { requiresGrad: true },
    )
    const z = loss(near, [0, 1])
    expect([z, grad(z, near)].every(finite)).toBe(true)
  })

  it('refuses what does not fit', () => {
    expect(() => centerLoss({ classes: 2, dim: 0 })).toThrow(
      'centerLoss: dim as an integer >= 1 expected, got 0',
    )
    expect(() => centerLoss({ classes: 2, dim: 2, alpha: 2 })).toThrow('centerLoss: alpha is a rate')
    expect(() => centerLoss({ classes: 2, dim: 2 })(tensor([[1, 2]]), [2])).toThrow(
      'integers from 0 to 1, got 2',
    )
    expect(() => centerLoss({ classes: 2, dim: 2 })(tensor([[1]]), [1])).toThrow('D is 1 in x but 2 in W')
  })
})
