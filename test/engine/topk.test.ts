import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { grad, tensor, topk, zeros } from '../../engine/index.ts'
import { subjects } from '../support/backends.ts'
import { check } from '../support/property.ts'

/** The places of a line in the order in which topk takes them. */
const inOrder = (xs: readonly number[], largest: boolean): number[] =>
  xs
    .map((x, i) => ({ x: Number.isNaN(x) ? Infinity : x, isNaN: Number.isNaN(x) ? 1 : 0, i }))
    .sort((a, b) => {
      const up = a.isNaN - b.isNaN || (a.x === b.x ? 0 : a.x - b.x)
      return (largest ? -up : up) || a.i - b.i
    })
    .map(({ i }) => i)

const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Number.NaN, Infinity, -Infinity))
const lists = fc.oneof(
  fc.array(value, { minLength: 1, maxLength: 12 }),
  fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 60, maxLength: 90 }),
)

describe.each(subjects())('topk on $name', ({ create, runs }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it('takes what a stable sort has first, any k, NaN as the largest', async () => {
    await check(
      fc.asyncProperty(lists, fc.nat(), fc.boolean(), async (xs, some, largest) => {
        const k = some % (xs.length + 1)
        // As a column, too, beside another.
        const pair = tensor(
          xs.flatMap(x => [x, -x]),
          { shape: [xs.length, 2], backend },
        )
        const { values, indices } = topk(pair, k, { axis: 0, largest })
        const order = [
          inOrder(xs, largest),
          inOrder(
            xs.map(x => -x),
            largest,
          ),
        ]
        const expected = Array.from({ length: k }, (_, r) => order.map(places => places[r])).flat()
        expect([indices.shape, indices.dtype]).toEqual([[k, 2], 'int32'])
        expect([...(await indices.data())]).toEqual(expected)
        const taken = expected.map((place, i) => (i % 2 === 0 ? xs[place] : -xs[place]) + 0)
        expect(Array.from(await values.data(), v => v + 0)).toEqual(taken)
      }),
      2 * runs,
    )
  })

  it('sends the gradient to the places', async () => {
    const x = tensor(
      [
        [1, 4, 2],
        [9, 7, 8],
      ],
      { backend, requiresGrad: true },
    )
    const { values } = topk(x, 2)
    const dx = grad(
      values,
      x,
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { backend },
      ),
    )
    expect([...(await dx.data())]).toEqual([0, 1, 2, 3, 0, 4])
  })
})

it('topk refuses what is no k, by name', () => {
  const x = zeros([2, 3])
  expect(() => topk(x, 4)).toThrow(/topk: k of at most 3 expected along axis 1 of \[2,3\], got 4/)
  expect(() => topk(x, -1)).toThrow(/topk: k as an integer >= 0 expected, got -1/)
  expect(() => topk(x, 1, { sorted: true } as never)).toThrow(/topk: there is no option sorted/)
  expect(() => topk(tensor(1), 1)).toThrow(/topk: a tensor with axes expected, got a scalar/)
})
