import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, gridSample, mul, sum, tensor, uniform } from '../../engine/index.ts'

const paddings = fc.constantFrom('border' as const, 'reflection' as const)
const seeds = fc.integer({ min: 0, max: 1e6 })

/** The gradient in the grid of sum dz z, as pairs along width and height. */
function slopes(
  [h, w]: readonly [number, number],
  grid: readonly (readonly [number, number])[],
  options: Parameters<typeof gridSample>[2],
  seed: number,
): number[][] {
  const rng = generator(seed)
  const x = uniform([1, h, w, 2], rng, { low: 1, high: 9, dtype: 'float64' })
  const places = tensor([[grid]], { dtype: 'float64', requiresGrad: true })
  const z = gridSample(x, places, options)
  const dz = uniform(z.shape, rng, { low: -1, high: 1, dtype: 'float64' })
  const flat = grad(sum(mul(z, dz)), places).dataSync()
  return grid.map((_, i) => [flat[2 * i], flat[2 * i + 1]])
}

describe('the gradient of gridSample in the grid', () => {
  it('is 0 along an axis of one pixel, over which border and reflection are constant', () => {
    const places = fc.array(
      fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-2, -1, -0.3, 0, 0.2, 1)),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    fc.assert(
      fc.property(
        seeds,
        paddings,
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        places,
        (seed, padding, alignCorners, w, grid) => {
          for (const [, along] of slopes([1, w], grid, { padding, alignCorners }, seed)) {
            expect(along).toBeCloseTo(0, 15)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is 0 at the middles of the outermost pixels, as in PyTorch', () => {
    fc.assert(
      fc.property(seeds, paddings, fc.integer({ min: 2, max: 5 }), (seed, padding, size) => {
        const corners = [
          [-1, -1],
          [1, 1],
        ] as const
        const all = slopes([size, size], corners, { padding, alignCorners: true }, seed).flat()
        expect(all.every(slope => slope === 0)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it('is that of the row along the axis that has more', () => {
    const x = tensor([[[[1], [1], [8], [1]]]], { dtype: 'float64' })
    const grid = tensor([[[[0.2, 0]]]], { dtype: 'float64', requiresGrad: true })
    const z = gridSample(x, grid, { padding: 'border' })
    // Places are 2 v + 1.5: at 1.9 the slope is 2 (8 - 1).
    expect([...grad(sum(z), grid).dataSync()]).toEqual([14, 0])
  })
})
