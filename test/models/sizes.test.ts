import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, parameter, type Tensor, tensor, tidy } from '../../engine/index.ts'
import { mapRecord } from '../../engine/state.ts'
import { rangeOf, Table } from '../../engine/table.ts'
import { TableRows } from '../../engine/tableRows.ts'
import { adamMoments, adamRules } from '../../models/optim/adamRules.ts'
import { adam, adamW, type Groups, type Optimizer, sgd } from '../../models/optim/index.ts'
import { areFinite, type Sizes, sizesAfter } from '../../models/optim/sizes.ts'
import { check } from '../support/property.ts'

const backend = createWasm({ threads: 1 })
const seeds = fc.integer({ min: 0, max: 1e6 })
const power = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map(e => 10 ** e)
const orZero = (numbers: fc.Arbitrary<number>) => fc.oneof(fc.constant(0), numbers)

describe('bounds of a step', () => {
  it('of Adam are finite only where all results are, which keep within them', () => {
    let finite = 0
    const settings = fc.record({
      betas: fc.constantFrom<[number, number]>([0.9, 0.999], [0, 0], [0.999999, 0.9999999]),
      eps: fc.constantFrom(0, 1e-30, 1e-8, 1e-3, 1e38),
      amsgrad: fc.boolean(),
      decoupled: fc.boolean(),
    })
    const rates = fc.record({ lr: orZero(power(-6, 40)), weightDecay: orZero(power(-6, 6)) })
    const size = orZero(power(-20, 38))
    check(
      fc.property(
        settings,
        rates,
        fc.array(size, { minLength: 5, maxLength: 5 }),
        seeds,
        (given, rates, all, seed) => {
          const { move, bounds } = adamRules(given)
          const names = ['p', ...adamMoments(given.amsgrad)]
          const sizes = Object.fromEntries(names.map((name, i) => [name, all[i]])) as Sizes<string>
          const [g, t, rng] = [all[4], 1 + (seed % 50), generator(seed)]
          const upTo = (size: number, least: number): Float32Array =>
            Float32Array.from(
              { length: 16 },
              () => size * [least, 0, 1, rng.uniform(least, 1)][rng.integer(0, 3)],
            )
          const values = mapRecord(sizes, (size, name) => upTo(size, name.startsWith('v') ? 0 : -1))
          const eps = Math.fround(given.eps)
          const ratios = (m: ArrayLike<number>, v: ArrayLike<number>): number[] =>
            Array.from(m, (one, i) => (one === 0 ? 0 : Math.abs(one) / (Math.sqrt(v[i]) + eps)))
          const ratio = Math.max(...ratios(values.m, values.v))
          const next = sizesAfter(bounds, { ...sizes, ratio }, g, rates, t)
          if (!areFinite(next)) return
          finite++
          tidy(() => {
            const { p, ...moments } = mapRecord(values, one => tensor(one, { backend }))
            const moved = move(p, tensor(upTo(g, -1), { backend }), moments, rates, t)
            for (const [name, t] of Object.entries<Tensor>(moved)) {
              // Not above it, which NaN is not either; and the bound of float32's size for it.
              for (const value of t.dataSync()) expect(Math.abs(value) <= Math.fround(next[name])).toBe(true)
            }
            for (const one of ratios(moved.m.dataSync(), moved.v.dataSync()))
              expect(one <= next.ratio).toBe(true)
          })
        },
      ),
      200,
    )
    expect(finite).toBeGreaterThan(20)
  })

  it.each([
    ['adam with weight decay', { amsgrad: false, decoupled: false, weightDecay: 0.01 }],
    ['AMSGrad with weight decay', { amsgrad: true, decoupled: false, weightDecay: 1 }],
    ['adamW', { amsgrad: false, decoupled: true, weightDecay: 0.01 }],
  ])('of %s stay finite for 10^5 steps of gradients up to 100', (_, { weightDecay, ...given }) => {
    const { bounds } = adamRules({ betas: [0.9, 0.999], eps: 1e-8, ...given })
    let sizes: Sizes<string> = { p: 1, m: 0, v: 0, ratio: 0, ...(given.amsgrad && { vMax: 0 }) }
    for (let t = 1; t <= 1e5; t++) sizes = sizesAfter(bounds, sizes, 100, { lr: 1e-3, weightDecay }, t)
    expect(areFinite(sizes)).toBe(true)
    // (1 - b1) / sqrt(1 - b2) / sqrt(1 - b1^2 / b2), to the bounds' roundings.
    expect(sizes.ratio).toBeCloseTo(0.1 / Math.sqrt(0.001) / Math.sqrt(1 - 0.81 / 0.999), 2)
  })

  const OPTIMIZERS: Record<string, (groups: Groups) => Optimizer> = {
    sgd: groups => sgd(groups, { lr: 0.1 }),
    momentum: groups => sgd(groups, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
    adam: groups => adam(groups),
    'adam with weight decay': groups => adam(groups, { weightDecay: 0.1 }),
    'adam without eps': groups => adam(groups, { eps: 0 }),
    adamW: groups => adamW(groups, { amsgrad: true }),
  }
  const [ROWS, WIDTH] = [6, 4]

  it.each(Object.keys(OPTIMIZERS))(
    '%s refuses of rows what it refuses of a whole, and moves neither',
    name => {
      let refused = 0
      const exponents = fc.array(fc.integer({ min: -5, max: 39 }), { minLength: 1, maxLength: 4 })
      check(
        fc.property(exponents, seeds, fc.boolean(), (exponents, seed, loads) => {
          const table = new Table(ROWS, WIDTH).fillNormal(generator(seed), 1)
          const whole = parameter(table.values.slice(), { shape: [ROWS, WIDTH], backend })
          const rows = new TableRows(table, ROWS, ROWS, backend)
          const make = OPTIMIZERS[name]
          const all = make({ W: whole })
          let lazy = make({ 'W.0': rows.parameters[0] })
          const rng = generator(seed)
          for (const exponent of exponents) {
            rows.load(rangeOf(0, ROWS))
            const sizes = Float32Array.from(
              { length: ROWS * WIDTH },
              () => 10 ** exponent * rng.uniform(-1, 1),
            )
            tidy(() => {
              const g = tensor(sizes, { shape: [ROWS, WIDTH], backend })
              const error = (f: () => void): boolean => {
                try {
                  f()
                  return false
                } catch {
                  return true
                }
              }
              const expected = error(() => all.step({ W: g }))
              expect(error(() => lazy.step({ 'W.0': g }))).toBe(expected)
              refused += Number(expected)
            })
            const bits = (optimizer: Optimizer) => {
              const { tensors, values } = optimizer.state()
              return [...Object.values(tensors).map(t => [...t.dataSync()]), values]
            }
            expect(bits(lazy)).toEqual(bits(all))
            expect([...table.values]).toEqual([...whole.dataSync()])
            if (!loads) continue
            const { tensors, values } = lazy.state()
            table.settler = undefined
            lazy = make({ 'W.0': rows.parameters[0] })
            lazy.load({ tensors, values })
          }
          whole.dispose()
        }),
        25,
      )
      expect(refused).toBeGreaterThan(0)
    },
  )

  it.each(['sgd', 'adam'])('%s refuses what others have assigned to the rows that are loaded', name => {
    for (const value of [Infinity, NaN]) {
      const table = new Table(ROWS, WIDTH).fillNormal(generator(0), 1)
      const rows = new TableRows(table, ROWS, ROWS, backend)
      const [p] = rows.parameters
      const optimizer = OPTIMIZERS[name]({ 'W.0': p })
      rows.load(rangeOf(0, ROWS))
      const before = table.values.slice()
      p.assign(tensor(new Float32Array(p.size).fill(value), { shape: p.shape, backend }))
      const g = tensor(new Float32Array(p.size), { shape: p.shape, backend })
      expect(() => optimizer.step({ 'W.0': g })).toThrow(/finite parameters and state expected/)
      expect(table.values).toEqual(before)
    }
  })

  it('are unknown where a loaded mean square is below 0, and the step is refused', () => {
    const table = new Table(ROWS, WIDTH).fillNormal(generator(0), 1)
    const rows = new TableRows(table, ROWS, ROWS, backend)
    const optimizer = adam({ 'W.0': rows.parameters[0] })
    const { tensors, values } = optimizer.state()
    const below = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => (i === 5 ? -1 : 1))
    optimizer.load({
      tensors: { ...tensors, 'W.v': tensor(below, { shape: [ROWS, WIDTH], backend }) },
      values,
    })
    rows.load(rangeOf(0, ROWS))
    const before = table.values.slice()
    const g = tensor(new Float32Array(ROWS * WIDTH), { shape: [ROWS, WIDTH], backend })
    expect(() => optimizer.step({ 'W.0': g })).toThrow(
      /adam.step: finite parameters and state expected, got NaN in W/,
    )
    expect(table.values).toEqual(before)
  })
})
