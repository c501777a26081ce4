import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check } from '../support/property.ts'
import { differenceOf, innerOf, planOf, summarize } from './harness/statistics.ts'

const time = fc.double({ min: 1e-4, max: 1e5, noNaN: true })
const rounds = fc.integer({ min: 1, max: 50 })

describe('summarize', () => {
  test('the best is the least, and half of the samples lie on either side of the median', () => {
    check(
      fc.property(fc.array(time, { minLength: 1, maxLength: 30 }), samples => {
        const { best, median, runs } = summarize(samples)
        expect(best).toBe(Math.min(...samples))
        expect(runs).toBe(samples.length)
        expect(samples.filter(v => v < median).length).toBeLessThanOrEqual(runs / 2)
        expect(samples.filter(v => v > median).length).toBeLessThanOrEqual(runs / 2)
      }),
    )
  })

  test('by example', () => {
    expect(summarize([4, 1, 2, 30])).toEqual({ best: 1, median: 3, runs: 4 })
    expect(() => summarize([])).toThrow('at least one sample')
  })
})

describe('planOf', () => {
  test('what cannot warm up first stays within the budget, and always has a run that counts', () => {
    check(
      fc.property(time, time, rounds, (first, budget, n) => {
        const plan = planOf(first, budget, n)
        expect(plan.rounds).toBeLessThanOrEqual(n)
        expect(plan.onlyFirst).toBe(plan.rounds === 0)
        // The first call and the rounds; 1e-9 for the rounding of the quotient.
        if (!plan.warmUp && !plan.onlyFirst) {
          expect(first * (1 + plan.rounds)).toBeLessThanOrEqual(budget * (1 + 1e-9))
        }
      }),
    )
  })

  test('a faster first call never gets fewer rounds', () => {
    check(
      fc.property(time, time, time, rounds, (a, b, budget, n) => {
        const [fast, slow] = [Math.min(a, b), Math.max(a, b)].map(first => planOf(first, budget, n).rounds)
        expect(fast).toBeGreaterThanOrEqual(slow)
      }),
    )
  })

  test('by example', () => {
    expect(planOf(10, 2000, 10)).toEqual({ onlyFirst: false, warmUp: true, rounds: 10 })
    expect(planOf(500, 2000, 10)).toEqual({ onlyFirst: false, warmUp: false, rounds: 3 })
    expect(planOf(15_000, 2000, 10)).toEqual({ onlyFirst: true, warmUp: false, rounds: 0 })
  })
})

test('innerOf: calls that are timed as one take 0.2 ms, and not twice that', () => {
  check(
    fc.property(time, ms => {
      expect(innerOf(ms) * ms).toBeGreaterThanOrEqual(0.2 * (1 - 1e-9))
      if (innerOf(ms) > 1) expect((innerOf(ms) - 1) * ms).toBeLessThan(0.2)
    }),
  )
})

describe('differenceOf', () => {
  const outputs = fc.array(
    fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )

  test('nothing differs from itself', () => {
    check(
      fc.property(outputs, ours => {
        expect(differenceOf(ours, ours, 0)).toBeUndefined()
      }),
    )
  })

  test('one sample that is off by more than the tolerance is found, and NaN too', () => {
    check(
      fc.property(outputs, fc.nat(), fc.nat(), fc.constantFrom(1, -1, Number.NaN), (ours, i, j, sign) => {
        const [output, tolerance] = [i % ours.length, 1e-3]
        const at = j % ours[output].length
        const largest = Math.max(...ours[output].map(Math.abs))
        const theirs = ours.map(values => [...values])
        theirs[output][at] += sign * (2 * tolerance * largest + 1e-6)
        expect(differenceOf(ours, theirs, tolerance)).toContain(`output ${output}, sample ${at} is`)
      }),
    )
  })

  test('missing outputs and samples are found', () => {
    expect(differenceOf([[1, 2]], [], 1)).toContain('output 0 has 0 samples, ours 2')
    expect(differenceOf([[1, 2]], [[1]], 1)).toContain('output 0 has 1 samples, ours 2')
  })
})
