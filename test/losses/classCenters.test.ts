import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, tensor } from '../../engine/index.ts'
import {
  type CenterOptions,
  irCosFace,
  irSoftmax,
  type Loss,
  marginLoss,
  trainingLoss,
} from '../../losses/index.ts'
import { cosFaceMargin } from '../../losses/margins/additive.ts'
import { onReference } from '../support/onReference.ts'
import { draw, drawCase, farthest, finite, length, rowsOf, seeds, unit, values } from './support.ts'

onReference()

type Rows = number[][]

/** The centres as plain loops make them, one image at a time. */
class Naive {
  centers: Rows
  before: Rows
  visits: number[]
  readonly options: CenterOptions

  constructor(start: Rows, options: CenterOptions) {
    this.centers = start
    this.before = start
    this.visits = start.map(() => 0)
    this.options = options
  }

  update(z: Rows, y: readonly number[]): void {
    const { estimator = 'ema', cumulativeMean = false } = this.options
    const alpha = this.options.alpha ?? (estimator === 'ema' ? 0.1 : 0.5)
    this.before = this.centers
    this.centers = this.centers.map((c, j) => {
      const own = z.filter((_, i) => y[i] === j)
      this.visits[j] += own.length
      if (estimator === 'exact' || own.length === 0) return c
      const rate = cumulativeMean ? Math.max(alpha, own.length / this.visits[j]) : alpha
      return c.map((v, d) => {
        if (estimator === 'ema') return v + rate * (own.reduce((s, r) => s + r[d], 0) / own.length - v)
        return v - (alpha * own.reduce((s, r) => s + v - r[d], 0)) / (1 + own.length)
      })
    })
  }

  prototypes(centers: Rows): number[] {
    if (this.options.subtractMean === false) return centers.flat()
    const mean = centers[0].map((_, d) => centers.reduce((s, c) => s + c[d], 0) / centers.length)
    return centers.flatMap(c => unit(c.map((v, d) => v - mean[d])))
  }
}

const options = fc
  .record({
    estimator: fc.constantFrom('ema', 'centerLoss'),
    alpha: fc.double({ min: 0.05, max: 1, noNaN: true }),
    subtractMean: fc.boolean(),
    usePreviousCenters: fc.boolean(),
    cumulativeMean: fc.boolean(),
  })
  .map(o => ({ ...o, cumulativeMean: o.cumulativeMean && o.estimator === 'ema' }) as CenterOptions)

const centersOf = (loss: Loss): Rows => rowsOf(loss.state().tensors.centers)
const sizes = { dtype: 'float64', reduction: 'none' } as const

describe.each([
  { name: 'irSoftmax averages x', create: irSoftmax, average: (x: Rows) => x },
  { name: 'irCosFace averages x / ‖x‖', create: irCosFace, average: (x: Rows) => x.map(unit) },
])('$name', ({ create, average }) => {
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
          naive.update(average(rowsOf(x)), y)
          // A dozen roundings a step of numbers below 4.
          expect(farthest(centersOf(loss).flat(), naive.centers.flat())).toBeLessThan(1e-13)
          const { centers: _, ...others } = loss.state().tensors
          expect(Object.keys(others)).toEqual(option.cumulativeMean ? ['visits'] : [])
          if (option.cumulativeMean) expect(values(others.visits)).toEqual(naive.visits)
          // Two classes in few dimensions may lie close: 1e-15 divided by a distance of 1e-3.
          expect(farthest(loss.prototypes, naive.prototypes(naive.centers))).toBeLessThan(1e-12)
          const seen = create({ ...sizes, ...option, usePreviousCenters: false, classes, dim })
          const centers = option.usePreviousCenters ? naive.before : naive.centers
          const { tensors } = seen.state()
          seen.load({ tensors: { ...tensors, centers: tensor(centers, { dtype: 'float64' }) }, values: {} })
          expect(farthest(value, seen(x, y))).toBeLessThan(1e-10)
        }
      }),
      { numRuns: 60 },
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
        const z = average(rowsOf(x))
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
            values(marginLoss(cosFaceMargin(), x, { W }, y, { reduction: 'none' })),
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
          expect(y.includes(j) ? length(c) > 0 : c.every((v, d) => v === start[j][d])).toBe(true)
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
      all.push(...rowsOf(x))
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

  const cases: readonly [string, CenterOptions & { cumulativeMean?: boolean }, string][] = [
    ['estimator', { estimator: 'mean' as 'ema' }, 'irCosFace: estimator is ema, centerLoss, exact, got mean'],
    ['alpha 0', { alpha: 0 }, 'irCosFace: alpha is a rate, 0 < alpha <= 1, got 0'],
    ['alpha past 1', { alpha: 1.5 }, 'got 1.5'],
    ['alpha NaN', { alpha: Number.NaN }, 'got NaN'],
    [
      'half a step',
      { estimator: 'exact', refreshEvery: 0.5 },
      'refreshEvery as an integer >= 1 expected, got 0.5',
    ],
    ['refreshEvery of ema', { refreshEvery: 3 }, 'refreshEvery goes with exact, got ema'],
    ['alpha of exact', { estimator: 'exact', alpha: 0.1 }, 'alpha goes with ema or centerLoss, got exact'],
    [
      'cumulativeMean',
      { estimator: 'centerLoss', cumulativeMean: true },
      'cumulativeMean goes with the estimator ema',
    ],
    [
      'usePreviousCenters',
      { estimator: 'exact', usePreviousCenters: true },
      'usePreviousCenters goes with ema or centerLoss, got exact',
    ],
    [
      'differentiate',
      { estimator: 'exact', differentiate: true },
      'differentiate goes with ema or centerLoss',
    ],
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
