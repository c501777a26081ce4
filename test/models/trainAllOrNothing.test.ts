import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Backend, generator, type State, tensor } from '../../engine/index.ts'
import { placeOfRows } from '../../engine/tableRows.ts'
import { LOSSES, type Loss, type LossRow, type SampledClasses } from '../../losses/index.ts'
import * as layers from '../../models/layers/index.ts'
import { adam, sgd } from '../../models/optim/index.ts'
import type { TrainerOptions } from '../../models/train/options.ts'
import { Trainer } from '../../models/train/trainer.ts'
import { OF_PSI } from '../losses/support.ts'
import { subjects } from '../support/backends.ts'
import { failing, type Trip } from '../support/failing.ts'
import { check } from '../support/property.ts'
import { CAUSES } from './causes.ts'

const [CLASSES, DIM, N, SIDE] = [3, 2, 12, 4]

interface Kind {
  readonly backend: Backend
  readonly dtype: 'float32' | 'float64'
}

/** Everything with a memory: batch norm, dropout, slopes, a residual sum. */
const NETS = {
  rich: (kind: Kind) => {
    const rng = generator(5)
    const linear = (from: number, to: number) => layers.linear({ ...kind, in: from, out: to, rng })
    return layers.sequential({
      flatten: layers.flatten(),
      fc1: linear(SIDE * SIDE, 6),
      bn: layers.batchNorm({ ...kind, channels: 6 }),
      act: layers.prelu({ ...kind, channels: 6 }),
      drop: layers.dropout({ p: 0.3, rng }),
      fc2: linear(6, DIM),
    })
  },
  residual: (kind: Kind) => {
    const rng = generator(6)
    const conv = (from: number) => layers.conv2d({ ...kind, in: from, out: 3, kernel: 3, padding: 1, rng })
    const bn = () => layers.batchNorm({ ...kind, channels: 3 })
    return layers.sequential({
      conv: conv(1),
      bn: bn(),
      sum: layers.residual({ branch: layers.sequential({ conv: conv(3), bn: bn(), act: layers.relu() }) }),
      pool: layers.maxPool2d({ kernel: 2 }),
      flatten: layers.flatten(),
      fc: layers.linear({ ...kind, in: 12, out: DIM, rng }),
    })
  },
}

/** Of losses over centres, with `extra`: exact centres and a warm start have memories too. */
function lossOf(
  row: LossRow,
  kind: Kind,
  { extra, sampledClasses }: Pick<Case, 'extra' | 'sampledClasses'>,
): Loss {
  const own = row.prototypes === 'learned' || row.name === 'centerLoss' ? {} : extra
  // Other margins refuse them.
  const sampled = sampledClasses !== undefined && OF_PSI.includes(row) ? { sampledClasses } : {}
  return row.create({ classes: CLASSES, dim: DIM, ...kind, ...own, ...sampled })
}

interface Case {
  /** Of the losses, counted from another one for each cause: else all causes would meet the same few. */
  readonly row: number
  readonly net: keyof typeof NETS
  readonly extra: object
  /** With them, prototypes and moments are in tables. */
  readonly sampledClasses?: SampledClasses
  readonly momentum: boolean
  readonly clip: TrainerOptions['clip']
}

function partsOf({ row, net: name, momentum, clip, ...rest }: Case, kind: Kind, cause = 0): TrainerOptions {
  const rng = generator(3)
  const y = Int32Array.from({ length: N }, (_, i) => i % CLASSES)
  const points = Float64Array.from({ length: N * SIDE * SIDE }, () => rng.normal())
  const x = tensor(points, { shape: [N, SIDE, SIDE, 1], ...kind })
  const [net, loss] = [NETS[name](kind), lossOf(LOSSES[(row + cause) % LOSSES.length], kind, rest)]
  const groups = [{ parameters: net.parameters }, { parameters: loss.parameters, lr: 0.03 }]
  const optimizer = momentum ? sgd(groups, { lr: 1e-3, momentum: 0.9 }) : adam(groups, { lr: 1e-3 })
  return { net, loss, optimizer, x, y, batch: 6, seed: 4, clip }
}

/** Every bit of the state and of the parameters, and every value. */
async function bitsOf(trainer: Trainer): Promise<Record<string, unknown>> {
  const { tensors, values }: State = trainer.state()
  // Of a table they are copies of rows, which the next step loads.
  const parameters = Object.entries(trainer.optimizer.parameters).filter(([, p]) => !placeOfRows(p))
  const all = { ...tensors, ...Object.fromEntries(parameters) }
  const read = Object.entries(all).map(async ([name, t]) => {
    const { buffer, byteOffset, byteLength } = await t.data()
    return [name, Buffer.from(buffer, byteOffset, byteLength).toString('base64')] as const
  })
  return {
    ...Object.fromEntries(await Promise.all(read)),
    values: JSON.stringify(values),
    steps: trainer.steps,
  }
}

const cases = fc.record({
  row: fc.nat(LOSSES.length - 1),
  net: fc.constantFrom(...(Object.keys(NETS) as (keyof typeof NETS)[])),
  extra: fc.constantFrom(
    {},
    { learnedSteps: 1, usePreviousCenters: true },
    { estimator: 'exact', refreshEvery: 2 },
  ),
  sampledClasses: fc.constantFrom(undefined, { block: 2 }, { rate: 1, block: 1 }),
  momentum: fc.boolean(),
  clip: fc.constantFrom(undefined, { norm: 1 }, { value: 0.1 }, { norm: 2, value: 0.5 }),
})

const take = async (trainer: Trainer, ahead: boolean): Promise<number> =>
  ahead ? trainer.stepAsync() : trainer.step()

describe.each(subjects())('a step that fails on $name', subject => {
  let inner: Backend
  beforeAll(async () => {
    inner = await subject.create()
  })
  const kinds = subject.name === 'reference' ? (['float32', 'float64'] as const) : (['float32'] as const)
  // wasm-fma has wasm's memory and errors: each cause once is enough there.
  const runs = ['wasm', 'reference'].includes(subject.name) ? 5 : 1

  it.each(Object.entries(CAUSES).map(([name, cause], i) => [name, cause, i] as const))(
    'because %s leaves all as it was, and the next goes on',
    async (_, { change, error, dtype: only }, i) => {
      const property = fc.asyncProperty(
        cases,
        fc.constantFrom(...kinds),
        fc.boolean(),
        fc.integer({ min: 0, max: 2 }),
        async (drawn, dtype, ahead, before) => {
          const kind = { backend: inner, dtype: only ?? dtype }
          const make = (trip: Trip) => new Trainer(change(partsOf(drawn, kind, i), trip))
          const trip = { on: false, left: 0 }
          const [trainer, twin] = [make(trip), make({ on: false, left: 0 })]
          for (let i = 0; i < before; i++) await take(trainer, ahead)
          const held = await bitsOf(trainer)
          for (let again = 0; again < 2; again++) {
            trip.on = true
            await expect(take(trainer, ahead)).rejects.toThrow(error)
            trip.on = false
            expect(await bitsOf(trainer)).toEqual(held)
          }
          for (let i = 0; i < 2; i++) await take(trainer, ahead)
          for (let i = 0; i < before + 2; i++) await take(twin, ahead)
          expect(await bitsOf(trainer)).toEqual(await bitsOf(twin))
        },
      )
      await check(property, runs)
    },
  )

  it('because there is no memory, at any kernel, leaves all as it was, and nothing behind', async () => {
    const property = fc.asyncProperty(cases, fc.boolean(), fc.nat(400), async (drawn, ahead, left) => {
      const trip = { on: false, left: 0 }
      const { backend, live } = failing(inner, trip)
      const [trainer, twin] = [0, 1].map(() => new Trainer(partsOf(drawn, { backend, dtype: 'float32' })))
      await take(trainer, ahead)
      const held = await bitsOf(trainer)
      const before = live()
      Object.assign(trip, { on: true, left })
      const failed = await take(trainer, ahead).then(
        () => false,
        thrown => /tripped: no memory/.test(String(thrown)),
      )
      trip.on = false
      if (failed) {
        expect(live()).toBe(before)
        expect(await bitsOf(trainer)).toEqual(held)
      }
      for (let i = failed ? 1 : 2; i < 3; i++) await take(trainer, ahead)
      for (let i = 0; i < 3; i++) await take(twin, ahead)
      expect(await bitsOf(trainer)).toEqual(await bitsOf(twin))
    })
    await check(property, 4 * runs)
  })
})
