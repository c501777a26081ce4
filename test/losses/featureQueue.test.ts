import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, type Tensor, tensor } from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { adaCos, cosFace, featureQueue, irCosFace, normFace, trainingLoss } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { dot, draw, farthest, LEARNED, named, rowsOf, seeds, unit, values } from './support.ts'

onReference()

const QUEUED = LEARNED.filter(({ defaultMargin }) => defaultMargin?.scale === undefined)

/** Some batches of a few of many classes. */
function batches(seed: number, size: number) {
  const rng = generator(seed)
  const [classes, dim] = [rng.integer(4, 9), rng.integer(2, 4)]
  const all = Array.from({ length: 5 }, () => {
    const n = rng.integer(1, size)
    return { x: draw(rng, [n, dim]), y: Array.from({ length: n }, () => rng.integer(0, classes - 1)) }
  })
  return { classes, dim, all, rng }
}

const sizes = fc.integer({ min: 1, max: 6 })

describe('a queue of features', () => {
  it('tells apart the classes of the last samples, by the latest feature of each', () => {
    fc.assert(
      fc.property(seeds, sizes, (seed, size) => {
        const { classes, dim, all } = batches(seed, size)
        const loss = normFace({ classes, dim, dtype: 'float64', s: 4, queue: size })
        const seen: [label: number, u: number[]][] = []
        for (const { x, y } of all) {
          loss.update(x, y)
          rowsOf(x).forEach((row, i) => {
            seen.push([y[i], unit(row)])
          })
          const prototypes = new Map(seen.slice(-size))
          const losses = rowsOf(x).map((row, i) => {
            const z = (w: readonly number[]): number => 4 * dot(unit(row), w)
            const sum = [...prototypes.values()].reduce((total, w) => total + Math.exp(z(w)), 0)
            return Math.log(sum) - z(prototypes.get(y[i]) as number[])
          })
          const mean = losses.reduce((a, b) => a + b) / losses.length
          expect(loss(x, y).item()).toBeCloseTo(mean, 10)
        }
        // Classes that left the queue are classified by their latest feature.
        const latest = new Map(seen)
        const rows = rowsOf(loss.prototypes)
        for (const [j, w] of latest) expect(farthest(rows[j], w)).toBeLessThan(1e-12)
      }),
    )
  })

  it('is, with room for all, the memory bank of one sample a class', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { classes, dim, all } = batches(seed, 6)
        const options = { classes, dim, dtype: 'float64', s: 8, m: 0.2 } as const
        const queue = cosFace({ ...options, queue: 1000 })
        const bank = irCosFace({ ...options, estimator: 'memoryBank', window: 1, subtractMean: false })
        const every = {
          x: draw(generator(seed), [classes, dim]),
          y: Array.from({ length: classes }, (_, j) => j),
        }
        for (const { x, y } of [every, ...all]) {
          expect(trainingLoss(queue, x, y).item()).toBeCloseTo(trainingLoss(bank, x, y).item(), 10)
        }
      }),
      { numRuns: 20 },
    )
  })

  it.each(named(QUEUED))('of %s has the gradient in x alone, that of its differences', (_, row) => {
    const [classes, dim, seed] = [5, 3, 4]
    const rng = generator(seed)
    const loss = row.create({
      classes,
      dim,
      dtype: 'float64',
      queue: 6,
      ...(row.defaults.s === 64 && { s: 4 }),
    })
    const gallery = draw(rng, [4, dim])
    loss.update(gallery, [0, 2, 2, 3])
    const x = tensor(rowsOf(draw(rng, [3, dim])), { dtype: 'float64', requiresGrad: true })
    const y = [2, 0, 3]
    expect(Object.keys(loss.parameters)).toEqual(row.defaultMargin?.binary ? ['b'] : [])
    const slopes = values(grad(loss(x, y), x))
    expect(slopes.every(Number.isFinite)).toBe(true)
    expect(Math.max(...slopes.map(Math.abs))).toBeGreaterThan(1e-6)
    const { detached, normDetached } = row.defaultMargin ?? {}
    if (!detached && !normDetached) gradcheck(({ x }: { x: Tensor }) => loss(x, y), { x })
  })

  it('goes on from its state to the same bits', () => {
    const { classes, dim, all } = batches(3, 4)
    const make = () => cosFace({ classes, dim, queue: 4 })
    const [one, two] = [make(), make()]
    const narrow = all.map(({ x, y }) => ({ x: tensor(rowsOf(x)), y }))
    narrow.forEach(({ x, y }, i) => {
      if (i === 2) two.load(one.state())
      const value = trainingLoss(one, x, y).item()
      if (i >= 2) expect(trainingLoss(two, x, y).item()).toBe(value)
    })
  })

  it('refuses labels without a feature, batches that it cannot hold, and what goes by all classes', () => {
    const sizes = { classes: 3, dim: 2 }
    const x = tensor([
      [1, 2],
      [2, 1],
    ])
    const loss = cosFace({ ...sizes, queue: 2 })
    loss.update(x, [0, 1])
    expect(() => loss(x, [0, 2])).toThrow(
      'cosFace: queue: labels of the last update expected, got "class 2 of sample 1"',
    )
    expect(() => cosFace({ ...sizes, queue: 1 }).update(x, [0, 1])).toThrow(
      'cosFace: queue: at least the 2 samples of the batch expected, got 1',
    )
    for (const queue of [0, 1.5, Number.NaN, '9']) {
      expect(() => cosFace({ ...sizes, queue } as never)).toThrow(
        'cosFace: queue as an integer >= 1 expected',
      )
    }
    for (const [other, given] of Object.entries({
      labelSmoothing: { labelSmoothing: 0.1 },
      sampledClasses: { sampledClasses: { rate: 0.5 } },
    })) {
      expect(() => cosFace({ ...sizes, queue: 4, ...given } as never)).toThrow(
        `cosFace: ${other} or queue expected, got both`,
      )
    }
    expect(() => adaCos({ ...sizes, queue: 4 })).toThrow(
      'adaCos: a scale that goes by all classes or queue expected, got both',
    )
    expect(() => cosFace({ ...sizes, queue: 4, simplex: true })).toThrow(
      'simplex or queue expected, got both',
    )
    const { tensors } = loss.state()
    for (const labels of [undefined, [0, 1, 2], [3]]) {
      expect(() => loss.load({ tensors, values: { labels } as never })).toThrow(/^cosFace: load: /)
    }
    expect(() => featureQueue('own', sizes, -1)).toThrow('own: queue as an integer >= 1 expected, got -1')
  })
})
