import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Binary, Unary } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { check } from '../../support/property.ts'
import { both, onThreads, sameBits } from './compare.ts'
import { EDGES, expectWithin, ROUNDING, sweep } from './floats.ts'

const wasm = createWasm({ threads: 1 })

/** Where two roundings add up, as in 1 / sqrt x. */
const TWICE = 2 * ROUNDING
/** A polynomial in float32: its last sum rounds once, the terms before it once more together, at most. */
const POLYNOMIAL = 1e-7
/** A quotient or a sum of such a function: one or two roundings more. */
const COMPOSED = 2e-7
/** A quotient times two roundings of a power. */
const TAIL = 3e-7

const UNARY: Readonly<Record<Unary, number>> = {
  neg: 0,
  abs: 0,
  sign: 0,
  floor: 0,
  ceil: 0,
  round: 0,
  trunc: 0,
  relu: 0,
  sqrt: ROUNDING,
  rsqrt: TWICE,
  exp: POLYNOMIAL,
  log: POLYNOMIAL,
  log1p: POLYNOMIAL,
  expm1: COMPOSED,
  sin: COMPOSED,
  cos: COMPOSED,
  acos: COMPOSED,
  // pi / 2 rounds, too, and what is taken off it leaves a third.
  asin: TAIL,
  atan: TAIL,
  tanh: COMPOSED,
  sigmoid: COMPOSED,
  softplus: COMPOSED,
  erf: COMPOSED,
  erfc: TAIL,
}

const BINARY: Readonly<Record<Binary, number>> = {
  add: ROUNDING,
  sub: ROUNDING,
  mul: ROUNDING,
  div: ROUNDING,
  // Computed in float64 with an error of 5e-9, then rounded.
  pow: 1.1 * ROUNDING,
  // What is left of a division is exact; to add y to it rounds.
  fmod: 0,
  remainder: ROUNDING,
  atan2: TAIL,
  maximum: 0,
  minimum: 0,
  equal: 0,
  notEqual: 0,
  less: 0,
  lessEqual: 0,
  greater: 0,
  greaterEqual: 0,
}
const COMPARISONS = ['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'] as const

describe.each(Object.entries(UNARY))('%s', (name, tolerance) => {
  const f = name as Unary
  const compare = (values: Float32Array) => {
    const { actual, expected } = both(wasm, [{ shape: [values.length], values }], (k, [x]) => k.unary(f, x))
    expectWithin(tolerance, actual, expected, i => `${f} ${values[i]}`)
  }

  it('is close over its whole domain', () => {
    check(
      fc.property(fc.nat(2 ** 17), from => compare(sweep(from, 2 ** 17 + 1))),
      5,
    )
  })

  it('is close where most values lie, and at its edges', () => {
    compare(EDGES)
    const near = fc.float({ min: -20, max: 20, noNaN: true })
    check(fc.property(fc.float32Array({ maxLength: 40 }), compare))
    check(
      fc.property(fc.array(near, { minLength: 100, maxLength: 100 }), xs => compare(Float32Array.from(xs))),
    )
  })
})

it.each([0, 1, 2, 3, 4, 5, 0.5, -1])(
  'x to the power %s, of one exponent for all, is close over its whole domain',
  y => {
    const exponent = { shape: [], values: Float32Array.of(y) }
    check(
      fc.property(fc.nat(2 ** 20), from => {
        const values = Float32Array.of(...EDGES, ...sweep(from, 2 ** 20 + 1))
        const { actual, expected } = both(wasm, [{ shape: [values.length], values }, exponent], (k, [x, y]) =>
          k.binary('pow', x, y, x.shape),
        )
        expectWithin(BINARY.pow, actual, expected, i => `${values[i]} ** ${y}`)
      }),
      5,
    )
  },
)

describe('functions of vectors that are computed together', () => {
  const bitsOf = (x: Float32Array): Uint32Array => new Uint32Array(x.buffer, 0, x.length)
  const apply = (f: Unary, values: Float32Array): Float32Array => {
    const x = wasm.upload(values, [values.length], 'float32')
    const z = wasm.unary(f, x)
    const read = wasm.readSync(z) as Float32Array
    for (const { buffer } of [x, z]) wasm.free(buffer)
    return read
  }

  // A part without large x takes a shorter way to e^x.
  it.each(['exp', 'sigmoid', 'relu'] as const)('%s has the same bits whatever stands beside', f => {
    const value = fc.oneof(
      fc.float(),
      fc.float({ min: -104, max: 43, noNaN: true }),
      fc.constantFrom(...EDGES),
    )
    check(
      fc.property(fc.array(value, { minLength: 1, maxLength: 700 }), fc.nat(), (list, at) => {
        const values = Float32Array.from(list)
        const expected = bitsOf(apply(f, values))
        const place = at % list.length
        values[place] = 80
        const actual = bitsOf(apply(f, values))
        actual[place] = expected[place]
        expect(actual).toEqual(expected)
      }),
    )
  })

  it('exp is close on both sides of where that way ends', () => {
    // A whole vector, so that nothing beyond the array decides.
    const near = fc.array(fc.float({ min: 40, max: 47, noNaN: true }), { minLength: 4, maxLength: 4 })
    check(
      fc.property(near, list => {
        const values = Float32Array.from(list)
        const expected = Float64Array.from(values, Math.exp)
        expectWithin(POLYNOMIAL, apply('exp', values), expected, i => `exp ${values[i]}`)
      }),
    )
  })

  it('a NaN of any bits stays one, alone in its place, and in all of its row of a softmax', () => {
    const nan = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 2 ** 23 - 1 }))
    check(
      fc.property(nan, fc.integer({ min: 1, max: 70 }), fc.nat(), ([negative, payload], n, at) => {
        const values = Float32Array.from({ length: n }, (_, i) => i - n / 2)
        const place = at % n
        bitsOf(values)[place] = (negative ? 0xff800000 : 0x7f800000) + payload
        for (const f of Object.keys(UNARY) as Unary[]) {
          const z = apply(f, values)
          expect(z[place], f).toBeNaN()
          if (!['log', 'log1p', 'sqrt', 'rsqrt', 'acos', 'asin'].includes(f))
            expect(z.filter(Number.isNaN).length, f).toBe(1)
        }
        const x = wasm.upload(values, [1, n], 'float32')
        const results = [wasm.softmax!(x), wasm.reduce('logSumExp', x, [1], [1])]
        for (const z of results) expect(wasm.readSync(z).every(Number.isNaN)).toBe(true)
        for (const { buffer } of [x, ...results]) wasm.free(buffer)
      }),
    )
  })
})

describe.each(Object.entries(BINARY))('%s', (name, tolerance) => {
  const f = name as Binary
  const compare = (xs: Float32Array, ys: Float32Array) => {
    const operands = [xs, ys].map(values => ({ shape: [xs.length], values }))
    const { actual, expected } = both(wasm, operands, (k, [x, y]) => k.binary(f, x, y, [xs.length]))
    expectWithin(tolerance, actual, expected, i => `${f} ${xs[i]}, ${ys[i]}`)
  }

  it('is close for any two floats', () => {
    const edge = fc.constantFrom(...EDGES)
    const usual = fc.oneof(fc.integer({ min: -40, max: 40 }), fc.float({ min: -30, max: 30, noNaN: true }))
    const pairs = fc.array(fc.tuple(fc.oneof(edge, usual, fc.float()), fc.oneof(edge, usual, fc.float())), {
      maxLength: 300,
    })
    check(
      fc.property(pairs, drawn => {
        const [xs, ys] = [0, 1].map(k => Float32Array.from(drawn, pair => pair[k]))
        compare(xs, ys)
      }),
    )
  })

  it('agrees at every pair of edges', () => {
    const pairs = [...EDGES].flatMap(x => [...EDGES].map(y => [x, y]))
    compare(
      Float32Array.from(pairs, ([x]) => x),
      Float32Array.from(pairs, ([, y]) => y),
    )
  })
})

describe('int32', () => {
  const ints = fc.oneof(fc.integer(), fc.integer({ min: -2, max: 2 }))

  it.each(COMPARISONS)('%s', f => {
    check(
      fc.property(fc.array(fc.tuple(ints, ints), { maxLength: 20 }), pairs => {
        const operands = [0, 1].map(k => ({
          shape: [pairs.length],
          values: Int32Array.from(pairs, p => p[k]),
        }))
        const { actual, expected, dtype } = both(wasm, operands, (k, [x, y]) =>
          k.binary(f, x, y, [pairs.length]),
        )
        expect(dtype).toBe('int32')
        expect(actual).toEqual(expected)
      }),
    )
  })

  it('has no arithmetic', () => {
    const x = wasm.upload(Int32Array.of(1), [1], 'int32')
    const { used } = wasm
    expect(() => wasm.binary('add', x, x, [1])).toThrow('add: float32 expected, got int32')
    expect(wasm.used).toBe(used)
    wasm.free(x.buffer)
  })
})

describe('fill', () => {
  it.each(['float32', 'int32'] as const)('%s', dtype => {
    const values = dtype === 'int32' ? fc.integer() : fc.float()
    check(
      fc.property(values, fc.nat(20), (value, n) => {
        const z = wasm.fill(value, [n], dtype)
        const expected = new (dtype === 'int32' ? Int32Array : Float32Array)(n).fill(value)
        expect(sameBits(wasm.readSync(z), expected)).toBe(true)
        wasm.free(z.buffer)
      }),
    )
  })
})

describe('many elements', () => {
  it('does not depend on the number of threads', () => {
    const n = 300_001
    const [x, y] = [
      wasm.upload(sweep(12345, 14_000).slice(0, n), [n], 'float32'),
      wasm.fill(1.5, [n], 'float32'),
    ]
    for (const f of Object.keys(UNARY) as Unary[]) {
      const [one, two, three] = onThreads(wasm, () => wasm.unary(f, x))
      expect([f, sameBits(one, two), sameBits(one, three)]).toEqual([f, true, true])
    }
    for (const f of Object.keys(BINARY) as Binary[]) {
      const [one, two, three] = onThreads(wasm, () => wasm.binary(f, x, y, [n]))
      expect([f, sameBits(one, two), sameBits(one, three)]).toEqual([f, true, true])
    }
    wasm.free(x.buffer)
    wasm.free(y.buffer)
  })

  it('may be more than 2^24', () => {
    const n = 2 ** 24 + 3
    const values = Float32Array.from({ length: n }, (_, i) => (i % 1021) - 510)
    const x = wasm.upload(values, [n], 'float32')
    const [up, twice] = [wasm.unary('relu', x), wasm.binary('add', x, x, [n])]
    expect(
      sameBits(
        wasm.readSync(up),
        values.map(v => Math.max(v, 0)),
      ),
    ).toBe(true)
    expect(
      sameBits(
        wasm.readSync(twice),
        values.map(v => v + v),
      ),
    ).toBe(true)
    for (const t of [x, up, twice]) wasm.free(t.buffer)
  })
})
