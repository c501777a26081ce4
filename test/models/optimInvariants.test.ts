import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parameter, type Tensor, tensor, zeros } from '../../engine/index.ts'
import {
  adagrad,
  adam,
  adamW,
  clipGradNorm,
  clipGradValue,
  constant,
  cosineAnnealing,
  exponentialDecay,
  lamb,
  multiStepDecay,
  oneCycle,
  polynomialDecay,
  rmsprop,
  type Schedule,
  sgd,
  stepDecay,
  warmup,
  warmupCosine,
} from '../../models/optim/index.ts'

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const f64 = { dtype: 'float64' } as const
const values = (t: Tensor): number[] => Array.from(t.dataSync())

describe('invariants', () => {
  const nonzero = fc.array(
    real(-5, 5).filter(g => Math.abs(g) > 1e-2),
    { minLength: 1, maxLength: 6 },
  )

  it('the first step of Adam is lr sign(g), whatever the size of g', () => {
    fc.assert(
      fc.property(nonzero, real(1e-4, 1), (g, lr) => {
        const p = parameter(zeros([g.length], f64))
        adam({ p }, { lr }).step({ p: tensor(g, f64) })
        // eps = 1e-8 stands beside |g| > 1e-2: at most 1e-6 of the step.
        values(p).forEach((value, i) => {
          expect(Math.abs(value + lr * Math.sign(g[i]))).toBeLessThanOrEqual(2e-6 * lr)
        })
      }),
    )
  })

  it('Adam does not see the scale of the gradient when eps is 0', () => {
    fc.assert(
      fc.property(nonzero, fc.integer({ min: -20, max: 20 }), (g, k) => {
        const [a, b] = [parameter(zeros([g.length], f64)), parameter(zeros([g.length], f64))]
        const [one, other] = [adam({ p: a }, { eps: 0 }), adam({ p: b }, { eps: 0 })]
        for (let t = 1; t <= 3; t++) {
          one.step({ p: tensor(g, f64).mul(t) })
          other.step({ p: tensor(g, f64).mul(t * 2 ** k) })
        }
        // A power of two scales m exactly and sqrt(v) exactly: nothing is rounded differently.
        expect(values(b)).toEqual(values(a))
      }),
    )
  })

  it('momentum under a constant gradient ends at steps of lr g / (1 - mu)', () => {
    fc.assert(
      fc.property(real(0.1, 0.8), real(-3, 3), fc.boolean(), (momentum, g, nesterov) => {
        const p = parameter([0], f64)
        const optimizer = sgd({ p }, { lr: 0.1, momentum, nesterov })
        let before = 0
        for (let t = 0; t < 200; t++) {
          before = p.item()
          optimizer.step({ p: tensor([g], f64) })
        }
        // 0.8^200 is 4e-20; what is left is the rounding of p, some 200 |step| in size.
        expect(Math.abs(before - p.item() - (0.1 * g) / (1 - momentum))).toBeLessThanOrEqual(
          1e-12 * (1 + Math.abs(g)),
        )
      }),
    )
  })

  it('a step of LAMB is lr times the length of the parameter, along that of Adam with its decay', () => {
    const grid = fc.array(
      real(-5, 5).filter(g => Math.abs(g) > 1e-2),
      { minLength: 3, maxLength: 3 },
    )
    fc.assert(
      fc.property(grid, grid, real(1e-4, 1), real(0, 0.5), (start, g, lr, weightDecay) => {
        const p = parameter(start, f64)
        lamb({ p }, { lr, weightDecay, eps: 0 }).step({ p: tensor(g, f64) })
        const moved = values(p).map((v, i) => start[i] - v)
        // The first step of Adam is the sign of g.
        const along = g.map((v, i) => Math.sign(v) + weightDecay * start[i])
        fc.pre(Math.hypot(...along) > 1e-3)
        const ratio = Math.hypot(...start) / Math.hypot(...along)
        // A difference of numbers up to 10: ten roundings of 1e-15.
        moved.forEach((v, i) => {
          expect(Math.abs(v - lr * ratio * along[i])).toBeLessThanOrEqual(1e-14 * (1 + ratio * 10))
        })
      }),
    )
  })

  it('LAMB moves a parameter of zeros as Adam does', () => {
    const [a, b] = [parameter([0, 0], f64), parameter([0, 0], f64)]
    lamb({ p: a }, { lr: 0.1, eps: 1e-8 }).step({ p: tensor([2, -3], f64) })
    adam({ p: b }, { lr: 0.1, eps: 1e-8 }).step({ p: tensor([2, -3], f64) })
    // The roots are corrected in another order: a rounding of 0.1.
    values(a).forEach((v, i) => {
      expect(v).toBeCloseTo(values(b)[i], 15)
    })
  })

  it('the rates of AMSGrad never grow: after one large gradient small ones hardly move', () => {
    const [a, b] = [parameter([0], f64), parameter([0], f64)]
    const [plain, ams] = [
      adam({ p: a }, { lr: 0.1, betas: [0, 0.5] }),
      adam({ p: b }, { lr: 0.1, betas: [0, 0.5], amsgrad: true }),
    ]
    const moves = [100, ...new Array<number>(30).fill(1)].map(g => {
      const before = [a.item(), b.item()]
      plain.step({ p: tensor([g], f64) })
      ams.step({ p: tensor([g], f64) })
      return [before[0] - a.item(), before[1] - b.item()]
    })
    const last = moves[30]
    expect(last[0]).toBeGreaterThan(0.09)
    expect(last[1]).toBeLessThan(0.1 / 70)
  })

  it('a step of Adagrad shrinks as 1 / sqrt(t) under a constant gradient', () => {
    const p = parameter([0], f64)
    const optimizer = adagrad({ p }, { lr: 0.1, eps: 0 })
    for (let t = 1; t <= 20; t++) {
      const before = p.item()
      optimizer.step({ p: tensor([-3], f64) })
      expect(p.item() - before).toBeCloseTo(0.1 / Math.sqrt(t), 13)
    }
  })

  it('centred RMSprop counts a variance that rounding brings below 0 as 0', () => {
    // The variance of a constant gradient falls to nothing.
    const p = parameter([0], f64)
    const optimizer = rmsprop({ p }, { alpha: 0.5, centered: true, eps: 1e-3 })
    for (let t = 0; t < 200; t++) {
      optimizer.step({ p: tensor([0.1], f64) })
      expect(Number.isFinite(p.item())).toBe(true)
    }
  })

  it('sgd refuses dampening beside nesterov', () => {
    expect(() =>
      sgd({ p: parameter([0]) }, { lr: 1, momentum: 0.9, nesterov: true, dampening: 0.1 }),
    ).toThrow('sgd: nesterov needs a dampening of 0, got 0.1')
  })

  it('AdamW shrinks a parameter without gradient by 1 - lr lambda a step, Adam leaves it', () => {
    const [a, b] = [parameter([3], f64), parameter([3], f64)]
    const [w, plain] = [adamW({ a }, { lr: 0.1, weightDecay: 0.5 }), adam({ b }, { lr: 0.1 })]
    for (let t = 0; t < 10; t++) {
      w.step({ a: tensor([0], f64) })
      plain.step({ b: tensor([0], f64) })
    }
    expect(a.item()).toBeCloseTo(3 * 0.95 ** 10, 12)
    expect(b.item()).toBe(3)
  })

  it('a group of rate 0 stays where it is, and names of groups do not clash', () => {
    const [free, frozen] = [parameter([1]), parameter([1])]
    const optimizer = adam([{ parameters: { w: free } }, { parameters: { w: frozen }, lr: 0 }])
    optimizer.step({ '0.w': tensor([1]), '1.w': tensor([1]) })
    expect(frozen.item()).toBe(1)
    expect(free.item()).toBeLessThan(1)
    expect(Object.keys(optimizer.state().tensors).sort()).toEqual(['0.w.m', '0.w.v', '1.w.m', '1.w.v'])
  })

  const OPTIMIZERS = {
    sgd: (p: Record<string, Tensor>) => sgd(p, { lr: 0.1, momentum: 0.9 }),
    adam: (p: Record<string, Tensor>) => adam(p),
    adamW: (p: Record<string, Tensor>) => adamW(p),
  }
  const drawn = fc.record({
    make: fc.constantFrom(...Object.values(OPTIMIZERS)),
    dtype: fc.constantFrom('float32' as const, 'float64' as const),
    wrong: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
    at: fc.nat(1000),
  })

  it('a gradient that is not finite is refused by name, wherever it stands, and nothing moves', () => {
    fc.assert(
      fc.property(drawn, ({ make, dtype, wrong, sizes, at }) => {
        const named = (values: (i: number) => number) =>
          Object.fromEntries(
            sizes.map((n, i) => [`p${i}`, Array.from({ length: n }, (_, j) => values(i + j))]),
          )
        const parameters = Object.fromEntries(
          Object.entries(named(i => i)).map(([name, v]) => [name, parameter(v, { dtype })]),
        )
        const optimizer = make(parameters)
        const right = Object.entries(named(i => 1 / (1 + i)))
        const grads = Object.fromEntries(right.map(([name, v]) => [name, tensor(v, { dtype })]))
        optimizer.step(grads)
        const memory = () => {
          const state = optimizer.state()
          const all = { ...parameters, ...state.tensors }
          return JSON.stringify([Object.entries(all).map(([name, t]) => [name, values(t)]), state.values])
        }
        const before = memory()
        const [name, v] = right[at % sizes.length]
        const spoilt = {
          ...grads,
          [name]: tensor(
            v.map((g, j) => (j === at % v.length ? wrong : g)),
            { dtype },
          ),
        }
        expect(() => optimizer.step(spoilt)).toThrow(
          `.step: finite gradients expected, got ${wrong} in that of ${name}`,
        )
        expect(() => clipGradNorm(spoilt, 1)).toThrow(
          `clipGradNorm: finite gradients expected, got ${wrong} in that of ${name}`,
        )
        expect(memory()).toBe(before)
        optimizer.step(grads)
        expect(optimizer.state().values).toEqual({ t: 2 })
      }),
    )
  })

  it('a gradient that would make a parameter or a moment infinite is refused by that name, and nothing moves', () => {
    const cases: [keyof typeof OPTIMIZERS, number, string][] = [
      // Of float32's largest, 3.4e38, these are the square, and what is added to 0.9 of the same.
      ['adam', 1e20, 'Infinity in p.v'],
      ['adamW', 1e20, 'Infinity in p.v'],
      ['sgd', 2e38, '-Infinity in p, Infinity in p.b'],
    ]
    for (const [name, g, left] of cases) {
      const p = parameter([1, 2])
      const optimizer = OPTIMIZERS[name]({ p })
      const grads = { p: tensor([0.5, g]) }
      if (name === 'sgd') optimizer.step(grads)
      const before = [
        values(p),
        optimizer.state().values,
        ...Object.values(optimizer.state().tensors).map(values),
      ]
      expect(() => optimizer.step(grads)).toThrow(
        `${name}.step: finite parameters and state expected, got ${left}`,
      )
      const after = [
        values(p),
        optimizer.state().values,
        ...Object.values(optimizer.state().tensors).map(values),
      ]
      expect(after).toEqual(before)
    }
  })

  it('finite gradients whose sum is beyond the largest number are taken', () => {
    const p = parameter([0, 0])
    sgd({ p }, { lr: 1e-38 }).step({ p: tensor([3e38, 3e38]) })
    // float32 rounds the product once.
    expect(values(p).every(v => Math.abs(v + 3) < 1e-5)).toBe(true)
  })

  it('refuses settings outside their domain', () => {
    const p = parameter([1])
    expect(() => sgd({ p }, { lr: 0.1, nesterov: true })).toThrow('nesterov needs a momentum')
    expect(() => sgd({ p }, { lr: 0.1, momentum: 1 })).toThrow(
      'sgd: momentum from 0 to below 1 expected, got 1',
    )
    expect(() => adam({ p }, { betas: [0.9, 1] })).toThrow('adam: betas[1] from 0 to below 1 expected, got 1')
    expect(() => adamW({ p }, { eps: -1 })).toThrow('adamW: eps as a finite number >= 0 expected, got -1')
  })
})

describe('clipping', () => {
  const gradients = fc.array(fc.array(real(-1e3, 1e3), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  })
  const named = (g: number[][]) => Object.fromEntries(g.map((row, i) => [`g${i}`, tensor(row, f64)]))

  it('by norm: one common factor, a length of at most maxNorm, and short gradients as they are', () => {
    fc.assert(
      fc.property(gradients, real(1e-3, 1e4), (g, maxNorm) => {
        const { grads, norm } = clipGradNorm(named(g), maxNorm)
        const length = Math.hypot(...g.flat())
        const factor = Math.min(1, maxNorm / (length + 1e-6))
        // Sums of at most 12 squares: a few roundings of 1e-16.
        expect(Math.abs(norm.item() - length)).toBeLessThanOrEqual(1e-14 * length)
        g.forEach((row, i) => {
          values(grads[`g${i}`]).forEach((value, j) => {
            expect(Math.abs(value - row[j] * factor)).toBeLessThanOrEqual(1e-13 * Math.abs(row[j]))
          })
        })
      }),
    )
  })

  it('by norm holds huge gradients too', () => {
    const { grads } = clipGradNorm({ a: tensor([3e200, 4e200], f64) }, 1)
    expect(values(grads.a)[0]).toBeCloseTo(0.6, 12)
  })

  it('by value: each element within the limit, none moved that was', () => {
    fc.assert(
      fc.property(gradients, real(1e-3, 1e3), (g, limit) => {
        const clipped = clipGradValue(named(g), limit)
        g.forEach((row, i) => {
          expect(values(clipped[`g${i}`])).toEqual(row.map(v => Math.min(Math.max(v, -limit), limit)))
        })
      }),
    )
    expect(() => clipGradValue(named([[1]]), -1)).toThrow('clipGradValue: a limit >= 0 expected, got -1')
    expect(() => clipGradNorm(named([[1]]), Number.NaN)).toThrow(
      'clipGradNorm: a limit >= 0 expected, got NaN',
    )
  })
})

describe('schedules', () => {
  it('rises over the warm-up under a half cosine, and ends at 0 for good', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 300 }), (warmup, steps) => {
        const schedule = warmupCosine({ warmup, steps })
        for (let t = 0; t <= steps; t++) {
          const rise = warmup === 0 ? 1 : Math.min(1, (t + 1) / warmup)
          const cosine = Math.cos((Math.PI * t) / (2 * steps)) ** 2
          // cos^2(a / 2) = (1 + cos a) / 2, up to a few roundings of numbers of at most 1.
          expect(Math.abs(schedule(t) - rise * cosine)).toBeLessThanOrEqual(1e-15 * 4)
        }
        expect(schedule(steps + 7)).toBe(schedule(steps))
      }),
    )
    expect(constant()(5)).toBe(1)
    expect(constant(0.5)(5)).toBe(0.5)
    expect(() => warmupCosine({ steps: 0 })).toThrow('steps as an integer >= 1 expected, got 0')
    expect(() => warmupCosine({ warmup: -1, steps: 5 })).toThrow('warmup as an integer >= 0 expected, got -1')
  })
})

describe('each schedule', () => {
  const ALL: readonly [string, (rng: readonly number[]) => Schedule][] = [
    ['stepDecay', ([a]) => stepDecay({ every: 1 + Math.floor(9 * a), gamma: 0.5 })],
    [
      'multiStepDecay',
      ([a, b]) => multiStepDecay({ milestones: [Math.floor(9 * a), 9 + Math.floor(9 * b)] }),
    ],
    ['exponentialDecay', ([a]) => exponentialDecay({ gamma: 0.5 + a / 2 })],
    ['polynomialDecay', ([a, b]) => polynomialDecay({ steps: 1 + Math.floor(30 * a), power: 0.5 + 3 * b })],
    ['cosineAnnealing', ([a, b]) => cosineAnnealing({ steps: 1 + Math.floor(30 * a), min: b / 2 })],
  ]

  it.each(ALL)('%s begins at 1 and never grows', (name, make) => {
    fc.assert(
      fc.property(fc.tuple(real(0, 0.99), real(0, 0.99)), drawn => {
        const schedule = make(drawn)
        const rates = Array.from({ length: 40 }, (_, t) => schedule(t))
        const falls = name === 'multiStepDecay' && drawn[0] < 1 / 9
        expect(rates[0]).toBe(falls ? 0.1 : 1)
        // A cosine rounds its last digit.
        rates.slice(1).forEach((rate, t) => {
          expect(rate).toBeLessThanOrEqual(rates[t] + 1e-15)
        })
        expect(rates.every(rate => rate >= 0)).toBe(true)
      }),
    )
  })

  it('oneCycle rises to 1 at its share of the steps, falls, and stays', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 60 }),
        fc.integer({ min: 2, max: 4 }),
        fc.boolean(),
        fc.constantFrom('cos' as const, 'linear' as const),
        (tenth, share, threePhase, annealStrategy) => {
          const steps = 10 * tenth
          const schedule = oneCycle({ steps, pctStart: share / 10, threePhase, annealStrategy })
          const top = tenth * share - 1
          // Of numbers of size 1: some roundings.
          expect(schedule(0)).toBeCloseTo(1 / 25, 14)
          expect(schedule(top)).toBeCloseTo(1, 14)
          expect(schedule(steps - 1)).toBeCloseTo(1 / 25 / 1e4, 14)
          expect(schedule(steps + 5)).toBe(schedule(steps - 1))
          for (let t = 1; t < steps; t++) {
            expect(Math.sign(schedule(t) - schedule(t - 1))).toBe(t <= top ? 1 : -1)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('warmup rises in a line to where the schedule begins, and goes on with it', () => {
    const after = polynomialDecay({ steps: 10 })
    const schedule = warmup(after, { steps: 4, start: 0.2 })
    const rates = [0, 1, 2, 3, 4, 5].map(schedule)
    for (const [t, rate] of [0.2, 0.4, 0.6, 0.8, 1, 0.9].entries()) expect(rates[t]).toBeCloseTo(rate, 14)
  })

  it('refuse what they cannot be made of', () => {
    expect(() => stepDecay({ every: 0 })).toThrow('stepDecay: every')
    expect(() => multiStepDecay({ milestones: [5, 3] })).toThrow('multiStepDecay: milestones[1]')
    expect(() => multiStepDecay({ milestones: 5 as never })).toThrow('multiStepDecay: milestones as an array')
    expect(() => exponentialDecay({ gamma: 0 })).toThrow('exponentialDecay: gamma')
    expect(() => polynomialDecay({ steps: 1.5 })).toThrow('polynomialDecay: steps')
    expect(() => cosineAnnealing({ tMax: 5 } as never)).toThrow('did you mean steps?')
    expect(() => oneCycle({ steps: 10, pctStart: 2 })).toThrow('oneCycle: pctStart')
    expect(() => warmup(undefined as never, { steps: 3 })).toThrow('warmup: a schedule')
  })
})
