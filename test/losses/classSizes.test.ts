import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arcFace, classBalancedWeights, cosFace, dynamicMargins, ldamMargins } from '../../losses/index.ts'
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

describe('dynamicMargins', () => {
  it('is by hand: n^(-1/4) of 1, 16 and 81 images is 1, 1/2 and 1/3, and goes from 0.8 to 0.2', () => {
    // a = 0.6 / (1 - 1/3) = 0.9, b = -0.1.
    const m = dynamicMargins([16, 81, 1], { min: 0.2, max: 0.8 })
    expect(farthest([...m], [0.35, 0.2, 0.8])).toBeLessThan(1e-15)
    expect([...dynamicMargins([1, 100, 10], { power: 1 })].map(v => v.toFixed(4))).toEqual([
      '0.5000',
      '0.0500',
      '0.0909',
    ])
  })

  it("is the authors' (t - min t) / (max t - min t) 0.45 + 0.05, t = sqrt(1 / sqrt(n))", () => {
    fc.assert(
      fc.property(classSizes, sizes => {
        fc.pre(new Set(sizes).size > 1)
        const t = sizes.map(n => Math.sqrt(1 / Math.sqrt(n)))
        const [least, most] = [Math.min(...t), Math.max(...t)]
        const expected = t.map(v => ((v - least) / (most - least)) * 0.45 + 0.05)
        // Roundings of t, 1e-16, over most - least: of 4999 and 5000 images 6e-6.
        expect(farthest([...dynamicMargins(sizes)], expected)).toBeLessThan(1e-9)
      }),
    )
  })

  it('is affine in n^-power, from max to min, and only ratios of sizes count', () => {
    const two = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 })
    const powers = fc.double({ min: 0.1, max: 2, noNaN: true })
    fc.assert(
      fc.property(classSizes, two, powers, (sizes, ends, power) => {
        const [min, max] = [Math.min(...ends), Math.max(...ends)]
        const [largest, smallest] = [Math.max(...sizes), Math.min(...sizes)]
        fc.pre(largest > smallest)
        const m = dynamicMargins(sizes, { min, max, power })
        const at = (n: number) => m[sizes.indexOf(n)]
        expect([at(largest), at(smallest)]).toEqual([min, max])
        // (m_j - min) / (max - min) = (t_j - t) / (t' - t), t and t' of the largest and the smallest, without division.
        const t = (n: number) => n ** -power - largest ** -power
        const found = Array.from(m, v => (v - min) * t(smallest))
        const expected = sizes.map(n => t(n) * (max - min))
        expect(farthest(found, expected)).toBeLessThan(1e-14)
        const scaled = sizes.map(n => 3 * n)
        // Roundings of t over t' - t: of 4999 and 5000 images 2e-5 at power 0.1.
        expect(farthest([...dynamicMargins(scaled, { min, max, power })], [...m])).toBeLessThan(1e-10)
      }),
    )
  })

  it('gives max to all where all have one size', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 9 }),
        (n, classes) => {
          expect(dynamicMargins(Array(classes).fill(n))).toEqual(new Float64Array(classes).fill(0.5))
        },
      ),
    )
  })

  it('is what the option m of ArcFace takes: one size is one margin', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y, classes, dim } = drawCase(seed)
        const make = (m?: Float64Array) => arcFace({ classes, dim, dtype: 'float64', m })
        // cos m and sin m in a tensor of float64 or as numbers.
        expect(farthest(make(dynamicMargins(Array(classes).fill(9)))(x, y), make()(x, y))).toBeLessThan(1e-14)
      }),
      { numRuns: 30 },
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
    ['none', () => dynamicMargins([]), 'dynamicMargins: sizes: at least one number expected'],
    [
      '0',
      () => dynamicMargins([1, 0]),
      'dynamicMargins: sizes: finite numbers > 0 expected, got 0 for class 1',
    ],
    [
      'min above max',
      () => dynamicMargins([1], { min: 0.6 }),
      'dynamicMargins: min <= max expected, got min = 0.6 and max = 0.5',
    ],
    [
      'min below 0',
      () => dynamicMargins([1], { min: -1 }),
      'dynamicMargins: min is a finite number >= 0, got -1',
    ],
    [
      'max of none',
      () => dynamicMargins([1], { max: Number.NaN }),
      'dynamicMargins: max is a finite number >= 0, got NaN',
    ],
    [
      'power 0',
      () => dynamicMargins([1], { power: 0 }),
      'dynamicMargins: power is a finite number > 0, got 0',
    ],
  ]
  it.each(cases)('%s', (_, make, message) => expect(make).toThrow(message))
})
