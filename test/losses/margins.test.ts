import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, tensor } from '../../engine/index.ts'
import { arcFaceMargin, cosFaceMargin } from '../../losses/margins/additive.ts'
import { angleBetween } from '../../losses/margins/angle.ts'
import { combinedMargin } from '../../losses/margins/combinedMargin.ts'
import { type Margin, normFaceMargin } from '../../losses/margins/margin.ts'
import {
  ANNEALING,
  annealingOf,
  lambdaAt,
  lSoftmaxMargin,
  sphereFaceMargin,
} from '../../losses/margins/multiplicative.ts'
import { sphereFaceRMargin } from '../../losses/margins/sphereFaceR.ts'
import { onReference } from '../support/onReference.ts'
import { farthest, finite, values } from './support.ts'

onReference()

const float64 = (values: readonly number[]) => tensor([...values], { dtype: 'float64' })
const bend = (margin: Margin, cosines: readonly number[]) =>
  margin.psi!({
    cosTheta: float64(cosines),
    sinTheta: float64(cosines.map(c => Math.sqrt(1 - c * c))),
    theta: float64(cosines.map(Math.acos)),
  })

/** psi's definition through the angle itself: cos phi on [0, pi], and then on as (-1)^k cos phi - 2k. */
const unfolded = (phi: number): number => {
  const k = Math.floor(phi / Math.PI)
  return (k % 2 === 0 ? 1 : -1) * Math.cos(phi) - 2 * k
}

const angles = fc.double({ min: 0.001, max: Math.PI - 0.001, noNaN: true })
const multiples = fc.integer({ min: 1, max: 8 })
const reals = fc.double({ min: 1, max: 8, noNaN: true })
const shifts = fc.double({ min: 0, max: 3, noNaN: true })

/** The continuous ones, which must fall with theta everywhere. */
const continuous = fc.oneof(
  multiples.map(m => lSoftmaxMargin({ m })),
  multiples.map(m => sphereFaceMargin({ m })),
  fc.tuple(reals, fc.boolean()).map(([m, clamped]) => sphereFaceRMargin({ m, clamped })),
  fc.double({ min: 0, max: 2, noNaN: true }).map(m => cosFaceMargin({ m })),
  shifts.map(m => arcFaceMargin({ m, beyondPi: 'continuous' })),
  fc
    .tuple(fc.oneof(multiples, fc.double({ min: 0.5, max: 4, noNaN: true })), shifts)
    .map(([m1, m2]) => combinedMargin({ m1, m2, m3: 0.25, beyondPi: 'continuous' })),
)

describe('psi', () => {
  // T_m has slope m^2 at the ends, so rounding of the cosine (1e-16) grows to m^2 1e-16; sin theta >= 0.001 divides it.
  it('is (-1)^k cos(m theta) - 2k', () => {
    fc.assert(
      fc.property(angles, multiples, (theta, m) => {
        for (const margin of [lSoftmaxMargin({ m }), sphereFaceMargin({ m })]) {
          expect(farthest(bend(margin, [Math.cos(theta)]), [unfolded(m * theta)])).toBeLessThan(1e-11)
        }
      }),
    )
  })

  it('is the same of a real m, or cos(min(m theta, pi))', () => {
    fc.assert(
      fc.property(angles, reals, (theta, m) => {
        const at = (clamped: boolean) => bend(sphereFaceRMargin({ m, clamped }), [Math.cos(theta)])
        // Next to a multiple of pi the cosine may lie on the other side, by a square of its rounding.
        expect(farthest(at(false), [unfolded(m * theta)])).toBeLessThan(1e-11)
        expect(farthest(at(true), [Math.cos(Math.min(m * theta, Math.PI))])).toBeLessThan(1e-13)
      }),
    )
  })

  it('is cos(m1 theta + m2) - m3, carried on past pi', () => {
    const anyMultiple = fc.oneof(multiples, fc.double({ min: 0.5, max: 4, noNaN: true }))
    fc.assert(
      fc.property(angles, anyMultiple, shifts, (theta, m1, m2) => {
        const margin = combinedMargin({ m1, m2, m3: 0.25, beyondPi: 'continuous' })
        expect(farthest(bend(margin, [Math.cos(theta)]), [unfolded(m1 * theta + m2) - 0.25])).toBeLessThan(
          1e-11,
        )
      }),
    )
  })

  it('is cos(theta + m), and cos theta - m sin m past theta + m = pi, linear', () => {
    fc.assert(
      fc.property(angles, shifts, (theta, m) => {
        fc.pre(Math.abs(theta + m - Math.PI) > 1e-9)
        const expected = theta + m < Math.PI ? Math.cos(theta + m) : Math.cos(theta) - m * Math.sin(m)
        expect(farthest(bend(arcFaceMargin({ m }), [Math.cos(theta)]), [expected])).toBeLessThan(1e-12)
      }),
    )
  })

  it('falls as theta grows, without a jump', () => {
    const steps = 2000
    fc.assert(
      fc.property(continuous, margin => {
        const cosines = Array.from({ length: steps + 1 }, (_, i) => Math.cos((i * Math.PI) / steps))
        const psi = values(bend(margin, cosines))
        const falls = psi.slice(1).map((v, i) => psi[i] - v)
        // Rounding, times 64 for T_8's slope; a jump would be 2, a step falls by at most m pi / steps < 0.013.
        expect(Math.min(...falls)).toBeGreaterThan(-1e-11)
        expect(Math.max(...falls)).toBeLessThan(0.02)
      }),
      { numRuns: 50 },
    )
  })

  it('falls across theta + m = pi, linear, for margins up to pi / 2', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: Math.PI / 2, noNaN: true }), m => {
        const [above, below] = values(bend(arcFaceMargin({ m }), [-Math.cos(m) + 1e-9, -Math.cos(m) - 1e-9]))
        expect(below).toBeLessThan(above + 1e-8)
      }),
    )
  })

  it('has the same special cases under different names', () => {
    const cosines = Array.from({ length: 201 }, (_, i) => Math.max(-1, -1 + i / 100))
    fc.assert(
      fc.property(multiples, shifts, (m, shift) => {
        const equal = (a: Margin, b: Margin, tolerance = 1e-15) =>
          expect(farthest(bend(a, cosines), bend(b, cosines))).toBeLessThanOrEqual(tolerance)
        equal(
          combinedMargin({ m1: m, m2: 0, m3: 0, beyondPi: 'continuous' }),
          sphereFaceMargin({ m, annealing: false }),
        )
        for (const beyondPi of ['linear', 'continuous'] as const) {
          equal(combinedMargin({ m1: 1, m2: shift, m3: 0, beyondPi }), arcFaceMargin({ m: shift, beyondPi }))
        }
        equal(combinedMargin({ m1: 1, m2: 0, m3: shift / 2 }), cosFaceMargin({ m: shift / 2 }))
        equal(lSoftmaxMargin({ m: 1 }), cosFaceMargin({ m: 0 }))
        equal(arcFaceMargin({ m: 0 }), cosFaceMargin({ m: 0 }))
      }),
      { numRuns: 30 },
    )
  })

  it('is finite with a finite slope at the poles and one rounding past them', () => {
    const ends = { float64: 2 ** -52, float32: 2 ** -23 }
    fc.assert(
      fc.property(continuous, fc.constantFrom('float32', 'float64'), (margin, dtype) => {
        const e = ends[dtype as 'float32']
        const kind = { dtype: dtype as 'float32', requiresGrad: true }
        const u = tensor(
          [1 + e, 1, 1 - e, -1 + e, -1, -1 - e].map(c => [c, 0]),
          kind,
        )
        const v = tensor(Array(6).fill([1, 0]), kind)
        const z = margin.psi!(angleBetween(() => ({ x: u, w: () => v, u, v })))
        const grads = grad(z, { u, v }, tensor([[1], [-2], [3], [1], [2], [-1]], kind))
        for (const t of [z, grads.u, grads.v]) expect(finite(t)).toBe(true)
      }),
    )
  })

  it('hits the poles themselves', () => {
    const [top, bottom] = values(bend(arcFaceMargin({ m: 0.5, beyondPi: 'continuous' }), [1, -1]))
    expect(top).toBeCloseTo(Math.cos(0.5), 14)
    expect(bottom).toBeCloseTo(-Math.cos(Math.PI + 0.5) - 2, 14)
    expect(values(bend(sphereFaceMargin(), [1, -1]))).toEqual([1, -7])
  })
})

describe('annealing', () => {
  it('is max(5, 1000 / (1 + t)) by default', () => {
    for (const t of [0, 1, 9, 199, 200, 5000]) {
      expect(lambdaAt(ANNEALING, t)).toBeCloseTo(Math.max(5, 1000 / (1 + t)), 9)
    }
  })

  it('is at its floor from update 199 on, with gamma = 0.12 from 1,659 on', () => {
    for (const [gamma, update] of [
      [1, 199],
      [0.12, 1659],
    ]) {
      const at = annealingOf('test', { gamma })!
      expect(lambdaAt(at, update - 1)).toBeGreaterThan(5)
      expect(lambdaAt(at, update)).toBe(5)
    }
  })

  it('never rises', () => {
    const at = annealingOf('test', { lambda0: 10, lambdaMin: 0, gamma: 0.1, power: 2 })!
    fc.assert(fc.property(fc.nat(1e6), t => lambdaAt(at, t + 1) <= lambdaAt(at, t)))
  })
})

describe('a margin outside its domain', () => {
  const cases: readonly [string, () => Margin, string][] = [
    ['a negative s', () => cosFaceMargin({ s: -1 }), 'cosFace: s is a finite number > 0, got -1'],
    ['s = 0', () => normFaceMargin({ s: 0 }), 'normFace: s is a finite number > 0, got 0'],
    ['s = NaN', () => arcFaceMargin({ s: Number.NaN }), 'arcFace: s is a finite number > 0, got NaN'],
    ['an infinite s', () => sphereFaceMargin({ s: Infinity }), 'sphereFace: s is a finite number > 0'],
    [
      'degrees',
      () => arcFaceMargin({ m: 28.6 }),
      'in radians, 0 <= m < pi, got 28.6 (28.6 degrees are 0.4992 radians)',
    ],
    ['a negative angle', () => arcFaceMargin({ m: -0.1 }), 'arcFace: m is an angle in radians'],
    ['degrees for m2', () => combinedMargin({ m2: 17 }), 'combinedMargin: m2 is an angle in radians'],
    ['NaN', () => arcFaceMargin({ m: Number.NaN }), 'got NaN'],
    [
      'a negative cosine margin',
      () => cosFaceMargin({ m: -0.1 }),
      'cosFace: m is a difference of cosines, 0 to 2',
    ],
    [
      'a cosine margin past 2',
      () => combinedMargin({ m3: 3 }),
      'combinedMargin: m3 is a difference of cosines',
    ],
    [
      'half a multiple',
      () => sphereFaceMargin({ m: 2.5 }),
      'sphereFace: m multiplies the angle, an integer >= 1, got 2.5',
    ],
    [
      'multiple 0',
      () => lSoftmaxMargin({ m: 0 }),
      'lSoftmax: m multiplies the angle, an integer >= 1, got 0',
    ],
    ['m1 = 0', () => combinedMargin({ m1: 0 }), 'combinedMargin: m1 is a finite number > 0, got 0'],
    [
      'an unknown beyondPi',
      () => arcFaceMargin({ beyondPi: 'round' as 'linear' }),
      'beyondPi is linear or continuous, got round',
    ],
    [
      'linear beyondPi of a multiple',
      () => combinedMargin({ m1: 2, beyondPi: 'linear' }),
      'continuous unless m1 is 1',
    ],
    [
      'a negative lambda',
      () => sphereFaceMargin({ annealing: { lambdaMin: -1 } }),
      'lambdaMin is a finite number >= 0',
    ],
  ]
  it.each(cases)('%s is refused', (_, make, message) => expect(make).toThrow(message))

  it('takes undefined for the default', () => {
    const undef = { s: undefined, m: undefined, beyondPi: undefined }
    const c = [generator(0).uniform(-1, 1)]
    expect(values(bend(arcFaceMargin(undef), c))).toEqual(values(bend(arcFaceMargin(), c)))
  })
})
