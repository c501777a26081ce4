import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import {
  type Backend,
  backend,
  generator,
  noGrad,
  type State,
  tidy,
  uniform,
  valueAndGrad,
} from '../../engine/index.ts'
import { cosFace, type Loss, learned, marginSoftmax, trainingLoss } from '../../losses/index.ts'
import { cosFaceMargin } from '../../losses/margins/additive.ts'
import {
  adagrad,
  adam,
  adamW,
  type Group,
  lamb,
  type Optimizer,
  rmsprop,
  sgd,
} from '../../models/optim/index.ts'

const KINDS = [
  { name: 'wasm', dtype: 'float32' },
  { name: 'reference', dtype: 'float64' },
] as const
const seeds = fc.integer({ min: 0, max: 1e6 })
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const decays = fc.oneof(fc.constant(0), real(1e-3, 0.3))

const OPTIMIZERS: Record<string, fc.Arbitrary<(groups: Group[]) => Optimizer>> = {
  sgd: fc
    .record({
      lr: real(1e-3, 0.3),
      momentum: fc.constantFrom(0, 0.5, 0.9),
      weightDecay: decays,
      nesterov: fc.boolean(),
      dampening: real(0, 0.5),
    })
    .map(({ nesterov, dampening, ...h }) => groups => {
      const ahead = nesterov && h.momentum > 0
      return sgd(groups, { ...h, nesterov: ahead, dampening: ahead ? 0 : dampening })
    }),
  adam: fc
    .record({
      lr: real(1e-3, 0.1),
      weightDecay: decays,
      eps: fc.constantFrom(1e-8, 1e-3),
      amsgrad: fc.boolean(),
    })
    .map(h => groups => adam(groups, { ...h, betas: [0.8, 0.95] })),
  adamW: fc.record({ lr: real(1e-3, 0.1), weightDecay: decays }).map(h => groups => adamW(groups, h)),
  rmsprop: fc
    .record({
      lr: real(1e-3, 0.05),
      weightDecay: decays,
      momentum: fc.constantFrom(0, 0.8),
      centered: fc.boolean(),
    })
    .map(h => groups => rmsprop(groups, { ...h, alpha: 0.9, eps: 1e-3 })),
  adagrad: fc
    .record({ lr: real(1e-3, 0.1), weightDecay: decays, lrDecay: real(0, 1) })
    .map(h => groups => adagrad(groups, h)),
}

interface Run {
  readonly loss: Loss
  readonly optimizer: Optimizer
}

/** Steps of random batches, the same for the same seed. */
function steps(
  run: Run,
  {
    seed,
    count,
    place,
  }: { seed: number; count: number; place: { backend: Backend; dtype: 'float32' | 'float64' } },
): void {
  const rng = generator(seed)
  const { loss, optimizer } = run
  for (let i = 0; i < count; i++) {
    tidy(() => {
      const x = uniform([5, DIM], rng, { ...place, low: -1, high: 1 })
      const y = Array.from({ length: 5 }, () => rng.integer(0, CLASSES - 1))
      const { grads } = noGrad(() => valueAndGrad(() => trainingLoss(loss, x, y), optimizer.parameters))
      optimizer.step(grads, rng.uniform(0, 2))
      return undefined
    })
  }
}

const [CLASSES, DIM] = [30, 4]

function bits(state: State): Record<string, unknown> {
  const read = (t: State['tensors'][string]) => ({
    shape: [...t.shape],
    values: [...t.dataSync()].map(v => v + 0),
  })
  return {
    ...Object.fromEntries(Object.entries(state.tensors).map(([name, t]) => [name, read(t)])),
    ...state.values,
  }
}

describe.each(KINDS)('on $name', ({ name, dtype }) => {
  const place = { backend: backend(name), dtype }
  const common = { classes: CLASSES, dim: DIM, ...place }

  it.each(Object.keys(OPTIMIZERS))(
    '%s moves rows as a W whose rows all move at each step, bit for bit',
    kind => {
      fc.assert(
        fc.property(
          seeds,
          OPTIMIZERS[kind],
          fc.integer({ min: 1, max: 12 }),
          fc.nat(11),
          (seed, make, count, stop) => {
            const sampledClasses = { rate: 0.3, block: 9, seed }
            const lazily = (): Run => {
              const loss = cosFace({ ...common, seed, s: 4, sampledClasses })
              return { loss, optimizer: make([{ parameters: loss.parameters, lr: 0.02 }]) }
            }
            const prototypes = learned('dense', { ...common, seed })
            const dense = marginSoftmax('dense', cosFaceMargin({ s: 4 }), prototypes, {
              ...common,
              sampledClasses,
            })
            const all: Run = { loss: dense, optimizer: make([{ parameters: dense.parameters, lr: 0.02 }]) }
            let rows = lazily()
            steps(all, { seed, count, place })
            if (stop % 3 > 0) steps(rows, { seed, count, place })
            else {
              // Saved and loaded at each step.
              const rng = generator(seed)
              for (let i = 0; i < count; i++) {
                const next = lazily()
                next.loss.load(rows.loss.state())
                next.optimizer.load(rows.optimizer.state())
                rows = next
                const x = uniform([5, DIM], rng, { ...place, low: -1, high: 1 })
                const y = Array.from({ length: 5 }, () => rng.integer(0, CLASSES - 1))
                const { loss, optimizer } = rows
                const { grads } = noGrad(() =>
                  valueAndGrad(() => trainingLoss(loss, x, y), optimizer.parameters),
                )
                optimizer.step(grads, rng.uniform(0, 2))
              }
            }
            expect(bits(rows.loss.state())).toEqual(bits(dense.state()))
            expect(bits(rows.optimizer.state())).toEqual(bits(all.optimizer.state()))
          },
        ),
        { numRuns: 20 },
      )
    },
  )
})

it('a step leaves nothing in the memory of the backend but the rows that it has loaded', () => {
  // A budget of nothing: whatever waits for the collector moves out at once.
  const place = { backend: createWasm({ threads: 1, budget: 0 }), dtype: 'float32' } as const
  const loss = cosFace({ classes: CLASSES, dim: DIM, ...place, sampledClasses: { rate: 0.3, block: 4 } })
  const run = { loss, optimizer: adam(loss.parameters) }
  for (let i = 0; i < 3; i++) {
    steps(run, { seed: i, count: 1, place })
    // 9 rows in blocks of 4, each block a line of memory.
    expect(place.backend.used).toBe(3 * 64)
  }
})

describe('lamb', () => {
  it('refuses rows of a table: its step is told by the length of the whole', () => {
    const loss = cosFace({ classes: CLASSES, dim: DIM, sampledClasses: { rate: 0.5 } })
    expect(() => lamb(loss.parameters)).toThrow(
      /lamb: parameters that hold all their values expected, got W.*, rows of sampledClasses/,
    )
  })
})
