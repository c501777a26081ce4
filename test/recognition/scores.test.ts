import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import { roc } from '../../models/evaluation/index.ts'
import {
  cllr,
  cohortStatistics,
  det,
  equalErrorRate,
  isotonicCalibration,
  logisticCalibration,
  minCllr,
  minDetectionCost,
  riskCoverage,
  sNorm,
  tNorm,
  zNorm,
} from '../../models/recognition/index.ts'
import { isotonicPools } from '../../models/recognition/scores/isotonic.ts'
import { at, cosine, rowsOf } from '../models/embeddings.ts'
import { check } from '../support/property.ts'

const scoresOf = (same: readonly number[], different: readonly number[]) => ({
  same: Float64Array.from(same),
  different: Float64Array.from(different),
})
/** In turns: 7 s, 6 d, 5 s, .. 0 d. */
const TURNS = scoresOf([1, 3, 5, 7], [0, 2, 4, 6])
const TWO = scoresOf([1, 3], [0, 2])
/** One impostor of a hundred stands above the lower mate. */
const HUNDRED = scoresOf([1, 3], [2, ...Array.from({ length: 99 }, () => 0)])
const ROWS = { scores: [0.8], enrolled: [0], probes: [0] }
const COHORT = { mean: Float64Array.of(0.2), std: Float64Array.of(0.1) }
const OTHER = { mean: Float64Array.of(0.5), std: Float64Array.of(0.1) }

/** Published definitions, worked by hand: what is computed, its value, and how. */
const BY_HAND: readonly (readonly [what: string, value: () => number, worked: number])[] = [
  // ROC points (FAR, FRR): .. (1/4, 1/2), (1/2, 1/2): they meet at the latter.
  ['EER of scores in turns', () => equalErrorRate(TURNS), 1 / 2],
  // BOSARIS, ROCCH-EER. Pools: 0 d | 1 to 6, three of each | 7 s. The hull goes (0, 1), (0, 3/4), (3/4, 0), (1, 0): x + y = 3/4.
  ['EER of their hull', () => equalErrorRate(TURNS, { curve: 'hull' }), 3 / 8],
  // NIST. At threshold 3: FRR 1/2, FAR 0; 1/2 x 1/2 over the 1/2 of accepting all.
  ['minDCF of two and two', () => minDetectionCost(TWO, { prior: 0.5 }).cost, 1 / 2],
  // NIST SRE 2008: C_miss 10, C_fa 1, prior 0.01. At threshold 1: FAR 1/100, FRR 0; 0.99/100 over 10 x 0.01.
  ['minDCF as in SRE 2008', () => minDetectionCost(HUNDRED, { prior: 0.01, missCost: 10 }).cost, 0.099],
  // Brümmer and du Preez: ratios of 1 tell nothing, one bit of two is lost.
  ['Cllr of no information', () => cllr(scoresOf([0, 0], [0])), 1],
  // log2(1 + 1/3) for each kind.
  ['Cllr of ratios of three', () => cllr(scoresOf([Math.log(3)], [-Math.log(3)])), Math.log2(4 / 3)],
  // log2(1 + 3) for each kind: worse than nothing.
  ['Cllr of ratios that mislead', () => cllr(scoresOf([-Math.log(3)], [Math.log(3)])), 2],
  // Pools: 0 d | 1 s and 2 d | 3 s. One of two of each kind costs a bit.
  ['minCllr of two and two', () => minCllr(TWO), 1 / 2],
  ['z-norm', () => zNorm(ROWS, COHORT)[0], 6],
  ['t-norm', () => tNorm(ROWS, OTHER)[0], 3],
  ['s-norm', () => sNorm(ROWS, COHORT, OTHER)[0], 4.5],
  // Platt: targets 2/3 and 1/3, which a line through both meets, σ(a) = 2/3.
  ['slope of logistic calibration', () => logisticCalibration(scoresOf([1], [-1])).slope, Math.LN2],
  // Geifman and El-Yaniv: risks 0, 1/2, 1/3 at coverages 1/3, 2/3, 1.
  ['AURC', () => riskCoverage([0.9, 0.7, 0.8], [true, true, false]).aurc, 5 / 18],
  // Martin et al.: a rate of 2.275 % is two deviations below the mean.
  [
    'place on a DET curve',
    () =>
      det(scoresOf([1], [...Array.from({ length: 977 }, () => 0), ...Array.from({ length: 23 }, () => 2)]))[1]
        .x,
    -1.9954,
  ],
]

test.each(BY_HAND)('%s, by hand', (_, value, worked) => {
  // Four digits where the table of the normal distribution has them, else rounding.
  expect(value()).toBeCloseTo(worked, worked === -1.9954 ? 4 : 12)
})

const grid = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 14 })
const kinds = fc.tuple(grid, grid).map(([same, different]) => scoresOf(same, different))

/** The share of a list that a condition holds of. */
const share = (list: Iterable<number>, holds: (s: number) => boolean): number => {
  const all = [...list]
  return all.filter(holds).length / all.length
}

describe('error rates', () => {
  test('what a strictly monotone function leaves in order has the same; negated and exchanged too', () => {
    check(
      fc.property(kinds, scores => {
        const map = (f: (s: number) => number) =>
          scoresOf([...scores.same].map(f), [...scores.different].map(f))
        const moved = map(s => Math.exp(s / 3) + 5)
        const { same, different } = map(s => -s)
        const turned = { same: different, different: same }
        for (const curve of ['steps', 'hull'] as const) {
          const rate = equalErrorRate(scores, { curve })
          expect(equalErrorRate(moved, { curve })).toBe(rate)
          expect(equalErrorRate(turned, { curve })).toBeCloseTo(rate, 12)
        }
        expect(minCllr(moved)).toBe(minCllr(scores))
        expect(minDetectionCost(moved).cost).toBe(minDetectionCost(scores).cost)
      }),
    )
  })

  test('the hull is the worst over all priors of the best error, and never above the steps', () => {
    check(
      fc.property(kinds, scores => {
        const hull = equalErrorRate(scores, { curve: 'hull' })
        expect(hull).toBeLessThanOrEqual(equalErrorRate(scores) + 1e-12)
        const points = roc(scores)
        // Corners of the hull turn at rational priors: a grid of 200 misses the worst one by less than its step.
        const best = Array.from({ length: 201 }, (_, i) =>
          Math.min(...points.map(({ far, tar }) => (i / 200) * (1 - tar) + (1 - i / 200) * far)),
        )
        expect(Math.max(...best)).toBeLessThanOrEqual(hull + 1e-12)
        expect(Math.max(...best)).toBeGreaterThan(hull - 1 / 200)
      }),
    )
  })

  test('the cost is that of trying every threshold, and is met at the one that is given', () => {
    const settings = fc.record({
      prior: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      missCost: fc.double({ min: 0.1, max: 10, noNaN: true }),
      falseAcceptCost: fc.double({ min: 0.1, max: 10, noNaN: true }),
    })
    check(
      fc.property(kinds, settings, (scores, options) => {
        const { prior, missCost, falseAcceptCost } = options
        const costAt = (t: number): number =>
          (missCost * prior * share(scores.same, s => s < t) +
            falseAcceptCost * (1 - prior) * share(scores.different, d => d >= t)) /
          Math.min(missCost * prior, falseAcceptCost * (1 - prior))
        const { cost, threshold } = minDetectionCost(scores, options)
        const least = Math.min(...[...scores.same, ...scores.different, Infinity].map(costAt))
        expect(cost).toBeCloseTo(least, 12)
        expect(costAt(threshold)).toBeCloseTo(least, 12)
      }),
    )
  })

  test('the DET curve has the rates of the ROC curve', () => {
    check(
      fc.property(kinds, scores => {
        expect(det(scores).map(({ threshold, far, frr }) => [threshold, far, frr])).toEqual(
          roc(scores).map(({ threshold, far, tar }) => [threshold, far, 1 - tar]),
        )
      }),
    )
  })
})

describe('pools', () => {
  test('have the largest of the least means, as the monotone fit has', () => {
    check(
      fc.property(kinds, scores => {
        const [same, different] = [scores.same.sort(), scores.different.sort()]
        const pools = isotonicPools(same, different)
        const values = [...new Set([...same, ...different])].sort((p, q) => p - q)
        const meanOf = (from: number, to: number): number => {
          const [n, m] = [same, different].map(list => [...list].filter(s => s >= from && s <= to).length)
          return n / (n + m)
        }
        for (const [i, value] of values.entries()) {
          const lowest = (from: number): number => Math.min(...values.slice(i).map(to => meanOf(from, to)))
          const fit = Math.max(...values.slice(0, i + 1).map(lowest))
          const pool = pools.find(({ from, to }) => from <= value && value <= to)!
          expect(pool.same / (pool.same + pool.different)).toBeCloseTo(fit, 12)
        }
        expect(pools.reduce((sum, pool) => sum + pool.same, 0)).toBe(same.length)
      }),
    )
  })

  test('no monotone log-likelihood ratios cost less than minCllr, and it is at most a bit', () => {
    check(
      fc.property(
        kinds,
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (scores, slope, shift) => {
          const ratios = scoresOf(
            [...scores.same].map(s => slope * s + shift),
            [...scores.different].map(s => slope * s + shift),
          )
          const least = minCllr(scores)
          expect(least).toBeLessThanOrEqual(Math.min(1, cllr(ratios)) + 1e-12)
          expect(least).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})

describe('probabilities', () => {
  const both = { logisticCalibration, isotonicCalibration }

  test.each(Object.entries(both))(
    '%s: never fall where scores tell, and Bayes rule ties them to the ratios',
    (_, make) => {
      check(
        fc.property(kinds, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (scores, prior) => {
          const calibration = make(scores)
          for (let s = -8; s <= 8; s += 0.5) {
            const p = calibration.probability(s, prior)
            expect(Number.isFinite(calibration.logRatio(s))).toBe(true)
            const odds = (Math.exp(calibration.logRatio(s)) * prior) / (1 - prior)
            expect(p).toBeCloseTo(odds / (1 + odds), 10)
            if (make === isotonicCalibration)
              expect(calibration.logRatio(s + 0.5)).toBeGreaterThanOrEqual(calibration.logRatio(s))
          }
        }),
      )
    },
  )

  test('two normal distributions have the line that theory says, and both fits lose little', () => {
    const rng = generator(5)
    const draw = (mean: number) => Array.from({ length: 4000 }, () => mean + rng.normal())
    const scores = scoresOf(draw(1), draw(-1))
    const { slope, intercept, logRatio } = logisticCalibration(scores, { prior: 0.3 })
    // ln N(s; 1, 1)/N(s; -1, 1) = 2 s. The deviation of the slope is about 0.05 for 8,000 scores, that of the intercept 0.04.
    expect(Math.abs(slope - 2)).toBeLessThan(0.2)
    expect(Math.abs(intercept)).toBeLessThan(0.16)
    const costOf = (f: (s: number) => number) =>
      cllr(scoresOf([...scores.same].map(f), [...scores.different].map(f)))
    // What monotone functions can do, a line does here but for some 8 pools of noise.
    expect(costOf(logRatio) - minCllr(scores)).toBeLessThan(0.01)
    expect(costOf(isotonicCalibration(scores).logRatio) - minCllr(scores)).toBeLessThan(0.01)
  })

  test('the line is at the least of its cost', () => {
    check(
      fc.property(
        kinds,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.nat(),
        (scores, prior, seed) => {
          const { slope, intercept } = logisticCalibration(scores, { prior })
          const costAt = (a: number, b: number): number => {
            const part = (list: Float64Array, weight: number, t: number): number =>
              [...list].reduce((sum, s) => {
                const p = 1 / (1 + Math.exp(-(a * s + b + Math.log(prior / (1 - prior)))))
                return sum - (weight / list.length) * (t * Math.log(p) + (1 - t) * Math.log(1 - p))
              }, 0)
            const [n, m] = [scores.same.length, scores.different.length]
            return (
              part(scores.same, prior, (n + 1) / (n + 2)) + part(scores.different, 1 - prior, 1 / (m + 2))
            )
          }
          const rng = generator(seed)
          const [da, db] = [rng.uniform(-1, 1), rng.uniform(-1, 1)]
          const step = 1e-3
          // Rounding of some 30 terms near 1.
          expect(costAt(slope, intercept)).toBeLessThanOrEqual(
            costAt(slope + step * da, intercept + step * db) + 1e-13,
          )
        },
      ),
    )
  })
})

describe('normalisation', () => {
  test('statistics are those of the cosines, of all or of the most similar', async () => {
    await check(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 2, max: 9 }), async (seed, top) => {
        const rng = generator(seed)
        const [x, cohort] = [
          randn([4, 5], rng, { dtype: 'float64' }),
          randn([9, 5], rng, { dtype: 'float64' }),
        ]
        const { mean, std } = await cohortStatistics(x, cohort, { top })
        for (const [i, row] of rowsOf(x).entries()) {
          const own = rowsOf(cohort)
            .map(other => cosine(row, other))
            .sort((p, q) => q - p)
            .slice(0, top)
          const mu = own.reduce((sum, s) => sum + s, 0) / top
          expect(mean[i]).toBeCloseTo(mu, 12)
          expect(std[i]).toBeCloseTo(Math.sqrt(own.reduce((sum, s) => sum + (s - mu) ** 2, 0) / top), 12)
        }
      }),
      20,
    )
  })

  test('refuses what it cannot divide by, and rows that are not there', async () => {
    const flat = { mean: Float64Array.of(0), std: Float64Array.of(0) }
    expect(() => zNorm(ROWS, flat)).toThrow('zNorm: a spread above 0 in the cohort expected, got 0 for row 0')
    expect(() => tNorm({ ...ROWS, probes: [1] }, COHORT)).toThrow(
      'tNorm: row 0 of probes as an integer from 0 to 0 expected, got 1',
    )
    expect(() => sNorm({ ...ROWS, enrolled: [] }, COHORT, COHORT)).toThrow(
      'sNorm: 1 rows of enrolled expected, got 0',
    )
    await expect(cohortStatistics(at(0), at(1))).rejects.toThrow(
      'cohortStatistics: a cohort of at least 2 expected, got 1',
    )
    await expect(cohortStatistics(at(0), at(1, 2), { top: 3 })).rejects.toThrow(
      'cohortStatistics: top as an integer from 2 to 2 expected, got 3',
    )
  })
})

test('risk and coverage are those of each threshold, whatever the order of the samples', () => {
  const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), {
    minLength: 1,
    maxLength: 20,
  })
  check(
    fc.property(samples, fc.nat(), (list, seed) => {
      const { points, aurc } = riskCoverage(
        list.map(([c]) => c),
        list.map(([, right]) => right),
      )
      expect(points.map(({ threshold }) => threshold)).toEqual(
        [...new Set(list.map(([c]) => c))].sort((p, q) => q - p),
      )
      for (const { threshold, coverage, risk } of points) {
        const given = list.filter(([c]) => c >= threshold)
        expect(coverage).toBe(given.length / list.length)
        expect(risk).toBe(given.filter(([, right]) => !right).length / given.length)
      }
      const order = generator(seed).permutation(list.length)
      const other = Array.from(order, i => list[i])
      expect(
        riskCoverage(
          other.map(([c]) => c),
          other.map(([, right]) => right),
        ).aurc,
      ).toBe(aurc)
    }),
  )
})

test('scores that are missing or no numbers are refused by every function, by its name', () => {
  const takers = {
    cllr,
    minCllr,
    equalErrorRate,
    minDetectionCost,
    det,
    logisticCalibration,
    isotonicCalibration,
  }
  for (const [name, f] of Object.entries(takers)) {
    expect(() => f(scoresOf([], [1]))).toThrow(`${name}: at least one score of same expected, got none`)
    expect(() => f(scoresOf([1], [Number.NaN]))).toThrow(
      `${name}: different as finite numbers expected, got NaN at pair 0`,
    )
    expect(() => f(undefined as never)).toThrow(new RegExp(`^${name}: .* expected, got`))
  }
  expect(() => riskCoverage([1], [])).toThrow('riskCoverage: 1 flags of what is right expected, got 0')
  expect(() => minDetectionCost(TWO, { prior: 1 })).toThrow(
    'minDetectionCost: prior as a probability above 0 and below 1 expected, got 1',
  )
  expect(() => logisticCalibration(TWO).probability(0, 2)).toThrow(
    'probability: prior as a probability above 0 and below 1 expected, got 2',
  )
})
