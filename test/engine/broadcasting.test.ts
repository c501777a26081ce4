import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { positive } from '../../engine/domain.ts'
import {
  add,
  broadcastTo,
  div,
  equal,
  Generator,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  notEqual,
  pow,
  sub,
  type Tensor,
  unbroadcast,
  where,
} from '../../engine/index.ts'
import { broadcastingShapes, drawTensor, seeds } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { f64, generate, inner, random, reader } from '../support/numbers.ts'
import { check } from '../support/property.ts'

/** NumPy's rule, element by element: align at the right, and read index 0 where a size is 1. */
function stretch(x: Tensor, rank: number): (index: readonly number[]) => number {
  const read = reader(x)
  return index => read(x.shape.map((n, i) => (n === 1 ? 0 : index[i + rank - x.rank])))
}

function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(s => s.length))
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map(s => s[i - rank + s.length] ?? 1)
    return sizes.find(n => n !== 1) ?? 1
  })
}

const BINARY: readonly [string, (x: Tensor, y: Tensor) => Tensor, (x: number, y: number) => number][] = [
  ['add', add, (x, y) => x + y],
  ['sub', sub, (x, y) => x - y],
  ['mul', mul, (x, y) => x * y],
  ['div', div, (x, y) => x / y],
  ['pow', pow, (x, y) => x ** y],
  ['maximum', maximum, Math.max],
  ['minimum', minimum, Math.min],
  ['equal', equal, (x, y) => Number(x === y)],
  ['notEqual', notEqual, (x, y) => Number(x !== y)],
  ['less', less, (x, y) => Number(x < y)],
  ['lessEqual', lessEqual, (x, y) => Number(x <= y)],
  ['greater', greater, (x, y) => Number(x > y)],
  ['greaterEqual', greaterEqual, (x, y) => Number(x >= y)],
]

describe('broadcasting', () => {
  test.each(BINARY)('%s is what NumPy computes, element by element', (_, op, scalar) => {
    check(
      fc.property(broadcastingShapes(2, { minSize: 0 }), seeds(), ([a, b], seed) => {
        const rng = new Generator(seed)
        const [x, y] = [drawTensor(rng, a, positive), drawTensor(rng, b, positive)]
        const shape = broadcastShape([a, b])
        const [xAt, yAt] = [stretch(x, shape.length), stretch(y, shape.length)]
        expectClose(
          op(x, y),
          generate(shape, i => scalar(xAt(i), yAt(i))),
          0,
        )
      }),
    )
  })

  test('where stretches all three of its inputs', () => {
    check(
      fc.property(broadcastingShapes(3), seeds(), ([a, b, c], seed) => {
        const [condition, x, y] = [greater(random(a, seed), 0), random(b, seed + 1), random(c, seed + 2)]
        const shape = broadcastShape([a, b, c])
        const [ifAt, xAt, yAt] = [condition, x, y].map(t => stretch(t, shape.length))
        expectClose(
          where(condition, x, y),
          generate(shape, i => (ifAt(i) === 0 ? yAt(i) : xAt(i))),
          0,
        )
      }),
    )
  })

  test('unbroadcast is the adjoint of broadcastTo: <u, B x> = <B^T u, x>', () => {
    check(
      fc.property(
        broadcastingShapes(1),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
        seeds(),
        ([s], lead, seed) => {
          const shape = [...lead, ...s.map(n => (n === 1 ? 3 : n))]
          const [x, u] = [random(s, seed), random(shape, seed + 1)]
          const z = broadcastTo(x, shape)
          const back = unbroadcast(u, s)
          expect(back.shape).toEqual(s)
          // Multiples of 2^-14 below 2^8: both sums are exact.
          expect(inner(u, z)).toBe(inner(back, x))
        },
      ),
    )
  })

  test('a number stands for a scalar on either side', () => {
    const x = f64([1, 2])
    expectClose(sub(1, x), [0, -1], 0)
    expectClose(x.sub(1), [0, 1], 0)
    expectClose(where(f64([1, 0]), x, 9), [1, 9], 0)
  })
})
