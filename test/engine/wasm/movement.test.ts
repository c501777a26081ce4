import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Backend, NDArray } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { type Shape, sizeOf } from '../../../engine/shape.ts'
import { check } from '../../support/property.ts'
import { anyShape, both, type Operand, onThreads, sameBits } from './compare.ts'

const wasm = createWasm({ threads: 1 })

/** Every word another, as floats or as integers. */
const counted = (shape: Shape, integers: boolean): Operand => {
  const values = Int32Array.from({ length: sizeOf(shape) }, (_, i) => i - 3)
  return { shape, values: integers ? values : Float32Array.from(values) }
}

function expectSame(operands: readonly Operand[], run: (k: Backend, arrays: NDArray[]) => NDArray): void {
  const { actual, expected, dtype } = both(wasm, operands, run)
  expect(dtype).toBe(operands[0].values instanceof Int32Array ? 'int32' : 'float32')
  expect(Array.from(actual)).toEqual(Array.from(expected))
}

/** An array and a part of it: where that begins, how far its places lie apart, and its shape. */
const regions = anyShape().chain(shape =>
  fc.record({
    shape: fc.constant(shape),
    part: fc
      .tuple(
        ...shape.map(n =>
          fc.record({ begin: fc.nat(n), step: fc.integer({ min: 1, max: 3 }), most: fc.nat(n) }),
        ),
      )
      .map(axes => ({
        begin: axes.map(a => a.begin),
        step: axes.map(a => a.step),
        inner: axes.map((a, i) => Math.min(a.most, Math.max(0, Math.ceil((shape[i] - a.begin) / a.step)))),
      })),
    integers: fc.boolean(),
  }),
)

describe('wasm movement', () => {
  test('slice takes the places of a region', () => {
    check(
      fc.property(regions, ({ shape, part: { begin, step, inner }, integers }) => {
        expectSame([counted(shape, integers)], (k, [x]) => k.slice(x, begin, step, inner))
      }),
      500,
    )
  })

  test('place fills them, and a value lies around', () => {
    check(
      fc.property(regions, fc.integer({ min: -9, max: 9 }), ({ shape, part, integers }, value) => {
        const { begin, step, inner } = part
        expectSame([counted(inner, integers)], (k, [x]) => k.interiorPad(x, begin, step, shape, value))
      }),
      500,
    )
  })

  test('permute puts the axes into any order', () => {
    const cases = anyShape(0, 6).chain(shape =>
      fc.record({
        shape: fc.constant(shape),
        axes: fc.shuffledSubarray(
          shape.map((_, i) => i),
          { minLength: shape.length },
        ),
        integers: fc.boolean(),
      }),
    )
    check(
      fc.property(cases, ({ shape, axes, integers }) => {
        if (sizeOf(shape) < 20_000) expectSame([counted(shape, integers)], (k, [x]) => k.permute(x, axes))
      }),
      500,
    )
  })

  test('permute transposes matrices of every size around a tile', () => {
    const size = fc.integer({ min: 1, max: 70 })
    check(
      fc.property(size, size, fc.integer({ min: 1, max: 3 }), (a, b, n) => {
        expectSame([counted([n, a, b], false)], (k, [x]) => k.permute(x, [0, 2, 1]))
        expectSame([counted([a, n, b], false)], (k, [x]) => k.permute(x, [2, 1, 0]))
      }),
      100,
    )
  })

  test('concat puts arrays behind each other along any axis', () => {
    const cases = anyShape(1).chain(shape =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.nat(shape.length - 1),
        sizes: fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }),
        integers: fc.boolean(),
      }),
    )
    check(
      fc.property(cases, ({ shape, axis, sizes, integers }) => {
        const operands = sizes.map(n => counted(shape.with(axis, n), integers))
        expectSame(operands, (k, xs) => k.concat(xs, axis))
      }),
      300,
    )
  })

  test('what is large and shared by threads is the same', () => {
    const several = createWasm()
    const x = several.upload(counted([120, 101, 90], false).values, [120, 101, 90], 'float32')
    const runs: (() => NDArray)[] = [
      () => several.slice(x, [1, 0, 1], [1, 1, 2], [119, 101, 44]),
      () => several.interiorPad(x, [1, 2, 3], [1, 2, 1], [121, 204, 93], 5),
      () => several.permute(x, [0, 2, 1]),
      () => several.permute(x, [2, 1, 0]),
      () => several.permute({ ...x, shape: [1200, 909] }, [1, 0]),
      () => several.concat([x, x], 2),
    ]
    for (const run of runs) {
      const [one, ...more] = onThreads(several, run)
      for (const other of more) expect(sameBits(other, one)).toBe(true)
    }
  })
})
