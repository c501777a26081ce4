import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classBalancedWeights, cosFace, ldamMargins } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { drawCase, farthest, seeds, values } from './support.ts'

onReference()

const classSizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 })
const betas = fc.double({ min: 0, max: 0.9999, noNaN: true })
const total = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b)

describe('classBalancedWeights', () => {
  it('is (1 - beta) / (1 - beta^n), up to a factor that makes the sum C', () => {
    fc.assert(
      fc.property(classSizes, betas, (sizes, beta) => {
        const plain = sizes.map(n => (1 - beta) / (1 - beta ** n))
        const expected = plain.map(v => (v * sizes.length) / total(plain))
        // 1 - beta^n as it stands loses 1e-16 / (1 - beta), 1e-12 at beta = 0.9999.
        expect(farthest([...classBalancedWeights(sizes, { beta })], expected)).toBeLessThan(2e-12)
      }),
    )
  })

  it('is by hand: sizes 1 and 2, beta 0.5: E = 1 and 1.5, weights 1.2 and 0.8', () => {
    expect(farthest([...classBalancedWeights([1, 2], { beta: 0.5 })], [1.2, 0.8])).toBeLessThan(1e-15)
  })

  it('goes from equal weights at beta = 0 to 1 / n at beta = 1, without a jump', () => {
    fc.assert(
      fc.property(classSizes, sizes => {
        expect([...classBalancedWeights(sizes, { beta: 0 })]).toEqual(sizes.map(() => 1))
        const inverse = [...classBalancedWeights(sizes, { beta: 1 })]
        const sum = total(sizes.map(n => 1 / n))
        expect(
          farthest(
            inverse,
            sizes.map(n => sizes.length / n / sum),
          ),
        ).toBeLessThan(1e-14)
        // (1 - beta^n) / (1 - beta) = n (1 - (n - 1) (1 - beta) / 2 ..), 5000 images and 1e-12 make 2.5e-9; times 40.
        const near = classBalancedWeights(sizes, { beta: 1 - 1e-12 })
        expect(farthest([...near], inverse)).toBeLessThan(1e-7)
      }),
    )
  })

  it('is larger for a smaller class', () => {
    fc.assert(
      fc.property(classSizes, sizes => {
        const v = classBalancedWeights(sizes, { beta: 0.99 })
        for (let j = 1; j < sizes.length; j++) {
          expect(Math.sign(v[j] - v[0]) * Math.sign(sizes[0] - sizes[j])).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it('is what the option weight takes, and equal sizes change nothing', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 900 }), (seed, n) => {
        const { x, y, classes, dim } = drawCase(seed)
        const make = (weight?: Float64Array) => cosFace({ classes, dim, dtype: 'float64', weight })
        const weighted = make(classBalancedWeights(Array(classes).fill(n)))
        // Weights of 1 but for the rounding of a sum.
        expect(farthest(weighted(x, y), make()(x, y))).toBeLessThan(1e-14)
        const sizes = Array.from({ length: classes }, (_, j) => 10 * (j + 1))
        const weight = classBalancedWeights(sizes)
        const each = values(cosFace({ classes, dim, dtype: 'float64', reduction: 'none' })(x, y))
        const mean = total(each.map((loss, i) => loss * weight[y[i]])) / total(y.map(label => weight[label]))
        expect(farthest(make(weight)(x, y), [mean])).toBeLessThan(1e-14)
      }),
      { numRuns: 30 },
    )
  })
})

describe('ldamMargins', () => {
  it('is by hand: of 16, 81 and 1 images a half, a third and the whole of the largest', () => {
    expect(farthest([...ldamMargins([16, 81, 1], { max: 0.6 })], [0.3, 0.2, 0.6])).toBeLessThan(1e-15)
    expect(ldamMargins([7])).toEqual(Float64Array.of(0.5))
  })

  it('m_j n_j^(1/4) is the same for all, the largest is max, and only ratios of sizes count', () => {
    fc.assert(
      fc.property(classSizes, fc.double({ min: 0.01, max: 2, noNaN: true }), (sizes, max) => {
        const m = ldamMargins(sizes, { max })
        const K = max * Math.min(...sizes) ** 0.25
        expect(
          farthest(
            Array.from(m, (v, j) => v * sizes[j] ** 0.25),
            sizes.map(() => K),
          ),
        ).toBeLessThan(1e-14)
        expect(Math.max(...m)).toBe(max)
        expect(
          farthest(
            [
              ...ldamMargins(
                sizes.map(n => 3 * n),
                { max },
              ),
            ],
            [...m],
          ),
        ).toBeLessThan(1e-15)
      }),
    )
  })
})

describe('sizes and parameters that make no sense are refused', () => {
  const cases: readonly [string, () => unknown, string][] = [
    ['none', () => classBalancedWeights([]), 'classBalancedWeights: sizes: at least one number expected'],
    ['0', () => classBalancedWeights([3, 0]), 'sizes: finite numbers > 0 expected, got 0 for class 1'],
    [
      'NaN',
      () => ldamMargins([Number.NaN]),
      'ldamMargins: sizes: finite numbers > 0 expected, got NaN for class 0',
    ],
    ['beta past 1', () => classBalancedWeights([1], { beta: 1.1 }), 'beta is a number from 0 to 1, got 1.1'],
    ['beta below 0', () => classBalancedWeights([1], { beta: -0.1 }), 'got -0.1'],
    ['max below 0', () => ldamMargins([1], { max: -1 }), 'ldamMargins: max is a finite number >= 0, got -1'],
    ['no max', () => ldamMargins([1], { max: Number.NaN }), 'got NaN'],
  ]
  it.each(cases)('%s', (_, make, message) => expect(make).toThrow(message))
})
