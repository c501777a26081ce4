import { describe, expect, it } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, noGrad, parameter, randn, type Tensor, tidy } from '../../engine/index.ts'
import { withPeak } from '../../engine/peak.ts'
import { adagrad, adam, adamW, lamb, layers, type Optimizer, rmsprop, sgd } from '../../models/index.ts'

const SIZE = 2 ** 14
const BYTES = 4 * SIZE

interface Case {
  readonly name: string
  readonly make: (parameters: Record<string, Tensor>) => Optimizer
  /** Moments of a parameter; and what a step holds at most beside parameters, moments and gradients, in parameters. */
  readonly moments: number
  readonly most: number
}

const CASES: Case[] = [
  { name: 'sgd', make: p => sgd(p, { lr: 0.1, weightDecay: 0.1 }), moments: 0, most: 1 },
  {
    name: 'sgd with momentum',
    make: p => sgd(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.1 }),
    moments: 1,
    most: 2,
  },
  {
    name: 'sgd with nesterov',
    make: p => sgd(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
    moments: 1,
    most: 2,
  },
  { name: 'adam', make: p => adam(p, { weightDecay: 0.1 }), moments: 2, most: 3 },
  { name: 'adamW', make: p => adamW(p, {}), moments: 2, most: 3 },
  { name: 'adam with amsgrad', make: p => adam(p, { amsgrad: true }), moments: 3, most: 4 },
  {
    name: 'rmsprop, centred, with momentum',
    make: p => rmsprop(p, { centered: true, momentum: 0.9 }),
    moments: 3,
    most: 7,
  },
  { name: 'adagrad', make: p => adagrad(p), moments: 1, most: 4 },
  { name: 'lamb', make: p => lamb(p), moments: 2, most: 6 },
]

describe('the memory of an optimizer', () => {
  it.each(CASES)('$name: of a step, and none is left', ({ make, moments, most }) => {
    // A budget of nothing: whatever waits for the collector moves out at once.
    const backend = createWasm({ threads: 1, budget: 0 })
    const p = parameter(randn([SIZE], generator(1), { backend }))
    const optimizer = make({ p })
    const step = (): number =>
      tidy(() => {
        const g = randn([SIZE], generator(2), { backend })
        const before = backend.used
        const { peak } = withPeak(backend, () => optimizer.step({ p: g }, 1, { checked: true }))
        return ((peak as number) - before) / BYTES
      })
    step()
    for (let i = 0; i < 3; i++) {
      // What is read each step stays in memory.
      expect(backend.used).toBe((1 + moments) * BYTES)
      // A number that an op is given takes a line of memory.
      expect(Math.floor(step())).toBe(most)
    }
  })

  it('takes the place of the first weights, which nothing else holds', () => {
    const backend = createWasm({ threads: 1 })
    const { parameters } = layers.linear({ in: 100, out: 64, seed: 1, backend })
    const { used } = backend
    const optimizer = sgd(parameters, { lr: 0.1 })
    noGrad(() => tidy(() => optimizer.step({ ...parameters })))
    expect(backend.used).toBe(used)
  })
})
