import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reference } from '../../../engine/backends/reference/index.ts'
import { BACKENDS } from '../../../engine/backends/registry.ts'
import { thisHost } from '../../../engine/backends/wasm/features.ts'
import { Generator } from '../../../engine/index.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { CALLS, perform, truthOf } from '../../support/calls/index.ts'
import { expectParity } from '../../support/parity.ts'
import { check } from '../../support/property.ts'

/** A fifth of what wasm's row allows, whose sums may be longer than here; reference is tried to see that it is fair. */
const TOLERANCE = 2e-6

const here = BACKENDS.filter(row => row.available(thisHost()))

describe.each(here)("$name: kernels against the reference's in float64", ({ create }) => {
  const backend = create()

  it.each(CALLS.map(call => [call.name, call] as const))(
    '%s',
    async (_, { draw, rounded, tolerance = TOLERANCE, cases = 100 }) => {
      await check(
        fc.asyncProperty(seeds(), async seed => {
          const rng = new Generator(seed)
          const drawn = draw(rng)
          const { values, ...kind } = perform(backend, drawn)
          const { values: _, ...right } = perform(reference, drawn)
          expect(kind).toEqual(right)
          await expectParity(values, truthOf(drawn, tolerance, rng, rounded), { tolerance })
        }),
        cases,
      )
    },
  )
})

describe('expectParity', () => {
  const f = (a: number, b: number, c: number) => Float64Array.of(a + b + 1e-3 * c)
  const rng = new Generator(1)
  const off = (x: number): number => x * (1 + 1e-5 * rng.uniform(-1, 1))
  const truth = { exact: f(1, -1, 3), noisy: () => f(off(1), off(-1), off(3)) }
  const compare = (z: number) => expectParity(Float64Array.of(z), truth, { tolerance: 1e-5 })

  it('allows an error by what went in, and no more', async () => {
    await compare(3e-3 + 1e-6)
    await expect(compare(3e-3 + 3e-5)).rejects.toThrow(/^element 0 of 1: 0.003 within .* expected, got/)
    await expect(compare(Number.NaN)).rejects.toThrow('got NaN')
    await expect(compare(Infinity)).rejects.toThrow('got Infinity')
  })
})
