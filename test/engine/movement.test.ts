import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  broadcastTo,
  concat,
  grad,
  type Nested,
  pad,
  permute,
  reshape,
  slice,
  stack,
  type Tensor,
  tensor,
  transpose,
} from '../../engine/index.ts'
import { interiorPad } from '../../engine/ops/movement.ts'
import { seeds, shapes } from '../../engine/testing/index.ts'
import { expectClose, expectSame } from '../support/close.ts'
import { f64, generate, indices, inner, leaf, random, reader } from '../support/numbers.ts'
import { check } from '../support/property.ts'

/** What JavaScript's own slice gives, with a step, axis by axis. */
function naiveSlice(x: Nested, start: number[], stop: number[], step: number[], axis = 0): Nested {
  if (typeof x === 'number') return x
  const taken = x.slice(start[axis], stop[axis]).filter((_, i) => i % step[axis] === 0)
  return taken.map(row => naiveSlice(row, start, stop, step, axis + 1))
}

describe('slice and interiorPad', () => {
  const cuts = fc.record({
    shape: shapes({ minRank: 1 }),
    from: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -5, max: 4 }))),
    to: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -4, max: 6 }))),
    step: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1, max: 3 }))),
    seed: seeds(),
  })

  test('slice takes what Array.slice takes, negative ends and empty ranges included', () => {
    check(
      fc.property(cuts, ({ shape, from, to, step, seed }) => {
        const x = random(shape, seed)
        const rank = shape.length
        const z = slice(x, from.slice(0, rank), to.slice(0, rank), step.slice(0, rank))
        const expected = naiveSlice(x.toArray(), [...from], [...to], [...step])
        if (z.size > 0) expect(z.toArray()).toEqual(expected)
        else expect(z.dataSync().length).toBe(0)
      }),
      200,
    )
  })

  test('a negative step goes backwards, as in Python', () => {
    const end = fc.option(fc.integer({ min: -8, max: 8 }), { nil: undefined })
    check(
      fc.property(
        fc.integer({ min: 0, max: 6 }),
        end,
        end,
        fc.integer({ min: -3, max: -1 }),
        (n, start, stop, step) => {
          // What slice.indices(n) of Python gives.
          const place = (v: number): number => Math.min(Math.max(v < 0 ? v + n : v, -1), n - 1)
          const taken: number[] = []
          const last = stop === undefined ? -1 : place(stop)
          for (let i = start === undefined ? n - 1 : place(start); i > last; i += step) taken.push(i)
          const x = tensor(Int32Array.from({ length: n }, (_, i) => i))
          // Left out, as a list in JavaScript may.
          const list = (v?: number): number[] => (v === undefined ? [] : [v])
          expect(slice(x, list(start), list(stop), [step]).toArray()).toEqual(taken)
        },
      ),
      300,
    )
    expect(slice(tensor([0, 1, 2, 3]), [-1], [-5], [-2]).toArray()).toEqual([3, 1])
  })

  test('undefined stands for the default of an axis', () => {
    const x = tensor([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(slice(x, [undefined, 1]).toArray()).toEqual(slice(x, [0, 1]).toArray())
    expect(slice(x, [undefined, 0], [undefined, 2], [-1]).toArray()).toEqual([
      [3, 4],
      [0, 1],
    ])
  })

  test('a slice backwards of several axes, and its gradient', () => {
    const x = random([4, 5], 3)
    const z = slice(x, [3, 0], [0, 5], [-2, 2])
    const rows: number[][] = x.toArray()
    expect(z.toArray()).toEqual([3, 1].map(i => [0, 2, 4].map(j => rows[i][j])))
    const dz = random(z.shape, 4)
    const y = leaf(rows)
    const dx: number[][] = grad(slice(y, [3, 0], [0, 5], [-2, 2]), y, dz).toArray()
    const given: number[][] = dz.toArray()
    for (const [i, j] of indices([4, 5])) {
      const [a, b] = [[3, 1].indexOf(i), [0, 2, 4].indexOf(j)]
      expect(dx[i][j]).toBe(a < 0 || b < 0 ? 0 : given[a][b])
    }
  })

  test('axes that are left out are taken whole', () => {
    const x = random([3, 4], 0)
    expectSame(slice(x, [1]), slice(x, [1, 0], [3, 4]))
  })

  test('interiorPad is the adjoint of slice, and slice gives back what was placed', () => {
    check(
      fc.property(shapes({ minRank: 1, maxRank: 3 }), seeds(), (inside, seed) => {
        const begin = inside.map((_, i) => (seed >> i) % 2)
        const step = inside.map((_, i) => 1 + ((seed >> (i + 3)) % 2))
        const shape = inside.map((n, i) => begin[i] + (n - 1) * step[i] + 1 + ((seed >> (i + 6)) % 2))
        const [x, dz] = [random(shape, seed), random(inside, seed + 1)]
        const end = inside.map((n, i) => begin[i] + (n - 1) * step[i] + 1)
        const cut = slice(x, begin, end, step)
        const placed = interiorPad(dz, { begin, step, shape, value: 0 })
        expect(inner(cut, dz)).toBe(inner(x, placed))
        expectSame(slice(placed, begin, end, step), dz)
      }),
    )
  })

  test('pad surrounds, and slice takes the padding off', () => {
    check(
      fc.property(shapes({ minRank: 1, minSize: 0 }), seeds(), (shape, seed) => {
        const x = random(shape, seed)
        const [before, after] = [
          shape.map((_, i) => (seed >> i) % 3),
          shape.map((_, i) => (seed >> (i + 4)) % 3),
        ]
        const z = pad(x, before, after, 7)
        expect(z.shape).toEqual(shape.map((n, i) => before[i] + n + after[i]))
        expectSame(
          slice(
            z,
            before,
            shape.map((n, i) => before[i] + n),
          ),
          x,
        )
        const sum = (t: Tensor): number => t.sum().item()
        expect(sum(z) - sum(x)).toBe(7 * (z.size - x.size))
      }),
    )
  })
})

describe('concat and stack', () => {
  test('concat puts together what slice takes apart', () => {
    check(
      fc.property(shapes({ minRank: 1 }), seeds(), (shape, seed) => {
        const axis = seed % shape.length
        const x = random(shape, seed)
        const rows = Array.from({ length: shape[axis] }, (_, i) => {
          const [start, stop] = [shape.map(() => 0), [...shape]]
          start[axis] = i
          stop[axis] = i + 1
          return slice(x, start, stop)
        })
        expectSame(concat(rows, axis), x)
        expectSame(concat(rows, axis - shape.length), x)
        const flat = rows.map(row =>
          reshape(
            row,
            shape.filter((_, i) => i !== axis),
          ),
        )
        expectSame(stack(flat, axis), x)
      }),
    )
  })

  test('an empty part adds nothing', () => {
    const x = f64([1, 2])
    expectSame(concat([tensor(new Float64Array(0)), x]), x)
  })
})

describe('permute, transpose, reshape, broadcastTo', () => {
  test('permute moves axes: z[i_axes] = x[i], and its inverse moves them back', () => {
    check(
      fc.property(
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        shapes({ minRank: 3 }),
        seeds(),
        (axes, shape, seed) => {
          const x = random(shape, seed)
          const read = reader(x)
          const z = permute(x, axes)
          expectClose(
            z,
            generate(
              axes.map(a => shape[a]),
              index => read(axes.map((_, a) => index[axes.indexOf(a)])),
            ),
            0,
          )
          expectSame(
            permute(
              z,
              axes.map((_, a) => axes.indexOf(a)),
            ),
            x,
          )
        },
      ),
    )
  })

  test('transpose exchanges the last two axes, or the two that are named', () => {
    const x = random([2, 3, 4], 0)
    expect(transpose(x).shape).toEqual([2, 4, 3])
    expect(transpose(x, 0, 2).shape).toEqual([4, 3, 2])
    expectSame(transpose(transpose(x, 0, 1), -3, -2), x)
  })

  test('reshape keeps the order, works out -1, and shares memory', () => {
    const x = random([2, 6], 0)
    const z = reshape(x, [3, -1])
    expect(z.shape).toEqual([3, 4])
    expect(z.dataSync()).toEqual(x.dataSync())
    x.dispose()
    expect(z.dataSync().length).toBe(12)
  })

  test('broadcastTo repeats', () => {
    expect(broadcastTo(f64([[1], [2]]), [2, 2, 2]).toArray()).toEqual([
      [
        [1, 1],
        [2, 2],
      ],
      [
        [1, 1],
        [2, 2],
      ],
    ])
  })
})
