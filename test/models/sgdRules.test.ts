import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, type Tensor, tidy, uniform } from '../../engine/index.ts'
import { sgdRules } from '../../models/optim/sgdRules.ts'
import { check } from '../support/property.ts'

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const settings = fc.oneof(
  fc.constant({ momentum: 0, dampening: 0, nesterov: false }),
  fc.record({ momentum: real(0.1, 0.99), dampening: real(0, 0.9), nesterov: fc.constant(false) }),
  fc.record({ momentum: real(0.1, 0.99), dampening: fc.constant(0), nesterov: fc.constant(true) }),
)
const rates = fc.record({ lr: real(1e-4, 1), weightDecay: fc.oneof(fc.constant(0), real(1e-4, 0.3)) })

const bits = (rows: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(rows).map(([name, t]) => [name, Array.from(t.dataSync())]))

test('the kernel of SGD gives the bits of what ops compose', () => {
  const backend = createWasm({ threads: 1 })
  const sizes = fc.integer({ min: 1, max: 5000 })
  check(
    fc.property(
      fc.integer(),
      settings,
      rates,
      sizes,
      fc.integer({ min: 1, max: 3 }),
      (seed, given, rates, n, t) => {
        tidy(() => {
          const rng = generator(seed)
          const draw = (): Tensor => uniform([n], rng, { backend, low: -1, high: 1 })
          const [p, g] = [draw(), draw()]
          const last: Record<string, Tensor> = given.momentum === 0 ? {} : { b: draw() }
          const { move, composed } = sgdRules(given)
          expect(bits(move(p, g, last, rates, t))).toEqual(bits(composed(p, g, last, rates, t)))
        })
      },
    ),
    30,
  )
})
