import fc from 'fast-check'
import { expect, test } from 'vitest'
import { betaQuantile, incompleteBeta } from '../../models/recognition/calibration/incompleteBeta.ts'
import { clopperPearson, pairsNeeded } from '../../models/recognition/calibration/rate.ts'
import { probit } from '../../models/recognition/scores/probit.ts'
import { check } from '../support/property.ts'

const shape = fc.double({ min: 0.5, max: 500, noNaN: true })
const share = fc.double({ min: 1e-3, max: 0.999, noNaN: true })

test('is the sum of binomial probabilities', () => {
  check(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), share, (n, draw, p) => {
      const k = 1 + (draw % n)
      // P(X >= k) of n trials, terms from the recurrence.
      let term = (1 - p) ** n
      let below = 0
      for (let i = 0; i < k; i++) {
        below += term
        term *= ((n - i) / (i + 1)) * (p / (1 - p))
      }
      // (1 - p)^n is as small as 1e-180, and its sums are rounded 60 times.
      expect(incompleteBeta(p, k, n - k + 1)).toBeCloseTo(1 - below, 11)
    }),
  )
})

test('closed forms, symmetry, and its inverse', () => {
  check(
    fc.property(shape, shape, share, (a, b, x) => {
      expect(incompleteBeta(x, a, 1)).toBeCloseTo(x ** a, 12)
      expect(incompleteBeta(x, 1, b)).toBeCloseTo(1 - (1 - x) ** b, 12)
      expect(incompleteBeta(x, a, b)).toBeCloseTo(1 - incompleteBeta(1 - x, b, a), 12)
      expect(incompleteBeta(betaQuantile(x, a, b), a, b)).toBeCloseTo(x, 11)
    }),
  )
})

test('the median of a large symmetric one is a half, of a large one its mean', () => {
  expect(betaQuantile(0.5, 1e6, 1e6)).toBeCloseTo(0.5, 10)
  // The median lies within a third of a count of the mean: 3.3e-9.
  expect(betaQuantile(0.5, 1e4, 1e8)).toBeCloseTo(1e4 / (1e8 + 1e4), 8)
})

// Clopper and Pearson's intervals as R's binom.test and textbooks print them.
test.each([
  [0, 10, 0.95, 0, 0.3085],
  [1, 10, 0.95, 0.0025, 0.445],
  [5, 10, 0.95, 0.1871, 0.8129],
  [10, 10, 0.95, 0.6915, 1],
  [81, 263, 0.95, 0.2527, 0.3676],
])('%i of %i at %f: %f to %f', (k, n, confidence, low, high) => {
  const found = clopperPearson(k, n, confidence)
  expect(found.low).toBeCloseTo(low, 3)
  expect(found.high).toBeCloseTo(high, 3)
})

test('the interval of a binomial count holds its p as often as it says, or more often', () => {
  check(
    fc.property(fc.integer({ min: 1, max: 80 }), share, fc.constantFrom(0.8, 0.95), (n, p, confidence) => {
      let [term, covered] = [(1 - p) ** n, 0]
      for (let k = 0; k <= n; k++) {
        const { low, high } = clopperPearson(k, n, confidence)
        if (low <= p && p <= high) covered += term
        term *= ((n - k) / (k + 1)) * (p / (1 - p))
      }
      // Rounding of up to 80 terms.
      expect(covered).toBeGreaterThan(confidence - 1e-9)
    }),
  )
})

test('three over the rate is how many pairs are needed, about', () => {
  expect(pairsNeeded(1e-3, 0.95)).toBe(2995)
  expect(pairsNeeded(1e-4, 0.95)).toBe(29956)
  for (const n of [2994, 2995]) expect((1 - 1e-3) ** n <= 0.05).toBe(n === 2995)
})

test('quantiles of the normal distribution', () => {
  const table = [
    [0.5, 0],
    [0.975, 1.959963985],
    [0.999, 3.090232306],
    [1e-6, -4.753424309],
    [1e-12, -7.034483825],
  ]
  // PPND7 has seven digits.
  for (const [p, z] of table) expect(probit(p)).toBeCloseTo(z, 6)
  expect([probit(0), probit(1)]).toEqual([-Infinity, Infinity])
})
