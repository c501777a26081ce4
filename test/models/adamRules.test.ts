import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, type Tensor, tensor, tidy, uniform, zerosLike } from '../../engine/index.ts'
import { adamMoments, adamRules } from '../../models/optim/adamRules.ts'
import { check } from '../support/property.ts'

const wasm = createWasm({ threads: 1 })
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const seeds = fc.integer({ min: 0, max: 1e6 })
const settings = fc.record({
  betas: fc.constantFrom<[number, number]>([0.9, 0.999], [0.8, 0.95], [0, 0]),
  eps: fc.constantFrom(1e-8, 1e-3),
  amsgrad: fc.boolean(),
  decoupled: fc.boolean(),
})
const rates = fc.record({
  lr: real(1e-4, 0.3),
  weightDecay: fc.oneof(fc.constant(0), real(1e-3, 0.3)),
})

/** p and its moments after some steps of training. */
function drawRows(seed: number, shape: number[], amsgrad: boolean): Record<string, Tensor> {
  const rng = generator(seed)
  const place = { backend: wasm }
  const draw = (low: number) => uniform(shape, rng, { ...place, low, high: 1 })
  return Object.fromEntries(['p', ...adamMoments(amsgrad)].map(m => [m, draw(m.startsWith('v') ? 0 : -1)]))
}

const bits = (rows: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(rows).map(([name, t]) => [name, Array.from(t.dataSync(), v => v + 0)]))

describe('the kernel of Adam gives the bits of what ops compose', () => {
  test('a step by a gradient', () => {
    check(
      fc.property(seeds, settings, rates, fc.integer({ min: 1, max: 5000 }), (seed, given, rates, n) => {
        tidy(() => {
          const { move, composed } = adamRules(given)
          const { p, ...moments } = drawRows(seed, [n], given.amsgrad)
          const g = uniform([n], generator(seed + 1), { backend: wasm, low: -1, high: 1 })
          const t = 1 + (seed % 50)
          expect(bits(move(p, g, moments, rates, t))).toEqual(bits(composed(p, g, moments, rates, t)))
        })
      }),
      30,
    )
  })

  test('steps without one, as many as each row missed', () => {
    const each = fc.array(fc.nat(7), { minLength: 1, maxLength: 9 })
    check(
      fc.property(
        seeds,
        settings,
        rates,
        each,
        fc.integer({ min: 1, max: 9 }),
        (seed, given, base, missed, d) => {
          tidy(() => {
            const { catchUp, composed } = adamRules(given)
            const rows = drawRows(seed, [missed.length, d], given.amsgrad)
            const rng = generator(seed)
            const all = Array.from({ length: 7 }, () => ({ ...base, lr: base.lr * rng.uniform(0, 2) }))
            const since = 1 + (seed % 50)
            const first = Int32Array.from(missed)
            const moved = catchUp(rows as never, { since, rates: all, first })!
            missed.forEach((from, i) => {
              const rowOf = (t: Tensor) =>
                tensor(t.dataSync().subarray(i * d, (i + 1) * d), { backend: wasm, shape: [1, d] })
              let row = Object.fromEntries(Object.entries(rows).map(([name, t]) => [name, rowOf(t)]))
              for (let k = from; k < all.length; k++) {
                const { p, ...moments } = row
                row = composed(p, zerosLike(p), moments, all[k], since + k)
              }
              const own = Object.fromEntries(
                Object.entries<Tensor>(moved).map(([name, t]) => [name, rowOf(t)]),
              )
              expect(bits(own)).toEqual(bits(row))
            })
          })
        },
      ),
      30,
    )
  })
})
