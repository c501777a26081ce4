import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, parameter, randn, type Tensor, tensor, zeros } from '../../engine/index.ts'
import {
  adagrad,
  adam,
  adamW,
  decayGroups,
  type Group,
  lamb,
  type Optimizer,
  rmsprop,
  sgd,
} from '../../models/optim/index.ts'

interface Hyper {
  lr: number
  momentum: number
  nesterov: boolean
  weightDecay: number
  b1: number
  b2: number
  eps: number
}

interface Memory {
  a: number
  b: number
  c: number
}

/** The update rules element by element, in plain float64. */
type Rule = (h: Hyper) => (p: number, g: number, rate: number, memory: Memory, t: number) => number

const dampeningOf = (h: Hyper): number => (h.nesterov ? 0 : h.b1)

const sgdRule: Rule = h => (p, g, rate, memory, t) => {
  const slope = g + h.weightDecay * p
  memory.a = h.momentum * memory.a + (t === 1 || h.momentum === 0 ? 1 : 1 - dampeningOf(h)) * slope
  return p - rate * (h.nesterov ? slope + h.momentum * memory.a : memory.a)
}

const adamRule =
  (decoupled: boolean, amsgrad = false): Rule =>
  h =>
  (p, g, rate, memory, t) => {
    const slope = decoupled ? g : g + h.weightDecay * p
    memory.a = h.b1 * memory.a + (1 - h.b1) * slope
    memory.b = h.b2 * memory.b + (1 - h.b2) * slope * slope
    const start = decoupled ? p - rate * h.weightDecay * p : p
    const mHat = memory.a / (1 - h.b1 ** t)
    memory.c = Math.max(memory.c, memory.b)
    const vHat = (amsgrad ? memory.c : memory.b) / (1 - h.b2 ** t)
    return start - (rate * mHat) / (Math.sqrt(vHat) + h.eps)
  }

/** From 0.5 on: where the mean is all of the last gradient, the variance is nothing but rounding. */
const alphaOf = (h: Hyper): number => 0.5 + 0.49 * h.b2

const rmspropRule: Rule = h => (p, g, rate, memory) => {
  const [slope, alpha] = [g + h.weightDecay * p, alphaOf(h)]
  memory.a = alpha * memory.a + (1 - alpha) * slope * slope
  memory.c = alpha * memory.c + (1 - alpha) * slope
  const spread = h.nesterov ? memory.a - memory.c ** 2 : memory.a
  memory.b = h.momentum * memory.b + slope / (Math.sqrt(spread) + h.eps)
  return p - rate * memory.b
}

const adagradRule: Rule = h => (p, g, rate, memory, t) => {
  const slope = g + h.weightDecay * p
  memory.a += slope * slope
  return p - ((rate / (1 + (t - 1) * h.b1)) * slope) / (Math.sqrt(memory.a + h.b2) + h.eps)
}

const OPTIMIZERS: readonly [string, (groups: Group[], h: Hyper) => Optimizer, Rule?][] = [
  [
    'sgd',
    (groups, h) => {
      const { lr, momentum, nesterov, weightDecay } = h
      return sgd(groups, { lr, momentum, nesterov, weightDecay, dampening: dampeningOf(h) })
    },
    sgdRule,
  ],
  [
    'adam',
    (groups, { lr, b1, b2, eps, weightDecay }) => adam(groups, { lr, betas: [b1, b2], eps, weightDecay }),
    adamRule(false),
  ],
  [
    'adamW',
    (groups, { lr, b1, b2, eps, weightDecay }) => adamW(groups, { lr, betas: [b1, b2], eps, weightDecay }),
    adamRule(true),
  ],
  [
    'adam',
    (groups, { lr, b1, b2, eps, weightDecay }) =>
      adam(groups, { lr, betas: [b1, b2], eps, weightDecay, amsgrad: true }),
    adamRule(false, true),
  ],
  [
    'rmsprop',
    (groups, h) => {
      const { lr, momentum, nesterov: centered, eps, weightDecay } = h
      return rmsprop(groups, { lr, alpha: alphaOf(h), momentum, centered, eps, weightDecay })
    },
    rmspropRule,
  ],
  [
    'adagrad',
    (groups, { lr, b1: lrDecay, b2: initialAccumulator, eps, weightDecay }) =>
      adagrad(groups, { lr, lrDecay, initialAccumulator, eps, weightDecay }),
    adagradRule,
  ],
  // Its rule is of whole parameters: optimInvariants.test.ts has it.
  [
    'lamb',
    (groups, { lr, b1, b2, eps, weightDecay }) => lamb(groups, { lr, betas: [b1, b2], eps, weightDecay }),
  ],
]

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const hyper: fc.Arbitrary<Hyper> = fc
  .record({
    lr: real(1e-4, 0.5),
    momentum: fc.oneof(fc.constant(0), real(0.1, 0.95)),
    nesterov: fc.boolean(),
    weightDecay: fc.oneof(fc.constant(0), real(1e-3, 0.5)),
    b1: real(0, 0.95),
    b2: real(0, 0.999),
    eps: real(1e-8, 1e-3),
  })
  .map(h => ({ ...h, nesterov: h.nesterov && h.momentum > 0 }))

const f64 = { dtype: 'float64' } as const
const values = (t: Tensor): number[] => Array.from(t.dataSync())

describe.each(OPTIMIZERS)('%s', (name, make, rule) => {
  it.skipIf(rule === undefined)(
    'moves every element as the plain loop does, group by group and scale by scale',
    () => {
      fc.assert(
        fc.property(
          hyper,
          fc.integer(),
          fc.array(real(0, 2), { minLength: 1, maxLength: 5 }),
          (h, seed, scales) => {
            const rng = generator(seed)
            const w = parameter(randn([2, 3], rng, f64))
            const b = parameter(randn([3], rng, f64))
            const W = parameter(randn([4], rng, f64))
            const optimizer = make([{ parameters: { w, b } }, { parameters: { w: W }, lr: 30 * h.lr }], h)
            const rates = { '0.w': h.lr, '0.b': h.lr, '1.w': 30 * h.lr }
            expect(optimizer.parameters).toEqual({ '0.w': w, '0.b': b, '1.w': W })
            const update = (rule as Rule)(h)
            const plain = Object.entries(optimizer.parameters).map(([key, p]) => ({
              key: key as keyof typeof rates,
              p: values(p),
              memory: values(p).map(() => ({ a: 0, b: 0, c: 0 })),
            }))
            scales.forEach((scale, i) => {
              const grads = Object.fromEntries(
                Object.entries(optimizer.parameters).map(([key, p]) => [key, randn(p.shape, rng, f64)]),
              )
              optimizer.step(grads, scale)
              for (const { key, p, memory } of plain) {
                const g = grads[key].dataSync()
                p.forEach((value, j) => {
                  p[j] = update(value, g[j], rates[key] * scale, memory[j], i + 1)
                })
              }
            })
            for (const { key, p } of plain) {
              values(optimizer.parameters[key]).forEach((value, j) => {
                // Two orders of the same dozen float64 operations a step: some 50 roundings of 1e-16, on sizes that the
                // rates of up to 30 let grow to the largest value on the way; 1e-11 leaves room for that.
                expect(Math.abs(value - p[j])).toBeLessThanOrEqual(1e-11 * (1 + Math.max(...p.map(Math.abs))))
              })
            }
          },
        ),
        { numRuns: 60 },
      )
    },
  )

  it('goes on bit for bit from its state, and from no other', () => {
    fc.assert(
      fc.property(hyper, fc.integer(), fc.integer({ min: 0, max: 4 }), (h, seed, before) => {
        const start = randn([5], generator(seed))
        const build = () => {
          const parameters = { w: parameter(start) }
          return { w: parameters.w, optimizer: make([{ parameters }], h), rng: generator(seed + 1) }
        }
        const step = ({ optimizer, rng }: { optimizer: Optimizer; rng: ReturnType<typeof generator> }) =>
          optimizer.step({ '0.w': randn([5], rng) })
        const a = build()
        for (let i = 0; i < before; i++) step(a)
        const b = build()
        const state = a.optimizer.state()
        b.w.assign(a.w)
        b.rng.load(a.rng.state())
        for (let i = 0; i < 3; i++) step(a)
        b.optimizer.load(state)
        for (let i = 0; i < 3; i++) step(b)
        expect(values(b.w)).toEqual(values(a.w))
        expect(b.optimizer.state().values).toEqual({ t: before + 3 })
      }),
      { numRuns: 30 },
    )
  })

  it('refuses a state, gradients and parameters that do not fit, and changes nothing', () => {
    const h = { lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0, b1: 0.9, b2: 0.99, eps: 1e-8 }
    const w = parameter([1, 2])
    const optimizer = make([{ parameters: { w } }], h)
    const grads = { '0.w': tensor([1, 1]) }
    optimizer.step(grads)
    const [before, kept] = [values(w), optimizer.state()]
    expect(() => optimizer.step({})).toThrow(`${name}.step`)
    expect(() => optimizer.step({ ...grads, '0.u': tensor([1, 1]) })).toThrow('unknown: 0.u')
    expect(() => optimizer.step({ '0.w': tensor([1]) })).toThrow('0.w is float32[2]')
    expect(() => optimizer.step(grads, Number.NaN)).toThrow('a scale >= 0 expected, got NaN')
    expect(() => optimizer.load({ tensors: {}, values: { t: 1 } })).toThrow('missing: 0.w.')
    expect(() => optimizer.load({ tensors: kept.tensors, values: { t: -1 } })).toThrow(
      't is a whole number, got -1',
    )
    const wide = Object.fromEntries(Object.keys(kept.tensors).map(key => [key, zeros([3])]))
    expect(() => optimizer.load({ tensors: wide, values: { t: 1 } })).toThrow('float32[2]')
    expect(values(w)).toEqual(before)
    const after = optimizer.state()
    expect(after.values).toEqual(kept.values)
    for (const [key, t] of Object.entries(kept.tensors)) expect(values(after.tensors[key])).toEqual(values(t))

    expect(() => make([{ parameters: {} }], h)).toThrow('at least one parameter expected')
    expect(() => make([{ parameters: { w } }, { parameters: { u: w } }], h)).toThrow('one as 0.w and as 1.u')
    expect(() => make([{ parameters: { w: tensor([1]) } }], h)).toThrow('0.w is a parameter expected')
    expect(() => make([{ parameters: { w }, lr: -1 }], h)).toThrow(
      'lr of group 0 as a finite number >= 0 expected, got -1',
    )
    expect(() => make([{ parameters: { w } }], { ...h, lr: Number.NaN })).toThrow(
      'lr as a finite number >= 0 expected, got NaN',
    )
  })
})

describe('decayGroups', () => {
  it('has those of one dimension without decay, and moves the others by it', () => {
    const w = parameter([[1, 2]], f64)
    const [bias, prototypes] = [parameter([3, 4], f64), parameter([[5]], f64)]
    const groups = decayGroups({ w, bias }, { weightDecay: 0.5 })
    expect(groups).toEqual([
      { parameters: { w }, weightDecay: 0.5 },
      { parameters: { bias }, weightDecay: 0 },
    ])
    const optimizer = adamW([...groups, { parameters: { W: prototypes } }], { lr: 0.1, weightDecay: 0.2 })
    optimizer.step(
      Object.fromEntries(
        Object.entries(optimizer.parameters).map(([name, p]) => [name, zeros(p.shape, f64)]),
      ),
    )
    expect(values(w)).toEqual([1, 2].map(v => v * (1 - 0.1 * 0.5)))
    expect(values(bias)).toEqual([3, 4])
    expect(values(prototypes)).toEqual([5 * (1 - 0.1 * 0.2)])
  })

  it('asks `decays`, if told so, and refuses what is no record', () => {
    const [a, b] = [parameter([1]), parameter([2])]
    const groups = decayGroups(
      { 'a.gamma': a, 'b.weight': b },
      { decays: name => name.endsWith('weight'), lr: 0.1 },
    )
    expect(groups).toEqual([
      { parameters: { 'b.weight': b }, lr: 0.1 },
      { parameters: { 'a.gamma': a }, lr: 0.1, weightDecay: 0 },
    ])
    expect(() => decayGroups(a as never)).toThrow('decayGroups: parameters by name')
    expect(() => decayGroups({ a }, { lambda: 1 } as never)).toThrow('decayGroups: there is no option lambda')
  })
})
