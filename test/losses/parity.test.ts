import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import { type Generator, generator, uniform } from '../../engine/index.ts'
import { LOSSES, type LossRow } from '../../losses/index.ts'
import { expectAsInFloat64, InFloat64, type Run } from '../support/asInFloat64.ts'
import { subjects } from '../support/backends.ts'
import {
  type Cotangents,
  cotangents,
  differentiated,
  type Part,
  type Place,
  type Value,
  type Values,
} from '../support/differentiated.ts'
import { check } from '../support/property.ts'
import { seeds } from './support.ts'

interface Case {
  readonly row: LossRow
  readonly options: object
  readonly sizes: { readonly classes: number; readonly dim: number }
  readonly y: readonly number[]
  /** x; batches for updates; and the state that the loss starts from, by its names. */
  readonly values: Values
}

/** Options beside the defaults: what is summed, what the classes count, and for class centres how they follow. */
function optionsOf(rng: Generator, row: LossRow, classes: number): object {
  const reduction = (['mean', 'sum', 'none'] as const)[rng.integer(0, 2)]
  const weight = Array.from({ length: classes }, () => rng.uniform(0.5, 2))
  const logitAdjustment = { sizes: weight.map(v => v * 100), tau: rng.uniform(0, 2) }
  const counted = [
    {},
    { weight },
    { logitAdjustment },
    { focalGamma: rng.uniform(0.5, 3) },
    { labelSmoothing: rng.uniform(0.1, 0.9) },
  ]
  const binary = row.defaultMargin?.binary ? [counted[0], counted[1], counted[3]] : counted
  const ofRow = row.name === 'centerLoss' ? counted.slice(0, 2) : binary
  const summed = { reduction, ...ofRow[rng.integer(0, ofRow.length - 1)] }
  if (row.prototypes === 'learned' || row.name === 'centerLoss') return summed
  const looks = [{}, { usePreviousCenters: true }, { differentiate: true }, { estimator: 'exact' }][
    rng.integer(0, 3)
  ]
  return { ...summed, ...looks, subtractMean: rng.uniform() < 0.7 }
}

function draw(row: LossRow, rng: Generator): Case {
  const sizes = { classes: rng.integer(2, 9), dim: rng.integer(2, 19) }
  const n = rng.integer(1, 12)
  const options = optionsOf(rng, row, sizes.classes)
  const value = (shape: readonly number[]): Value => {
    const drawn = uniform(shape, rng, { low: -2, high: 2, backend: reference })
    return { shape, values: Float64Array.from(drawn.dataSync()) }
  }
  const batch = [n, sizes.dim]
  const values: Record<string, Value> = { x: value(batch), first: value(batch), second: value(batch) }
  const loss = row.create({ ...sizes, ...options, backend: reference })
  for (const [name, t] of Object.entries(loss.state().tensors)) {
    values[name] = /^(visits|margin\.)/.test(name)
      ? { shape: t.shape, values: Float64Array.from(t.dataSync()) }
      : value(t.shape)
  }
  const y = Array.from({ length: n }, () => rng.integer(0, sizes.classes - 1))
  return { row, options, sizes, y, values }
}

/** The loss of x after two updates, and its gradients in x and in what it learns. */
function run(c: Case, place: Place, cotangents: Cotangents): Promise<Part[]> {
  const { row, sizes, options, y, values } = c
  return differentiated(
    place,
    values,
    ({ x, first, second, ...state }) => {
      const loss = row.create({ ...sizes, ...options, ...place })
      loss.load({ ...loss.state(), tensors: state })
      for (const batch of [first, second]) {
        loss.update(batch, y)
        if (loss.refreshEvery > 0) loss.refresh(batch, y)
      }
      return { y: loss(x, y), wanted: { x, ...loss.parameters } }
    },
    { order: 1, cotangents },
  )
}

/**
 * A focal loss with 1 - p below 1e-18, and so one below 1e-18 itself, is 0 in float32 by definition (`focalLosses`), but not in
 * float64: such cases are drawn anew.
 */
const comparable = (c: Case, [value]: readonly Part[]): boolean =>
  !('focalGamma' in c.options) || value.values.every(loss => loss === 0 || loss > 1e-18)

const inFloat64 = new InFloat64()

describe.each(subjects())('$name', ({ create, runs, ...accuracy }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(LOSSES.map(row => [row.name, row] as const))(
    '%s: value and gradients as in float64',
    async (_, row) => {
      let telling = 0
      await check(
        fc.asyncProperty(seeds, async seed => {
          const rng = generator(seed)
          const c = draw(row, rng)
          const given = cotangents(rng)
          const of: Run = { name: `${row.name} ${seed}`, run: place => run(c, place, given) }
          fc.pre(comparable(c, await inFloat64.exactly(of)))
          const parts = await expectAsInFloat64(inFloat64, of, { backend, ...accuracy })
          const gradients = parts.filter(part => part.name !== 'value').flatMap(part => [...part.values])
          telling += gradients.some(g => Math.abs(g) > 1e-3) ? 1 : 0
        }),
        runs,
      )
      expect(telling).toBeGreaterThan((2 / 3) * runs)
    },
  )
})
