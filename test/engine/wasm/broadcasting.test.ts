import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Binary } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { type Shape, sizeOf } from '../../../engine/shape.ts'
import { broadcastingShapes } from '../../../engine/testing/index.ts'
import { check } from '../../support/property.ts'
import { both, type Operand, onThreads, sameBits } from './compare.ts'

const wasm = createWasm({ threads: 1 })

/** Different numbers of one sign: no difference, quotient or sum is NaN. They round once, as the reference's do. */
const numbered = (shape: Shape, from: number): Operand => ({
  shape,
  values: Float32Array.from({ length: sizeOf(shape) }, (_, i) => (from + i) / 3),
})

/** NumPy's rule. */
function stretch(shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map(s => s.length))
  return Array.from({ length: rank }, (_, i) => {
    return shapes.map(s => s[i - rank + s.length] ?? 1).find(n => n !== 1) ?? 1
  })
}

function expectSame(
  shapes: readonly Shape[],
  run: Parameters<typeof both>[2],
  operands: readonly Operand[],
): void {
  const { actual, expected, shape } = both(wasm, operands, run)
  const at = actual.findIndex((z, i) => z !== Math.fround(expected[i]))
  if (at >= 0) expect.fail(`${JSON.stringify(shapes)}: at ${at} ${expected[at]} expected, got ${actual[at]}`)
  expect(shape).toEqual(stretch(shapes))
  expect(actual.length).toBe(sizeOf(shape))
}

function compare(f: Binary, shapes: readonly Shape[]): void {
  const operands = shapes.map((shape, i) => numbered(shape, i * 1000 + 1))
  expectSame(shapes, (k, [x, y]) => k.binary(f, x, y, stretch(shapes)), operands)
}

/** Shapes of up to five axes that broadcast, with axes of size 0 and 1. */
const several = (count: number) => broadcastingShapes(count, { maxRank: 5, minSize: 0, maxSize: 6 })
/** Sizes of a matrix, small or with rows beyond what is handled at once. */
const sizes = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 40 })),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 900, max: 9000 })),
)

describe('broadcasting in wasm', () => {
  it.each(['add', 'sub', 'div', 'less'] as const)('%s of shapes of any rank', f => {
    check(
      fc.property(several(2), shapes => compare(f, shapes)),
      200,
    )
  })

  it('repeats rows, columns and numbers', () => {
    check(
      fc.property(sizes, fc.boolean(), ([m, n], turn) => {
        for (const other of [[n], [1, n], [m, 1], [m, n], [], [1, 1]]) {
          compare('sub', turn ? [other, [m, n]] : [[m, n], other])
        }
        compare('sub', [[m, 1], [n]])
        compare('sub', [
          [2, m, n],
          [2, 1, n],
        ])
      }),
    )
  })

  it('where', () => {
    check(
      fc.property(several(3), fc.integer({ min: 2, max: 5 }), (shapes, every) => {
        const [condition, ...rest] = shapes.map((shape, i) => numbered(shape, i * 1000 + 1))
        const sparse = condition.values.map((c, i) => (i % every === 0 ? 0 : c))
        const operands = [{ ...condition, values: sparse }, ...rest]
        expectSame(shapes, (k, [c, x, y]) => k.where(c, x, y, stretch(shapes)), operands)
      }),
      200,
    )
  })

  it('where takes NaN for a number that is not 0, and -0 for 0', () => {
    const condition = { shape: [4], values: Float32Array.of(NaN, -0, 0, 2 ** -149) }
    const { actual } = both(wasm, [condition, numbered([], 3), numbered([], 6)], (k, [c, x, y]) => {
      return k.where(c, x, y, [4])
    })
    expect([...actual]).toEqual([1, 2, 2, 1])
  })

  it('broadcastTo moves floats and integers', () => {
    check(
      fc.property(several(2), fc.boolean(), (shapes, integers) => {
        const { values, shape } = numbered(shapes[0], 1)
        const operand = { shape, values: integers ? Int32Array.from(values) : values }
        expectSame(shapes, (k, [x]) => k.broadcastTo(x, stretch(shapes)), [operand])
      }),
      200,
    )
  })

  it('does not depend on the number of threads', () => {
    const cases: Shape[][] = [
      [[70_001, 10], [10]],
      [
        [30_001, 7],
        [30_001, 1],
      ],
      [[1001, 1], [301]],
      [
        [12, 301, 67],
        [12, 1, 67],
      ],
    ]
    for (const shapes of cases) {
      const [x, y] = shapes.map((shape, i) => {
        return wasm.upload(numbered(shape, i * 1000 + 1).values, shape, 'float32')
      })
      const [one, two, three] = onThreads(wasm, () => wasm.binary('div', x, y, stretch(shapes)))
      expect([sameBits(one, two), sameBits(one, three)]).toEqual([true, true])
      const [c, d, e] = onThreads(wasm, () => wasm.where(x, y, x, stretch(shapes)))
      expect([sameBits(c, d), sameBits(c, e)]).toEqual([true, true])
      wasm.free(x.buffer)
      wasm.free(y.buffer)
    }
  })

  it('gives back the memory it borrows', () => {
    const { used } = wasm
    check(
      fc.property(several(3), shapes => {
        const operands = shapes.map((shape, i) => numbered(shape, i + 1))
        both(wasm, operands, (k, [c, x, y]) => k.where(c, x, y, stretch(shapes)))
        expect(wasm.used).toBe(used)
      }),
    )
  })
})
