import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import { BACKENDS } from '../../engine/backends/registry.ts'
import { thisHost } from '../../engine/backends/wasm/features.ts'
import { type Generator, generator, uniform } from '../../engine/index.ts'
import { direction } from '../../engine/testing/grid.ts'
import { LOSSES, type LossRow } from '../../losses/index.ts'
import { type Value, type Values, withGradients } from '../support/differentiated.ts'
import { noisy } from '../support/noisy.ts'
import { expectParity } from '../support/parity.ts'
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

/** Options beside the defaults: what is summed, and for class centres how they follow. */
function optionsOf(rng: Generator, row: LossRow, classes: number): object {
  const reduction = (['mean', 'sum', 'none'] as const)[rng.integer(0, 2)]
  const weight = Array.from({ length: classes }, () => rng.uniform(0.5, 2))
  const summed = rng.uniform() < 0.5 ? { reduction } : { reduction, weight }
  if (row.prototypes === 'learned' || row.name === 'centerLoss') return summed
  const looks = [{}, { late: true }, { throughBatch: true }, { estimator: 'exact' }][rng.integer(0, 3)]
  return { ...summed, ...looks, centered: rng.uniform() < 0.7 }
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
    values[name] = name.startsWith('visits')
      ? { shape: t.shape, values: Float64Array.from(t.dataSync()) }
      : value(t.shape)
  }
  const y = Array.from({ length: n }, () => rng.integer(0, sizes.classes - 1))
  return { row, options, sizes, y, values }
}

/** The loss of x after two updates, and its gradients in x and in what it learns. */
function run(c: Case, backend: Backend, dtype: 'float32' | 'float64', dy?: Float64Array): Float64Array {
  const { row, sizes, options, y, values } = c
  return withGradients(backend, dtype, values, dy, ({ x, first, second, ...state }) => {
    const loss = row.create({ ...sizes, ...options, backend, dtype })
    loss.load({ ...loss.state(), tensors: state })
    for (const batch of [first, second]) {
      loss.update(batch, y)
      if (loss.refreshEvery > 0) loss.refresh(batch, y)
    }
    return { y: loss(x, y), wanted: [x, ...Object.values(loss.parameters)] }
  })
}

describe.each(BACKENDS.filter(row => row.available(thisHost())))('$name', ({ create, tolerance }) => {
  const backend = create()

  it.each(LOSSES.map(row => [row.name, row] as const))('%s: value and gradients as in float64', (_, row) => {
    let telling = 0
    check(
      fc.property(seeds, seed => {
        const rng = generator(seed)
        const c = draw(row, rng)
        const value = run(c, reference, 'float64')
        const dy = direction(rng, value.length)
        const exact = run(c, reference, 'float64', dy)
        telling += exact.subarray(value.length).some(g => Math.abs(g) > 1e-3) ? 1 : 0
        const disturbed = noisy(tolerance, rng)
        expectParity(
          run(c, backend, 'float32', dy),
          { exact, noisy: () => run(c, disturbed, 'float64', dy) },
          tolerance,
        )
      }),
      30,
    )
    expect(telling).toBeGreaterThan(20)
  })
})
