import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { Generator } from '../../../engine/index.ts'
import { type Shape, sizeOf } from '../../../engine/shape.ts'
import { check } from '../../support/property.ts'
import { anyShape, both, type Operand, onThreads, sameBits } from './compare.ts'

const wasm = createWasm({ threads: 1 })

/**
 * Integers from 0 to n - 1; with `rows` the same along all that follows the axis, as those that pick whole rows, but
 * for one of them in four.
 */
function indices(shape: Shape, n: number, axis: number, rows: boolean, rng: Generator): Operand {
  const run = rows ? sizeOf(shape.slice(axis + 1)) : 1
  let pick = 0
  const values = Int32Array.from({ length: sizeOf(shape) }, (_, i) => {
    if (i % run === 0 || rng.uniform() < 0.02) pick = rng.integer(0, n - 1)
    return pick
  })
  return { shape, values }
}

const floats = (shape: Shape, rng: Generator): Operand => ({
  shape,
  values: Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform(-3, 3)),
})

const cases = anyShape(1).chain(shape =>
  fc.record({
    shape: fc.constant(shape.map(n => (n === 0 ? 2 : n))),
    axis: fc.nat(shape.length - 1),
    m: fc.oneof(fc.nat(6), fc.constantFrom(128, 129, 300)),
    rows: fc.boolean(),
    seed: fc.nat(),
  }),
)

describe('wasm gather and scatterAdd', () => {
  test('gather picks along any axis', () => {
    check(
      fc.property(cases, fc.boolean(), ({ shape, axis, m, rows, seed }, integers) => {
        const picked = shape.with(axis, m)
        if (sizeOf(picked) > 20_000) return
        const rng = new Generator(seed)
        const drawn = floats(shape, rng)
        const x = integers ? { shape, values: Int32Array.from(drawn.values, v => v * 1000) } : drawn
        const index = indices(picked, shape[axis], axis, rows, rng)
        const { actual, expected } = both(wasm, [x, index], (k, [a, i]) => k.gather(a, i, axis))
        expect(Array.from(actual)).toEqual(Array.from(expected))
      }),
      300,
    )
  })

  test('scatterAdd is its adjoint', () => {
    check(
      fc.property(cases, ({ shape, axis, m, rows, seed }) => {
        const picked = shape.with(axis, m)
        if (sizeOf(picked) > 20_000) return
        const rng = new Generator(seed)
        const x = floats(shape, rng)
        const index = indices(picked, shape[axis], axis, rows, rng)
        const src = floats(picked, rng)
        const { actual, expected } = both(wasm, [x, index, src], (k, [a, i, s]) =>
          k.scatterAdd(a, i, s, axis),
        )
        const { expected: magnitudes } = both(
          wasm,
          [x, index, src].map(o => ({ ...o, values: o === index ? o.values : o.values.map(Math.abs) })),
          (k, [a, i, s]) => k.scatterAdd(a, i, s, axis),
        )
        // Up to 128 terms are added in float32, and each addition rounds by at most 2^-24 of the sum so far.
        actual.forEach((z, i) => {
          if (!(Math.abs(z - expected[i]) <= 129 * 2 ** -24 * magnitudes[i]))
            expect.fail(`element ${i}: ${expected[i]} expected, got ${z}`)
        })
      }),
      300,
    )
  })

  test('sums of many terms are rounded once', () => {
    for (const [shape, m] of [
      [[3, 1], 100_000],
      [[3, 21], 5000],
      [[2, 3, 5], 5000],
    ] as const) {
      const axis = shape.length - 2
      const rng = new Generator(1)
      const picked = (shape as Shape).with(axis, m)
      const operands = [floats(shape, rng), indices(picked, 3, axis, true, rng), floats(picked, rng)]
      const { actual, expected } = both(wasm, operands, (k, [x, i, s]) => k.scatterAdd(x, i, s, axis))
      expect(Array.from(actual)).toEqual(Array.from(expected, Math.fround))
    }
  })

  test('an index out of range throws, names the first, and leaves nothing behind', () => {
    const x = wasm.upload(new Float32Array(15), [3, 5], 'float32')
    for (let count = 1; count < 12; count++) {
      for (const [at, bad] of [
        [0, -1],
        [count - 1, 3],
        [count >> 1, -(2 ** 31)],
        [5 * count - 1, -1],
      ]) {
        const picks = new Int32Array(5 * count)
        picks[at] = bad
        picks[5 * count - 1] = at === 5 * count - 1 ? bad : 2 ** 31 - 1
        const index = wasm.upload(picks, [count, 5], 'int32')
        const src = wasm.upload(new Float32Array(5 * count), [count, 5], 'float32')
        const used = wasm.used
        const message = `: an index from 0 to 2 expected, got ${bad}`
        expect(() => wasm.gather(x, index, 0)).toThrow(`gather${message}`)
        expect(() => wasm.scatterAdd(x, index, src, 0)).toThrow(`scatterAdd${message}`)
        expect(wasm.used).toBe(used)
        wasm.free(index.buffer)
        wasm.free(src.buffer)
      }
    }
  })

  test('the order of the terms does not depend on the number of threads', () => {
    const several = createWasm()
    for (const [shape, m, axis] of [
      [[2000, 130], 128, 0],
      [[500, 130], 1000, 0],
      [[130, 2000], 100, 1],
      [[130, 500], 300, 1],
    ]) {
      const rng = new Generator(2)
      const picked = (shape as Shape).with(axis as number, m as number)
      const index = indices(picked, (shape as number[])[axis as number], axis as number, true, rng)
      const [x, src] = [floats(shape as Shape, rng), floats(picked, rng)]
      const [a, i, s] = [x, index, src].map(({ values, shape }) =>
        several.upload(values, shape, values instanceof Int32Array ? 'int32' : 'float32'),
      )
      for (const run of [
        () => several.gather(a, i, axis as number),
        () => several.scatterAdd(a, i, s, axis as number),
      ]) {
        const [one, ...more] = onThreads(several, run)
        for (const other of more) expect(sameBits(other, one)).toBe(true)
      }
    }
  })
})
