import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { generator } from '../../engine/index.ts'
import { PAIR_LOSSES, type PairLossRow } from '../../losses/index.ts'
import { expectAsInFloat64, InFloat64, type Run } from '../support/asInFloat64.ts'
import { subjects } from '../support/backends.ts'
import { cotangents, differentiated, type Value } from '../support/differentiated.ts'
import { check } from '../support/property.ts'
import { seeds } from './support.ts'

/** A case of a row, its value and its gradients in all inputs, clear of kinks by more than float32 errs. */
function runOf(row: PairLossRow, seed: number): Run {
  const rng = generator(seed)
  const { loss, inputs } = row.sample(rng)
  const given = cotangents(rng)
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, x]): [string, Value] => [
      name,
      { shape: x.shape, values: Float64Array.from(x.dataSync()) },
    ]),
  )
  return {
    name: `${row.name} ${seed}`,
    run: place =>
      differentiated(place, values, xs => ({ y: loss({ ...xs }), wanted: xs }), {
        order: 1,
        cotangents: given,
      }),
  }
}

const inFloat64 = new InFloat64()

describe.each(subjects())('$name', ({ create, runs, ...accuracy }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(PAIR_LOSSES.map(row => [row.name, row] as const))(
    '%s: value and gradients as in float64',
    async (_, row) => {
      let telling = 0
      await check(
        fc.asyncProperty(seeds, async seed => {
          const parts = await expectAsInFloat64(inFloat64, runOf(row, seed), { backend, ...accuracy })
          const gradients = parts.filter(part => part.name !== 'value').flatMap(part => [...part.values])
          telling += gradients.some(g => Math.abs(g) > 1e-3) ? 1 : 0
        }),
        runs,
      )
      expect(telling).toBeGreaterThan((2 / 3) * runs)
    },
  )
})
