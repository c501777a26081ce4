import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import { apply, Generator, OPS, type OpSpec } from '../../engine/index.ts'
import { differentiable, drawCase, drawTensor, seeds } from '../../engine/testing/index.ts'
import { expectAsInFloat64, InFloat64 } from '../support/asInFloat64.ts'
import { subjects } from '../support/backends.ts'
import {
  cotangents,
  differentiated,
  type Part,
  type Place,
  type Value,
  type Values,
} from '../support/differentiated.ts'
import type { Accuracy } from '../support/parity.ts'
import { check } from '../support/property.ts'

interface Case {
  /** No other has it. */
  readonly name: string
  readonly op: OpSpec
  readonly inputs: Values
  readonly attrs: object
}

const inFloat64 = new InFloat64()

/** Fails unless the op, its gradients and the gradients of those are right within the tolerance of the backend. */
async function expectRight(
  { name, op, inputs, attrs }: Case,
  on: Accuracy & { backend: Backend },
  rng: Generator,
): Promise<void> {
  const names = differentiable(op)
  const order = { order: names.length === 0 ? 0 : 2, cotangents: cotangents(rng) } as const
  const run = (place: Place): Promise<Part[]> => {
    // An op that makes tensors of its own is told of which dtype.
    const own = 'dtype' in attrs ? { ...attrs, dtype: place.dtype } : attrs
    const f = (xs: Parameters<typeof apply>[1]) => ({
      y: apply(op, xs, own),
      wanted: Object.fromEntries(names.map(name => [name, xs[name]])),
    })
    return differentiated(place, inputs, f, order)
  }
  await expectAsInFloat64(inFloat64, { name, run }, on)
}

/** The values of a case in float64, on a grid that float32 holds too. */
function draw(op: OpSpec, rng: Generator): Omit<Case, 'name'> {
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

describe.each(subjects())('$name', ({ create, runs, ...accuracy }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(named(OPS))('%s: value, gradients and their gradients as in float64', async (_, op) => {
    await check(
      fc.asyncProperty(seeds(), async seed => {
        const rng = new Generator(seed)
        await expectRight({ name: `${op.name} ${seed}`, ...draw(op, rng) }, { backend, ...accuracy }, rng)
      }),
      runs,
    )
  })

  it.each(named(ANY_SHAPE))('%s: on no elements, one, and an odd number', async (_, op) => {
    for (const [i, shape] of SHAPES.entries()) {
      const rng = new Generator(i)
      const entries = Object.entries(op.domain).map(([name, domain]): [string, Value] => {
        const x = drawTensor(rng, shape, domain, { backend: reference })
        return [name, { shape, values: x.dataSync<Float64Array>() }]
      })
      await expectRight(
        { name: `${op.name} of [${shape}]`, op, attrs: {}, inputs: Object.fromEntries(entries) },
        { backend, ...accuracy },
        rng,
      )
    }
  })
})

it('those are most ops', () => {
  expect(ANY_SHAPE.length).toBeGreaterThan(30)
})
