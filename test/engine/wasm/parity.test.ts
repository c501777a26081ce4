import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backend } from '../../../engine/backends/backend.ts'
import { reference } from '../../../engine/backends/reference/index.ts'
import { BACKENDS } from '../../../engine/backends/registry.ts'
import { thisHost } from '../../../engine/backends/wasm/features.ts'
import { apply, Generator, OPS, type OpSpec } from '../../../engine/index.ts'
import { sizeOf } from '../../../engine/shape.ts'
import { direction } from '../../../engine/testing/grid.ts'
import { differentiable, drawCase, drawTensor, seeds } from '../../../engine/testing/index.ts'
import { type Value, type Values, withGradients } from '../../support/differentiated.ts'
import { noisy } from '../../support/noisy.ts'
import { expectParity } from '../../support/parity.ts'
import { check } from '../../support/property.ts'

interface Case {
  readonly op: OpSpec
  readonly inputs: Values
  readonly attrs: object
}

/** An op on a backend: z and, for the cotangent dz, the cotangents of its inputs. */
function run({ op, inputs, attrs }: Case, backend: Backend, dtype: 'float32' | 'float64', dz?: Float64Array) {
  // An op that makes tensors of its own is told of which dtype.
  const own = 'dtype' in attrs ? { ...attrs, dtype } : attrs
  return withGradients(backend, dtype, inputs, dz, xs => ({
    y: apply(op, xs, own),
    wanted: differentiable(op).map(name => xs[name]),
  }))
}

/** Fails unless the op, or with a cotangent dz its gradient, is right within the tolerance of the backend. */
function expectRight(c: Case, backend: Backend, tolerance: number, rng: Generator, dz?: Float64Array): void {
  const exact = run(c, reference, 'float64', dz)
  const disturbed = noisy(tolerance, rng)
  expectParity(
    run(c, backend, 'float32', dz),
    { exact, noisy: () => run(c, disturbed, 'float64', dz) },
    tolerance,
  )
}

/** The values of a case in float64, on a grid that float32 holds too. */
function draw(op: OpSpec, rng: Generator): Case {
  const { inputs, attrs } = drawCase(op, rng, { backend: reference })
  const entries = Object.entries(inputs).map(([name, x]): [string, Value] => {
    const integers = x.dtype === 'int32'
    return [name, { shape: x.shape, values: Float64Array.from(x.dataSync()), integers }]
  })
  return { op, attrs, inputs: Object.fromEntries(entries) }
}

const SHAPES = [[0], [3, 0, 2], [], [1], [7], [5, 3], [257], [3, 11, 13]]

/** Ops that take any shapes that broadcast: the others' cases say what shapes they take. */
const ANY_SHAPE = OPS.filter(
  op => op.sample === undefined && /^(\w+\[\.\.\.\] )+-> \[\.\.\.\]$/.test(op.signature),
)

const named = (ops: readonly OpSpec[]) => ops.map(op => [op.name, op] as const)

describe.each(BACKENDS.filter(row => row.available(thisHost())))('$name', ({ create, tolerance }) => {
  const backend = create()

  it.each(named(OPS))('%s: as in float64', (_, op) => {
    check(
      fc.property(seeds(), seed => {
        const rng = new Generator(seed)
        expectRight(draw(op, rng), backend, tolerance, rng)
      }),
      30,
    )
  })

  it.each(named(OPS.filter(op => differentiable(op).length > 0)))('%s: gradients as in float64', (_, op) => {
    check(
      fc.property(seeds(), seed => {
        const rng = new Generator(seed)
        const c = draw(op, rng)
        const n = run(c, reference, 'float64').length
        expectRight(c, backend, tolerance, rng, direction(rng, n))
      }),
      30,
    )
  })

  it.each(named(ANY_SHAPE))('%s: on no elements, one, and an odd number', (_, op) => {
    for (const [i, shape] of SHAPES.entries()) {
      const rng = new Generator(i)
      const entries = Object.entries(op.domain).map(([name, domain]): [string, Value] => {
        const x = drawTensor(rng, shape, domain, { backend: reference })
        return [name, { shape, values: x.dataSync() as Float64Array }]
      })
      const c = { op, attrs: {}, inputs: Object.fromEntries(entries) }
      expectRight(c, backend, tolerance, rng, direction(rng, sizeOf(shape)))
    }
  })
})

it('those are most ops', () => {
  expect(ANY_SHAPE.length).toBeGreaterThan(30)
})
