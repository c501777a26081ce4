import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acosh, asinh, atanh, backend, cosh, sinh, type Tensor, tan, tensor } from '../../engine/index.ts'
import { check } from '../support/property.ts'

const FUNCTIONS: Readonly<Record<string, readonly [(x: Tensor) => Tensor, (x: number) => number]>> = {
  sinh: [sinh, Math.sinh],
  cosh: [cosh, Math.cosh],
  tan: [tan, Math.tan],
  asinh: [asinh, Math.asinh],
  acosh: [acosh, Math.acosh],
  atanh: [atanh, Math.atanh],
}

/** Floats of every size and both signs. */
const sizes = fc
  .tuple(fc.double({ min: -30, max: 30, noNaN: true }), fc.boolean())
  .map(([e, negative]) => (negative ? -1 : 1) * 10 ** e)

// Math's own are off by a few units in the last place, ours by a few roundings more: of e^x, x up to 700, and of sums.
const PLACES = [
  { name: 'reference', dtype: 'float64', tolerance: 4e-15 },
  // As many roundings of 6e-8; kernels of e^x and ln(1 + x) are off by 2e-7.
  { name: 'wasm', dtype: 'float32', tolerance: 2e-6 },
] as const

describe.each(PLACES)('on $name in $dtype', ({ name, dtype, tolerance }) => {
  const place = { dtype, backend: backend(name) }
  const of = (f: (x: Tensor) => Tensor, x: number): number => f(tensor(x, place)).item()

  it.each(Object.entries(FUNCTIONS))(
    '%s is that of JavaScript, small, large and out of its domain',
    (key, [f, g]) => {
      const near = fc.double({ min: -3, max: 3, noNaN: true })
      const inside = fc
        .oneof(sizes, near, fc.double({ min: -700, max: 700, noNaN: true }))
        .map(x => (dtype === 'float32' ? Math.fround(x) : x))
      check(
        fc.property(inside, x => {
          // Far from 0 the argument's own rounding is all that a tangent shows.
          if (key === 'tan' && Math.abs(x) > 1.5) return
          const expected = g(x)
          const actual = of(f, x)
          if (Number.isNaN(expected) || Math.abs(expected) > (dtype === 'float32' ? 3.3e38 : 1.7e308)) {
            expect([expected, Infinity * Math.sign(expected)].map(String)).toContain(String(actual))
            return
          }
          // 1 - |x| and x - 1 are exact, but what is left of x next to 1 has fewer digits.
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected) + 2 ** -148)
        }),
        300,
      )
    },
  )

  it('overflows no earlier than its result', () => {
    const last = dtype === 'float32' ? 89.3 : 710.4
    for (const f of [sinh, cosh]) expect(of(f, last)).toBeLessThan(Infinity)
    expect(of(sinh, -last)).toBeGreaterThan(-Infinity)
  })

  it('keeps infinities, NaN and the sign of a zero', () => {
    for (const [f, g] of Object.values(FUNCTIONS)) {
      for (const x of [Infinity, -Infinity, Number.NaN, 0, -0]) expect(of(f, x), `${g.name} ${x}`).toBe(g(x))
    }
  })
})
