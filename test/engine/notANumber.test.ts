import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import { apply, Generator, OPS, type OpSpec } from '../../engine/index.ts'
import { differentiable, drawCase, seeds } from '../../engine/testing/index.ts'
import { subjects } from '../support/backends.ts'
import { cotangents, differentiated, type Part, type Place, type Values } from '../support/differentiated.ts'
import { excepted, PASSED_OVER } from '../support/exceptions.ts'
import { check } from '../support/property.ts'

interface Case {
  readonly op: OpSpec
  readonly inputs: Values
  readonly attrs: object
  /** The input that holds the special value. */
  readonly name: string
}

/** A random case of an op with `special` at a random place of a random input that is no index; undefined without one. */
function draw(op: OpSpec, rng: Generator, special: number): Case | undefined {
  const { inputs: tensors, attrs } = drawCase(op, rng, { backend: reference })
  const inputs = Object.fromEntries(
    Object.entries(tensors).map(([name, x]) => {
      const values = Float64Array.from(x.dataSync())
      return [name, { shape: x.shape, values, integers: x.dtype === 'int32' }]
    }),
  )
  const names = Object.keys(inputs).filter(name => !inputs[name].integers && inputs[name].values.length > 0)
  if (names.length === 0) return undefined
  const name = names[rng.integer(0, names.length - 1)]
  const { values } = inputs[name]
  values[rng.integer(0, values.length - 1)] = special
  return { op, inputs, attrs, name }
}

/** The value of a case there, and with `order` 1 its gradients. */
function compute({ op, inputs, attrs }: Case, place: Place, seed: number, order: 0 | 1): Promise<Part[]> {
  const names = differentiable(op)
  const own = 'dtype' in attrs ? { ...attrs, dtype: place.dtype } : attrs
  const f = (xs: Parameters<typeof apply>[1]) => ({
    y: apply(op, xs, own),
    wanted: Object.fromEntries(names.map(name => [name, xs[name]])),
  })
  return differentiated(place, inputs, f, {
    order: names.length === 0 ? 0 : order,
    cotangents: cotangents(new Generator(seed)),
  })
}

const exact: Place = { backend: reference, dtype: 'float64' }

const defined = new Map<string, Promise<Part[]>>()
/** What the reference computes of a case: once for all backends, which draw the same cases. */
function byDefinition(
  drawn: Case,
  dtype: 'float32' | 'float64',
  seed: number,
  special: number,
  order: 0 | 1,
): Promise<Part[]> {
  const key = `${drawn.op.name} ${dtype} ${seed} ${Object.is(special, -0) ? '-0' : special} ${order}`
  const known = defined.get(key) ?? compute(drawn, { backend: reference, dtype }, seed, order)
  defined.set(key, known)
  return known
}

/** The parts of a case with NaN where they change when the number in its place does: what multiplies padding aside. */
async function affected(op: OpSpec, seed: number, order: 0 | 1): Promise<Part[]> {
  const [one, other] = await Promise.all(
    [1, 2].map(x => compute(draw(op, new Generator(seed), x) as Case, exact, seed, order)),
  )
  return one.map(({ name, values }, i) => ({
    name,
    values: values.map((x, at) => (x === other[i].values[at] ? x : Number.NaN)),
  }))
}

/** Other tests hold results to their tolerance; here it is enough to see that a NaN led no element astray. */
const NEAR = 1e-3

/** Fails unless NaN stands in `actual` where it does in `expected`, and about the same elsewhere; with `more`, or NaN. */
function expectNaN(actual: readonly Part[], expected: readonly Part[], more: boolean): void {
  expected.forEach(({ name, values }, i) => {
    values.forEach((y, at) => {
      const x = actual[i].values[at]
      if (Object.is(x, y) || Math.abs(x - y) <= NEAR * Math.max(1, Math.abs(y))) return
      if (x === y || (more && Number.isNaN(x))) return
      expect.fail(`${name}, element ${at} of ${values.length}: ${y} expected, got ${x}`)
    })
  })
}

const named = OPS.map(op => [op.name, op] as const)

describe.each(subjects())('NaN on $name', ({ name: mode, create, runs }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(named)('%s: comes out where the definition has it', async (_, op) => {
    if (excepted(mode, op.name, 'lost')) return
    await check(
      fc.asyncProperty(seeds(), async seed => {
        const drawn = draw(op, new Generator(seed), Number.NaN)
        if (drawn === undefined) return
        const more = excepted(mode, op.name, 'more')
        // Gradients of a composed op are those of its parts.
        const order = more && op.vjp === undefined ? 0 : 1
        const expected = more
          ? await affected(op, seed, order)
          : await byDefinition(drawn, 'float64', seed, Number.NaN, order)
        const actual = await compute(drawn, { backend, dtype: 'float32' }, seed, order)
        expectNaN(actual, expected, more)
      }),
      runs,
    )
  })
})

/** Infinities, zeros with a sign, and numbers below the normal ones, which some devices take for zeros. */
const EXTREMES = [Infinity, -Infinity, -0, 1e-40, -1e-40]

/** Is x y: NaN and the infinities too? (The signs of zeros are looked at in `edges.test.ts`.) */
const isAlike = (x: number, y: number): boolean =>
  Number.isFinite(y) ? Math.abs(x - y) <= NEAR * Math.max(1, Math.abs(y)) : Object.is(x, y)

// The reference is the definition, in float32 too.
const others = subjects().filter(({ name }) => name !== 'reference')

describe.each(others)('infinities and zeros on $name', ({ name: mode, create, runs, smallest }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(named)('%s: as the definition has them', async (_, op) => {
    if (excepted(mode, op.name, 'other')) return
    await check(
      fc.asyncProperty(seeds(), fc.constantFrom(...EXTREMES), async (seed, extreme) => {
        const drawn = draw(op, new Generator(seed), extreme)
        if (drawn === undefined) return
        const [{ values }] = await compute(drawn, { backend, dtype: 'float32' }, seed, 0)
        const [right] = await byDefinition(drawn, 'float32', seed, extreme, 0)
        const flushed = smallest === undefined || Math.abs(extreme) > 1 ? extreme : 0 * extreme
        const again = draw(op, new Generator(seed), flushed) as Case
        const [other] = await byDefinition(again, 'float32', seed, flushed, 0)
        const more = excepted(mode, op.name, 'more')
        values.forEach((x, i) => {
          if (
            isAlike(x, right.values[i]) ||
            isAlike(x, other.values[i]) ||
            (more && Number.isNaN(x + right.values[i]))
          )
            return
          const of = `element ${i} of ${values.length} for ${extreme} in ${drawn.name}`
          expect.fail(`${of}: ${right.values[i]} expected, got ${x}`)
        })
      }),
      3 * runs,
    )
  })
})

describe('NaN by definition', () => {
  it.each(named)('%s: comes out, or the op is listed', async (_, op) => {
    const dropped = new Set<string>()
    await check(
      fc.asyncProperty(seeds(), async seed => {
        const drawn = draw(op, new Generator(seed), Number.NaN)
        if (drawn === undefined) return
        const [{ values }] = await compute(drawn, exact, seed, 0)
        if (!values.some(Number.isNaN)) dropped.add(drawn.name)
      }),
      300,
    )
    const listed = Object.keys(PASSED_OVER).filter(key => key.startsWith(`${op.name}.`))
    expect([...dropped].map(input => `${op.name}.${input}`).sort()).toEqual(listed.sort())
  })
})
