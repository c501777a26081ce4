import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NDArray, Reduction } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { Generator } from '../../../engine/index.ts'
import { reduced } from '../../../engine/ops/reduce.ts'
import type { Shape } from '../../../engine/shape.ts'
import { check } from '../../support/property.ts'
import { anyShape, both, filled, type Operand, onThreads, sameBits } from './compare.ts'

const wasm = createWasm({ threads: 1 })

/**
 * What a result may be off by, relative to the sum of the magnitudes that went into it: 6e-8 from rounding it to
 * float32, as much again where blocks are rounded in between; e^x and ln add 1e-7 each. Extremes are exact.
 */
const TOLERANCE: Readonly<Record<Reduction, number>> = {
  sum: 1.2e-7,
  max: 0,
  min: 0,
  norm: 1.2e-7,
  logSumExp: 3e-7,
}
const REDUCTIONS = Object.keys(TOLERANCE) as Reduction[]

/** What is left of x's shape, the axes that go as size 1. */
const kept = (x: NDArray, axes: readonly number[]): Shape => reduced(x.shape, { axes, keepDims: true })

function expectReduced(f: Reduction, x: Operand, axes: readonly number[]): void {
  const { actual, expected, shape, dtype } = both(wasm, [x], (k, [a]) => k.reduce(f, a, axes, kept(a, axes)))
  expect(shape).toEqual(x.shape.map((n, i) => (axes.includes(i) ? 1 : n)))
  expect(dtype).toBe('float32')
  const magnitudes = both(wasm, [{ ...x, values: x.values.map(Math.abs) }], (k, [a]) =>
    k.reduce(f === 'logSumExp' ? 'max' : 'sum', a, axes, kept(a, axes)),
  ).expected
  actual.forEach((z, i) => {
    const e = expected[i]
    if (Object.is(z, e) || z === Math.fround(e)) return
    // Subnormal results have fewer digits; a logarithm has ln n besides its largest term, at most 20.
    const allowed = TOLERANCE[f] * (magnitudes[i] + (f === 'logSumExp' ? 20 : 0)) + 2 ** -149
    if (!(Number.isFinite(e) && Math.abs(z - e) <= allowed))
      expect.fail(`${f} of [${x.shape}] over ${axes}: element ${i}: ${e} expected, got ${z}`)
  })
}

const random = (shape: Shape, seed: number): Operand => {
  const rng = new Generator(seed)
  const n = shape.reduce((a, b) => a * b, 1)
  return { shape, values: Float32Array.from({ length: n }, () => rng.uniform(-3, 3)) }
}

describe('wasm reduce', () => {
  const cases = anyShape().chain(shape =>
    fc.record({ x: filled(shape), axes: fc.subarray(shape.map((_, i) => i)) }),
  )
  test.each(REDUCTIONS)('%s of any shape, values and axes', f => {
    check(
      fc.property(cases, ({ x, axes }) => expectReduced(f, x, axes)),
      300,
    )
  })

  // Around the widths of a vector and an unrolled loop, of a line of the cache, and where blocks begin.
  const long = fc.record({
    shape: fc.tuple(
      fc.constantFrom(1, 2, 9),
      fc.constantFrom(1, 7, 31, 1025, 16384, 16385, 40001),
      fc.constantFrom(1, 3, 15, 16, 17, 33),
    ),
    seed: fc.nat(),
  })
  test.each(REDUCTIONS)('%s of long sections', f => {
    check(
      fc.property(long, ({ shape, seed }) => {
        if (shape[0] * shape[1] * shape[2] > 700_000) return
        expectReduced(f, random(shape, seed), [1])
      }),
      40,
    )
  })

  test('of 2^24 elements and more', () => {
    const n = 3 * 2 ** 23 + 3
    const values = new Float32Array(n)
    let [sum, squares, largest] = [0, 0, 0]
    for (let i = 0; i < n; i++) {
      const x = ((i * 40503) % 65537) / 65536 + 1
      values[i] = x
      sum += x
      squares += x * x
      if (x > largest) largest = x
    }
    for (const [shape, axes] of [
      [[n], [0]],
      [[n / 3, 3], [0]],
      [[3, n / 3], [1]],
    ]) {
      const x = wasm.upload(values, shape, 'float32')
      const read = (f: Reduction): Float64Array => {
        const z = wasm.reduce(f, x, axes, kept(x, axes))
        const line = Float64Array.from(wasm.readSync(z))
        wasm.free(z.buffer)
        return line
      }
      const total = (xs: Float64Array): number => xs.reduce((a, b) => a + b, 0)
      expect(Math.abs(total(read('sum')) / sum - 1)).toBeLessThan(TOLERANCE.sum)
      // Twice, for the squares.
      expect(Math.abs(total(read('norm').map(l => l * l)) / squares - 1)).toBeLessThan(2 * TOLERANCE.norm)
      expect(Math.max(...read('max'))).toBe(largest)
      wasm.free(x.buffer)
    }
  })

  test('logSumExp near 0 keeps its digits, however far the others lie', () => {
    const shapes: [number, number][] = [
      [2, 1],
      [50, 3],
      [40000, 1],
    ]
    for (const [n, width] of shapes) {
      const values = new Float32Array(n * width).fill(-30)
      values.fill(0, 0, width)
      const { actual } = both(wasm, [{ shape: [n, width], values }], (k, [x]) =>
        k.reduce('logSumExp', x, [0], kept(x, [0])),
      )
      // Relative to the result: e^x is off by 1e-7; blocks add the rounding of ln(16384) - 30, 1e-6.
      for (const z of actual) expect(z / Math.log1p((n - 1) * Math.exp(-30))).toBeCloseTo(1, 5)
    }
  })

  test('norm neither overflows nor vanishes', () => {
    for (const unit of [1e-38, 1e38]) {
      for (const axes of [[0], [1]]) {
        const values = Float32Array.of(1, 2, 2, 0, 0, 0, 1, 2, 2).map(x => x * unit)
        expectReduced('norm', { shape: [3, 3], values }, axes)
      }
    }
  })

  test('a result does not depend on the number of threads', () => {
    const several = createWasm()
    const cases: [Shape, number[]][] = [
      [[2 ** 20 + 3], [0]],
      [[1000, 1001], [1]],
      [[1000, 1001], [0]],
      [[60, 100, 70], [1]],
      [
        [60, 100, 70],
        [0, 2],
      ],
    ]
    for (const [shape, axes] of cases) {
      const x = several.upload(random(shape, 1).values, shape, 'float32')
      for (const f of REDUCTIONS) {
        const [one, ...more] = onThreads(several, () => several.reduce(f, x, axes, kept(x, axes)))
        for (const other of more) expect(sameBits(other, one)).toBe(true)
      }
    }
  })

  test('nothing stays behind', () => {
    const x = wasm.upload(new Float32Array(24), [2, 3, 4], 'float32')
    const before = wasm.used
    const z = wasm.reduce('sum', x, [0, 2], [1, 3, 1])
    wasm.free(z.buffer)
    expect(wasm.used).toBe(before)
    wasm.free(x.buffer)
  })
})

describe('wasm argmax', () => {
  test('is the place of the first of the largest', () => {
    const cases = anyShape(1).chain(shape => fc.record({ x: filled(shape), axis: fc.nat(shape.length - 1) }))
    check(
      fc.property(cases, ({ x, axis }) => {
        const { actual, expected, shape, dtype } = both(wasm, [x], (k, [a]) =>
          k.argmax(a, axis, a.shape.toSpliced(axis, 1)),
        )
        expect(dtype).toBe('int32')
        expect(shape).toEqual(x.shape.filter((_, i) => i !== axis))
        expect(actual).toEqual(expected)
      }),
      500,
    )
  })

  test('along long lines, with ties far apart', () => {
    check(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.constantFrom(1, 5, 20),
        fc.nat(),
        (n, width, seed) => {
          const { values } = random([n, width], seed)
          const x = { shape: [n, width], values: values.map(Math.round) }
          for (const axis of [0, 1]) {
            const { actual, expected } = both(wasm, [x], (k, [a]) =>
              k.argmax(a, axis, a.shape.toSpliced(axis, 1)),
            )
            expect(sameBits(actual, expected)).toBe(true)
          }
        },
      ),
    )
  })
})
