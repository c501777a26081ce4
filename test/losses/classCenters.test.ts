import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, tensor } from '../../engine/index.ts'
import {
  type CenterOptions,
  irCosFace,
  irLSoftmax,
  irSoftmax,
  irSphereFace,
  type Loss,
  marginLoss,
  trainingLoss,
} from '../../losses/index.ts'
import { cosFaceMargin } from '../../losses/margins/additive.ts'
import { softmaxMargin } from '../../losses/margins/margin.ts'
import { onReference } from '../support/onReference.ts'
import { dot, draw, drawCase, f64, farthest, finite, length, rowsOf, seeds, unit, values } from './support.ts'

onReference()

type Rows = number[][]

/** The centres as plain loops make them, one image at a time. */
class Naive {
  centers: Rows
  before: Rows
  readonly seen: Rows[]
  readonly velocity: Rows
  readonly options: CenterOptions

  constructor(start: Rows, options: CenterOptions) {
    this.centers = start
    this.before = start
    this.seen = start.map(() => [])
    this.velocity = start.map(c => c.map(() => 0))
    this.options = options
  }

  update(z: Rows, y: readonly number[]): void {
    this.before = this.centers
    this.centers = this.centers.map((c, j) => {
      const own = z.filter((_, i) => y[i] === j)
      this.seen[j].push(...own)
      return this.moved(c, j, own)
    })
  }

  moved(c: number[], j: number, own: Rows): number[] {
    const {
      estimator = 'ema',
      alpha = RATES[estimator],
      cumulativeMean,
      batchMean,
      momentum = 0,
    } = this.options
    const total = (rows: Rows, d: number): number => rows.reduce((s, r) => s + r[d], 0)
    if (estimator === 'sphere') {
      const share = batchMean ? Math.max(own.length, 1) : 1
      const v = c.map((e, d) => momentum * this.velocity[j][d] + (own.length * e - total(own, d)) / share)
      this.velocity[j] = v
      return own.length === 0 && momentum === 0 ? c : unit(c.map((e, d) => e - alpha * v[d]))
    }
    if (own.length === 0) return c
    if (estimator === 'centerLoss')
      return c.map((e, d) => e - (alpha * (own.length * e - total(own, d))) / (1 + own.length))
    if (estimator === 'accumulate') return unit(c.map((e, d) => e + total(own, d)))
    if (estimator === 'empirical') {
      const a = own.map(r => 1 / (1 + Math.exp(-dot(r, c))))
      return unit(c.map((e, d) => own.reduce((s, r, i) => s + a[i] * e + (1 - a[i]) * r[d], 0)))
    }
    if (estimator === 'memoryBank') {
      const last = this.seen[j].slice(-(this.options.window ?? 8))
      return c.map((_, d) => total(last, d) / last.length)
    }
    const rate = cumulativeMean ? Math.max(alpha, own.length / this.seen[j].length) : alpha
    return c.map((e, d) => e + rate * (total(own, d) / own.length - e))
  }

  prototypes(centers: Rows): number[] {
    if (this.options.subtractMean === false) return centers.flat()
    const mean = centers[0].map((_, d) => centers.reduce((s, c) => s + c[d], 0) / centers.length)
    return centers.flatMap(c => unit(c.map((v, d) => v - mean[d])))
  }
}

const RATES: Readonly<Record<string, number>> = { ema: 0.1, centerLoss: 0.5, sphere: 0.1 }

const rate = (max: number) => fc.double({ min: 0.05, max, noNaN: true })
const flags = { subtractMean: fc.boolean(), usePreviousCenters: fc.boolean() }
/** What each estimator understands, and no more. */
const options: fc.Arbitrary<CenterOptions> = fc.oneof(
  fc.record({ ...flags, estimator: fc.constant('ema'), alpha: rate(1), cumulativeMean: fc.boolean() }),
  fc.record({ ...flags, estimator: fc.constant('centerLoss'), alpha: rate(1) }),
  fc.record({
    ...flags,
    estimator: fc.constant('sphere'),
    alpha: rate(0.4),
    batchMean: fc.boolean(),
    momentum: fc.constantFrom(0, 0.5, 0.9),
  }),
  fc.record({ ...flags, estimator: fc.constantFrom('accumulate', 'empirical') }),
  fc.record({ ...flags, estimator: fc.constant('memoryBank'), window: fc.integer({ min: 1, max: 9 }) }),
) as fc.Arbitrary<CenterOptions>

/** What an estimator remembers beside the centres. */
const memoryOf = ({ estimator, cumulativeMean, momentum = 0 }: CenterOptions): string[] =>
  estimator === 'memoryBank'
    ? ['bank', 'visits']
    : cumulativeMean
      ? ['visits']
      : momentum > 0
        ? ['velocity']
        : []

const centersOf = (loss: Loss): Rows => rowsOf(loss.state().tensors.centers)
const sizes = { dtype: 'float64', reduction: 'none' } as const

describe.each([
  { name: 'irSoftmax', create: irSoftmax, margin: softmaxMargin() },
  { name: 'irCosFace', create: irCosFace, margin: cosFaceMargin({ s: 'norm' }) },
])('$name averages x / ‖x‖', ({ create, margin }) => {
  it('each update is the written formula', () => {
    fc.assert(
      fc.property(seeds, options, (seed, option) => {
        const { rng, classes, dim, n } = drawCase(seed)
        const loss = create({ ...sizes, ...option, classes, dim, seed })
        const naive = new Naive(centersOf(loss), option)
        for (let step = 0; step < 4; step++) {
          const x = draw(rng, [n, dim])
          const y = Array.from({ length: n }, () => rng.integer(0, classes - 1))
          const value = trainingLoss(loss, x, y)
          naive.update(rowsOf(x).map(unit), y)
          // A dozen roundings a step; a sum that is put back on the sphere may be a hundredth as long as its terms.
          expect(farthest(centersOf(loss).flat(), naive.centers.flat())).toBeLessThan(1e-12)
          const { centers: _, ...others } = loss.state().tensors
          expect(Object.keys(others)).toEqual(memoryOf(option))
          if ('visits' in others) expect(values(others.visits)).toEqual(naive.seen.map(rows => rows.length))
          // Two classes in few dimensions may lie close: 1e-14 divided by a distance of 1e-3.
          expect(farthest(loss.prototypes, naive.prototypes(naive.centers))).toBeLessThan(1e-11)
          const W = f64(naive.prototypes(option.usePreviousCenters ? naive.before : naive.centers), [
            classes,
            dim,
          ])
          expect(farthest(value, marginLoss(margin, x, { W }, y, { reduction: 'none' }))).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 120 },
    )
  })

  it('the exact estimator takes the means of the training set, when told to', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, classes, dim, n, x, y } = drawCase(seed)
        const loss = create({ ...sizes, classes, dim, seed, estimator: 'exact', refreshEvery: 7 })
        expect(loss.refreshEvery).toBe(7)
        const start = centersOf(loss)
        loss.update(draw(rng, [n, dim]), y)
        expect(centersOf(loss)).toEqual(start)
        loss.refresh(x, y)
        const z = rowsOf(x).map(unit)
        const means = start.map((c, j) => {
          const own = z.filter((_, i) => y[i] === j)
          return own.length === 0 ? c : c.map((_, d) => own.reduce((s, r) => s + r[d], 0) / own.length)
        })
        expect(farthest(centersOf(loss).flat(), means.flat())).toBeLessThan(1e-14)
      }),
    )
  })
})

describe('class centres', () => {
  it('the loss of a step sees its own batch in them, unless it uses the previous ones, to the bit', () => {
    fc.assert(
      fc.property(seeds, options, fc.boolean(), (seed, option, differentiate) => {
        const { rng, classes, dim, n } = drawCase(seed)
        const usePreviousCenters = option.usePreviousCenters && !differentiate
        const all = { ...sizes, ...option, usePreviousCenters, differentiate, classes, dim, seed }
        const loss = irCosFace(all)
        for (let step = 0; step < 3; step++) {
          const x = draw(rng, [n, dim])
          const y = Array.from({ length: n }, () => rng.integer(0, classes - 1))
          const before = loss.prototypes
          const value = trainingLoss(loss, x, y)
          const W = usePreviousCenters ? before : loss.prototypes
          expect(values(value)).toEqual(
            values(marginLoss(cosFaceMargin({ s: 'norm' }), x, { W }, y, { reduction: 'none' })),
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  it('a class that is absent keeps its centre, bit by bit', () => {
    fc.assert(
      fc.property(seeds, options, (seed, option) => {
        const { x, y, classes, dim } = drawCase(seed)
        const loss = irCosFace({ ...sizes, ...option, classes: classes + 1, dim, seed })
        const start = centersOf(loss)
        loss.update(x, y)
        centersOf(loss).forEach((c, j) => {
          const moves = y.includes(j) || (option.momentum ?? 0) > 0
          expect(moves ? length(c) > 0 : c.every((v, d) => v === start[j][d])).toBe(true)
        })
      }),
    )
  })

  it('with the running mean, a class is the plain mean of its images until 1 / alpha batches', () => {
    const rng = generator(2)
    const loss = irSoftmax({ ...sizes, classes: 2, dim: 3, alpha: 0.1, cumulativeMean: true })
    const all: Rows = []
    for (let step = 1; step <= 10; step++) {
      const x = draw(rng, [2, 3])
      all.push(...rowsOf(x).map(unit))
      loss.update(x, [1, 1])
      const mean = all[0].map((_, d) => all.reduce((s, r) => s + r[d], 0) / all.length)
      expect(farthest(centersOf(loss)[1], mean)).toBeLessThan(1e-14)
    }
  })

  it('one class has a prototype of 0 when centred, and a loss of 0', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const loss = irSoftmax({ classes: 1, dim: 3, dtype })
      const x = tensor([[1, 2, 3]], { dtype })
      loss.update(x, [0])
      expect(values(loss.prototypes)).toEqual([0, 0, 0])
      expect(loss(x, [0]).item()).toBe(0)
    }
  })

  it('centres that are all the same have prototypes of 0, not NaN', () => {
    const loss = irCosFace({ classes: 3, dim: 2 })
    const x = tensor([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
    for (let i = 0; i < 400; i++) loss.update(x, [0, 1, 2])
    expect(finite(loss.prototypes)).toBe(true)
    expect(finite(loss(x, [0, 1, 2]))).toBe(true)
  })

  it('goes on exactly from its state', () => {
    fc.assert(
      fc.property(seeds, options, (seed, option) => {
        const { rng, x, y, classes, dim, n } = drawCase(seed)
        const make = (s: number) => irCosFace({ ...sizes, ...option, classes, dim, seed: s })
        const [one, two] = [make(1), make(2)]
        one.update(x, y)
        const state = one.state()
        const next = draw(rng, [n, dim])
        one.update(next, y)
        const expected = values(one(next, y))
        // A state is a snapshot: the update after it must not have changed it.
        two.load(state)
        two.update(next, y)
        expect(values(two(next, y))).toEqual(expected)
        expect(values(two.prototypes)).toEqual(values(one.prototypes))
      }),
      { numRuns: 30 },
    )
  })

  it('works in float32 as in float64, up to rounding', () => {
    const { x, y, classes, dim } = drawCase(6)
    const run = (dtype: 'float32' | 'float64') => {
      const loss = irCosFace({
        classes,
        dim,
        dtype,
        s: 16,
        m: 0.2,
        cumulativeMean: true,
        usePreviousCenters: true,
      })
      for (let i = 0; i < 3; i++) loss.update(x.astype(dtype), y)
      return loss(x.astype(dtype), y).item()
    }
    // float32 has 6e-8; s = 16 and a dozen roundings.
    expect(run('float32')).toBeCloseTo(run('float64'), 4)
  })

  it('equation 3: the mean of unit vectors, whatever their lengths', () => {
    const x = tensor([
      [10, 0],
      [0, 1],
    ])
    for (const create of [irSoftmax, irLSoftmax, irSphereFace, irCosFace]) {
      const loss = create({ classes: 2, dim: 2, estimator: 'exact', subtractMean: false })
      loss.refresh(x, [0, 0])
      expect(rowsOf(loss.prototypes)[0]).toEqual([0.5, 0.5])
    }
  })

  const cases: readonly [string, CenterOptions & { cumulativeMean?: boolean }, string][] = [
    [
      'estimator',
      { estimator: 'mean' as 'ema' },
      'irCosFace: estimator is ema, exact, centerLoss, sphere, accumulate, empirical, memoryBank, got mean',
    ],
    ['alpha 0', { alpha: 0 }, 'irCosFace: alpha is a rate, 0 < alpha <= 1, got 0'],
    ['alpha past 1', { alpha: 1.5 }, 'got 1.5'],
    ['alpha NaN', { alpha: Number.NaN }, 'got NaN'],
    [
      'half a step',
      { estimator: 'exact', refreshEvery: 0.5 },
      'refreshEvery as an integer >= 1 expected, got 0.5',
    ],
    ['refreshEvery of ema', { refreshEvery: 3 }, 'refreshEvery goes with exact, got ema'],
    [
      'alpha of exact',
      { estimator: 'exact', alpha: 0.1 },
      'alpha goes with ema or centerLoss or sphere, got exact',
    ],
    [
      'cumulativeMean',
      { estimator: 'centerLoss', cumulativeMean: true },
      'cumulativeMean goes with ema, got centerLoss',
    ],
    [
      'usePreviousCenters',
      { estimator: 'exact', usePreviousCenters: true },
      'usePreviousCenters goes with ema or centerLoss or sphere or accumulate or empirical or memoryBank, got exact',
    ],
    [
      'differentiate',
      { estimator: 'exact', differentiate: true },
      'differentiate goes with ema or centerLoss or sphere or accumulate or empirical or memoryBank, got exact',
    ],
    ['momentum of ema', { momentum: 0.9 }, 'momentum goes with sphere, got ema'],
    ['momentum 1', { estimator: 'sphere', momentum: 1 }, 'momentum is a number from 0 to below 1, got 1'],
    ['window of ema', { window: 3 }, 'window goes with memoryBank, got ema'],
    ['a window of 0', { estimator: 'memoryBank', window: 0 }, 'window as an integer >= 1 expected, got 0'],
    ['batchMean of ema', { batchMean: true }, 'batchMean goes with sphere, got ema'],
    ['alpha of sphere', { estimator: 'sphere', alpha: 0 }, 'alpha is a rate, alpha > 0 and finite, got 0'],
    [
      'both',
      { usePreviousCenters: true, differentiate: true },
      'usePreviousCenters or differentiate expected',
    ],
  ]
  it.each(cases)('options that make no sense are refused: %s', (_, option, message) => {
    expect(() => irCosFace({ classes: 2, dim: 2, ...option })).toThrow(message)
  })
})
