import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import {
  Generator,
  gather,
  type Shape,
  scatterAdd,
  type Tensor,
  take,
  tensor,
  zeros,
} from '../../engine/index.ts'
import { seeds, shapes } from '../../engine/testing/index.ts'
import { subjects } from '../support/backends.ts'
import { check } from '../support/property.ts'

type Pick = (x: Tensor, index: Tensor, axis: number) => Tensor

/** Each op, and whether its index stands along the axis of an index of x's shape, or alone. */
const OPS: readonly (readonly [string, Pick, 'spread' | 'alone'])[] = [
  ['take', take, 'alone'],
  ['gather', gather, 'spread'],
  ['scatterAdd', (x, i, axis) => scatterAdd(x, i, zeros(i.shape, { backend: x.backend }), axis), 'spread'],
]

describe.each(subjects())('on $name', ({ create, runs }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  const ints = (values: Int32Array, shape: Shape) => tensor(values, { shape, backend })

  describe.each(OPS)('%s', (name, op, kind) => {
    const indexOf = (x: Shape, axis: number, m: number): Shape => (kind === 'alone' ? [m] : x.with(axis, m))

    it('refuses an index outside, wherever it stands, also where x has no elements beside the axis', async () => {
      let empty = 0
      await check(
        fc.asyncProperty(shapes({ minRank: 1 }), seeds(), fc.boolean(), async (drawn, seed, hollow) => {
          const rng = new Generator(seed)
          const axis = rng.integer(0, drawn.length - 1)
          // An index of x's own sizes would have no elements either.
          const bare = hollow && kind === 'alone' && drawn.length > 1
          const x = bare ? drawn.map((n, i) => (i === axis ? n : 0)) : drawn
          empty += bare ? 1 : 0
          const shape = indexOf(x, axis, rng.integer(1, 4))
          const picks = new Int32Array(shape.reduce((n, d) => n * d, 1)).map(() =>
            rng.integer(0, x[axis] - 1),
          )
          const bad = rng.uniform() < 0.5 ? -x[axis] - rng.integer(1, 9) : x[axis] + rng.integer(0, 9)
          picks[rng.integer(0, picks.length - 1)] = bad
          const made = async () => op(zeros(x, { backend }), ints(picks, shape), axis).data()
          const message = `${name}: an index from ${-x[axis]} to ${x[axis] - 1} expected, got ${bad}`
          await expect(made()).rejects.toThrow(message)
        }),
        runs,
      )
      if (kind === 'alone') expect(empty).toBeGreaterThan(0)
    })

    it('picks nothing along an axis of size 0, and refuses to pick more', async () => {
      const x = zeros([2, 0, 3], { backend })
      const none = await op(x, ints(new Int32Array(0), indexOf(x.shape, 1, 0)), 1).data()
      expect([...none]).toEqual([])
      const shape = indexOf(x.shape, 1, 4)
      const index = ints(new Int32Array(shape.reduce((n, d) => n * d, 1)), shape)
      const message = `${name}: x of a size above 0 along axis 1 expected, got [2,0,3]`
      expect(() => op(x, index, 1)).toThrow(message)
    })

    it('refuses a scalar', () => {
      const x = zeros([], { backend })
      const message = `${name}: a tensor with axes expected, got a scalar`
      expect(() => op(x, ints(new Int32Array(1), []), 0)).toThrow(message)
    })
  })
})
