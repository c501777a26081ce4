import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import { pairScores } from '../../models/evaluation/index.ts'
import {
  type Calibration,
  calibrate,
  calibrationPlot,
  type IdentityPairs,
  identityPairs,
} from '../../models/recognition/index.ts'
import { probit } from '../../models/recognition/scores/probit.ts'
import { check } from '../support/property.ts'
import { type Dependence, population } from './populations.ts'

const impostors = ({ scores }: IdentityPairs) => ({
  same: new Float64Array(0),
  different: Float64Array.from(scores),
})

/** Does the interval hold 1 - Φ(t)? Φ^-1 is monotone, so its bounds are compared in its place. */
const covers = ({ threshold, far }: Calibration): boolean =>
  probit(far.low) <= -threshold && -threshold <= probit(far.high)

/** How many of the populations' intervals hold the true rate, in %. */
const coverage = (count: number, of: (seed: number) => Calibration): number => {
  let held = 0
  for (let seed = 0; seed < count; seed++) if (covers(of(seed))) held++
  return (100 * held) / count
}

/** More often than 2.5 % off either way would be three standard deviations of a share of 95 % of 400. */
const POPULATIONS = 400
const WITHIN = [93, 97]

const expectWithin = (share: number): void => {
  expect(share).toBeGreaterThanOrEqual(WITHIN[0])
  expect(share).toBeLessThanOrEqual(WITHIN[1])
}

describe('over 400 populations the interval of 95 % holds the true FAR', () => {
  test.each([
    [1000, 0.05],
    [2500, 0.01],
  ])('%i independent pairs at FAR %f', (pairs, far) => {
    const share = coverage(POPULATIONS, seed => {
      const rng = generator(seed)
      const different = Float64Array.from({ length: pairs }, () => rng.normal())
      return calibrate({ same: new Float64Array(0), different }, { far })
    })
    expectWithin(share)
  })

  test.each<[number, number, Dependence]>([
    [60, 1, { identity: 0.2, couple: 0 }],
    [80, 1, { identity: 0.4, couple: 0 }],
    [50, 3, { identity: 0.3, couple: 0.3 }],
  ])('%i identities, %i images a couple, variances %o', (identities, images, dependence) => {
    expectWithin(
      coverage(POPULATIONS, seed =>
        calibrate(population(seed, identities, images, dependence), { far: 0.05 }),
      ),
    )
  })

  test('which it does not where pairs of one identity are taken as independent', () => {
    const share = coverage(100, seed =>
      calibrate(impostors(population(seed, 60, 1, { identity: 0.5, couple: 0 })), { far: 0.05 }),
    )
    expect(share).toBeLessThan(70)
  })
})

const grid = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 6, maxLength: 40 })

describe('the threshold', () => {
  test('is the least at which at most the wanted share of impostors is accepted, and both rates are counted at it', () => {
    check(
      fc.property(grid, grid, (same, different) => {
        const far = 0.45
        const found = calibrate(
          { same: Float64Array.from(same), different: Float64Array.from(different) },
          { far },
        )
        const share = (list: readonly number[], t: number) => list.filter(s => s >= t).length / list.length
        expect(found.far.value).toBe(share(different, found.threshold))
        expect(found.frr.value).toBeCloseTo(1 - share(same, found.threshold), 12)
        expect(found.far.value).toBeLessThanOrEqual(far)
        // A threshold that accepts the next lower score of an impostor accepts too many.
        const lower = Math.max(...different.filter(d => d < found.threshold))
        expect(share(different, lower)).toBeGreaterThan(far)
      }),
    )
  })

  test('is the same whether identities are known or not, where their pairs are all pairs', async () => {
    const [x, y] = [randn([40, 6], generator(1)), Array.from({ length: 40 }, (_, i) => 1000 + (i % 8))]
    const known = calibrate(await identityPairs(x, y), { far: 0.2 })
    const apart = calibrate(await pairScores(x, y), { far: 0.2 })
    for (const rate of ['far', 'frr'] as const) {
      expect(known[rate].events).toBe(apart[rate].events)
      expect(known[rate].pairs).toBe(apart[rate].pairs)
      expect(known[rate].effective).toBeLessThanOrEqual(apart[rate].pairs)
      expect(known[rate].high).toBeGreaterThanOrEqual(apart[rate].high)
    }
    expect(known.threshold).toBe(apart.threshold)
  })

  test('does not depend on the order of pairs, of their sides, and on what identities are called', () => {
    const { scores, a, b } = population(3, 12, 2, { identity: 0.2, couple: 0.2 })
    const one = calibrate({ scores, a, b }, { far: 0.2 })
    const order = generator(0).permutation(scores.length)
    const name = (side: ArrayLike<number>) => Array.from(order, p => 7 * side[p] + 5)
    const other = calibrate(
      { scores: Array.from(order, p => scores[p]), a: name(b as Int32Array), b: name(a as Int32Array) },
      { far: 0.2 },
    )
    expect(other.threshold).toBe(one.threshold)
    expect(other.far.events).toBe(one.far.events)
    // Sums in another order.
    expect(other.far.low).toBeCloseTo(one.far.low, 10)
    expect(other.far.high).toBeCloseTo(one.far.high, 10)
  })
})

describe('refusals', () => {
  const normal = (n: number) => {
    const rng = generator(0)
    return Float64Array.from({ length: n }, () => rng.normal())
  }

  test('too few pairs for the rate', () => {
    const scores = { same: [1], different: normal(1000) } as never
    expect(() => calibrate(scores, { far: 1e-4 })).toThrow(
      'calibrate: for FAR 0.0001 at 95 % at least 29956 impostor pairs expected, got 1000',
    )
    expect(calibrate({ same: normal(1), different: normal(2995) }, { far: 1e-3 }).far.events).toBe(2)
  })

  test('enough pairs of too few people', () => {
    const pairs = population(0, 12, 100, { identity: 0.9, couple: 0.05 })
    expect(() => calibrate(pairs, { far: 0.05 })).toThrow(
      /^calibrate: for FAR 0.05 at 95 % at least 59 impostor pairs without an identity in common expected, got 6600 that are worth \d+ \(more people, or a larger far\)$/,
    )
  })

  test.each([
    [undefined, 'calibrate: options as an object'],
    [{}, 'calibrate: far as a share above 0 and below 1 expected, got undefined'],
    [{ far: 1 }, 'calibrate: far as a share above 0 and below 1 expected, got 1'],
    [{ far: 0.5, confidence: 95 }, 'calibrate: confidence as a share above 0 and below 1 expected, got 95'],
    [{ fpir: 0.1 }, 'calibrate: there is no option fpir, did you mean far?'],
  ])('%o', (options, message) => {
    expect(() => calibrate({ same: [1], different: [0, 0] } as never, options as never)).toThrow(message)
  })

  test.each([
    null,
    [1],
    'scores',
    { same: [1] },
    { scores: [1], a: [1], b: [] },
    { scores: [Number.NaN], a: [1], b: [2] },
  ])('scores %o', scores => {
    expect(() => calibrate(scores as never, { far: 0.5 })).toThrow(/^calibrate: .* expected, got /)
  })
})

describe('the plot', () => {
  const rng = generator(4)
  const scores = {
    same: Float64Array.from({ length: 300 }, () => rng.normal() + 3),
    different: Float64Array.from({ length: 3000 }, () => rng.normal()),
  }

  test('is an SVG with a point for each place on both curves, its numbers those of the calibration', () => {
    const calibration = calibrate(scores, { far: 0.01 })
    const svg = calibrationPlot(scores, calibration)
    expect(svg.startsWith('<svg ')).toBe(true)
    expect(svg).toContain(`FAR 1 % `)
    expect(svg).toContain(`at threshold ${calibration.threshold.toPrecision(4)}`)
    const curves = [...svg.matchAll(/points="([^"]+)"/g)].map(([, points]) =>
      points.split(' ').map(point => point.split(',').map(Number)),
    )
    expect(curves.map(points => points.length)).toEqual([241, 241])
    // Rates of false accepts fall to the right, which is downwards on the page; those of false rejects rise.
    for (const [k, sign] of [
      [0, 1],
      [1, -1],
    ])
      for (let i = 1; i < 241; i++)
        expect(sign * (curves[k][i][1] - curves[k][i - 1][1])).toBeGreaterThanOrEqual(0)
    expect(svg).not.toContain('NaN')
  })

  test('without pairs of one identity it has one curve', () => {
    const impostorsAlone = { ...scores, same: new Float64Array(0) }
    const svg = calibrationPlot(impostorsAlone, calibrate(impostorsAlone, { far: 0.01 }))
    expect(svg.match(/<polyline/g)?.length).toBe(1)
  })
})
