import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { index } from '../../engine/domain.ts'
import {
  argmax,
  broadcastTo,
  Generator,
  gather,
  oneHot,
  reshape,
  scatterAdd,
  type Tensor,
  take,
  tensor,
  vjp,
  zerosLike,
} from '../../engine/index.ts'
import { drawTensor, labels, seeds, shapes } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { f64, generate, indices, inner, random, reader } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

const picks = fc
  .record({ shape: shapes({ minRank: 1 }), places: fc.integer({ min: 1, max: 5 }), seed: seeds() })
  .map(({ shape, places, seed }) => {
    const axis = seed % shape.length
    const at = shape.map((n, i) => (i === axis ? places : n))
    const i = drawTensor(new Generator(seed + 1), at, index, { index: shape[axis] })
    return { x: random(shape, seed), i, axis, src: random(at, seed + 2) }
  })

/** `at` with what the index says there, along `axis`. */
const picked = (i: Tensor, axis: number) => {
  const read = reader(i)
  return (at: readonly number[]): number[] => at.map((n, a) => (a === axis ? read(at) : n))
}

describe('take', () => {
  test('z[.., i, ..] = x[.., index[i], ..], for an index of any rank', () => {
    check(
      fc.property(picks, fc.constantFrom([], [3], [2, 2]), (drawn, at) => {
        const { x, axis, src } = drawn
        const i = drawTensor(new Generator(src.size), at, index, { index: x.shape[axis] })
        const [read, which] = [reader(x), reader(i)]
        const z = take(x, i, { axis })
        const shape = x.shape.toSpliced(axis, 1, ...at)
        const from = (place: readonly number[]): number[] =>
          place.toSpliced(axis, at.length, which(place.slice(axis, axis + at.length)))
        expectClose(
          z,
          generate(shape, place => read(from(place))),
          0,
        )
      }),
    )
  })

  test('is gather with the index spread over the other axes, and so is its gradient', () => {
    check(
      fc.property(picks, seeds(), ({ x, axis }, seed) => {
        const i = drawTensor(new Generator(seed), [4], index, { index: x.shape[axis] })
        const spread = broadcastTo(
          reshape(
            i,
            x.shape.map((_, a) => (a === axis ? 4 : 1)),
          ),
          x.shape.with(axis, 4),
        )
        const dz = random(spread.shape, seed)
        const [one, other] = [vjp(x => take(x, i, axis), x), vjp(x => gather(x, spread, axis), x)]
        expectClose(one.y, other.y, 0)
        expectClose(one.pull(dz), other.pull(dz), 0)
      }),
    )
  })

  test.each([
    [
      'an index outside',
      () => take(f64([1, 2]), tensor(Int32Array.of(2))),
      /^take: an index from -2 to 1 expected, got 2/,
    ],
    ['an index of floats', () => take(f64([1, 2]), f64([0])), /^take: index is int32/],
    ['an axis that is not there', () => take(f64([1, 2]), tensor(Int32Array.of(0)), 1), /^take: axis is/],
  ])('refuses %s', (_, call, message) => expect(call).toThrow(message))
})

describe('gather and scatterAdd', () => {
  test('gather: z[.., i, ..] = x[.., index[.., i, ..], ..]', () => {
    check(
      fc.property(picks, ({ x, i, axis }) => {
        const read = reader(x)
        const place = picked(i, axis)
        expectClose(
          gather(x, i, axis),
          generate(i.shape, at => read(place(at))),
          0,
        )
        expectClose(gather(x, i, axis - x.rank), gather(x, i, axis), 0)
      }),
    )
  })

  // Multiples of 2^-7 add up without rounding.
  test('scatterAdd adds each source where its index says, repeats included', () => {
    check(
      fc.property(picks, ({ x, i, axis, src }) => {
        const expected = new Map(indices(x.shape).map(at => [String(at), reader(x)(at)]))
        const [read, place] = [reader(src), picked(i, axis)]
        for (const at of indices(i.shape)) {
          const key = String(place(at))
          expected.set(key, (expected.get(key) as number) + read(at))
        }
        expectClose(
          scatterAdd(x, i, src, axis),
          generate(x.shape, at => expected.get(String(at)) as number),
          0,
        )
      }),
    )
  })

  test('they are adjoint: <u, gather x> = <scatterAdd u, x>', () => {
    check(
      fc.property(picks, ({ x, i, axis, src }) => {
        expect(inner(src, gather(x, i, axis))).toBe(inner(scatterAdd(zerosLike(x), i, src, axis), x))
      }),
    )
  })
})

describe('oneHot and argmax', () => {
  test('argmax undoes oneHot', () => {
    check(
      fc.property(labels(6, 4), ys => {
        const z = oneHot(ys, 4)
        expect(z.shape).toEqual([6, 4])
        expect(z.sum({ axis: 1 }).toArray()).toEqual([1, 1, 1, 1, 1, 1])
        expect([...argmax(z).dataSync()]).toEqual([...ys])
      }),
    )
  })

  test('argmax takes the first of equals, along any axis, as int32', () => {
    const x = f64([
      [1, 3, 3],
      [1, 0, 4],
    ])
    expect(argmax(x).toArray()).toEqual([1, 2])
    expect(argmax(x, 0).toArray()).toEqual([0, 0, 1])
    expect(argmax(x).dtype).toBe('int32')
  })
})

describe('indices', () => {
  const [x, i] = [f64([1, 2, 3]), (values: number[]) => tensor(values, { dtype: 'int32' })]
  test.each<[string, () => unknown, RegExp]>([
    ['too large', () => gather(x, i([3])), /gather: an index from -3 to 2 expected, got 3/],
    [
      'negative',
      () => scatterAdd(x, i([-4]), f64([1])),
      /scatterAdd: an index from -3 to 2 expected, got -4/,
    ],
    ['of floats', () => gather(x, f64([0])), /gather: index is int32, got float64\[1\]/],
    [
      'of another rank',
      () => gather(x, tensor([[0]], { dtype: 'int32' })),
      /gather: an index of x's shape \[3\] except along axis 0 expected, got \[1,1\]/,
    ],
    [
      'of another shape than src',
      () => scatterAdd(x, i([0]), f64([1, 2])),
      /scatterAdd: index and src of one shape expected, got \[1\] and \[2\]/,
    ],
    ['beyond the depth', () => oneHot([4], 4), /index from 0 to 3 expected, got 4/],
    ['with no depth', () => oneHot([0], 0), /oneHot: depth as an integer >= 1 expected, got 0/],
    [
      'on a wrong axis',
      () => gather(x, i([0]), 1),
      /gather: axis is an integer from -1 to 0 for rank 1, got 1/,
    ],
  ])('%s are refused by name', (_, run, message) => {
    expect(run).toThrow(message)
  })
})
