import * as fc from 'fast-check'
import { beforeAll, describe, expect, it, test } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import {
  type Generator,
  gather,
  gatherND,
  grad,
  Generator as Rng,
  type ScatterOptions,
  scatter,
  scatterND,
  softmaxCrossEntropy,
  take,
  tensor,
  zeros,
} from '../../engine/index.ts'
import { gradcheck, seeds, shapes } from '../../engine/testing/index.ts'
import { subjects } from '../support/backends.ts'
import { expectClose } from '../support/close.ts'
import { generate, indices, leaf, random, reader } from '../support/numbers.ts'
import { check } from '../support/property.ts'

type Reduce = NonNullable<ScatterOptions['reduce']>
const COMBINE: Readonly<Record<Reduce, (z: number, v: number) => number>> = {
  set: (_, v) => v,
  add: (z, v) => z + v,
  mul: (z, v) => z * v,
  max: Math.max,
  min: Math.min,
}
const REDUCES = Object.keys(COMBINE) as Reduce[]

/** Integers of -n..n-1. */
const picks = (rng: Generator, count: number, n: number): Int32Array =>
  Int32Array.from({ length: count }, () => rng.integer(-n, n - 1))

describe.each(subjects())('on $name', ({ create, runs, tolerance }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })
  const on = async (x: { data(): Promise<ArrayLike<number>> }): Promise<number[]> =>
    Array.from(await x.data())

  it('scatter sends each in turn, negative indices from the end', async () => {
    await check(
      fc.asyncProperty(
        shapes({ minRank: 1 }),
        seeds(),
        fc.constantFrom(...REDUCES),
        async (shape, seed, reduce) => {
          const rng = new Rng(seed)
          const axis = rng.integer(0, shape.length - 1)
          const [n, m] = [shape[axis], rng.integer(0, 5)]
          const many = shape.with(axis, m)
          const count = many.reduce((a, b) => a * b, 1)
          const index = picks(rng, count, n)
          const [x, src] = [random(shape, seed), random(many, seed + 1)]
          const expected = new Map(indices(shape).map(at => [String(at), reader(x)(at)]))
          indices(many).forEach((at, i) => {
            const key = String(at.with(axis, index[i] < 0 ? index[i] + n : index[i]))
            expected.set(key, COMBINE[reduce](expected.get(key) as number, reader(src)(at)))
          })
          const [xs, sources] = [x, src].map(t =>
            tensor(Float32Array.from(t.dataSync()), { shape: t.shape, backend }),
          )
          const z = await on(scatter(xs, tensor(index, { shape: many, backend }), sources, { axis, reduce }))
          // Products and sums of a few are rounded in another order, at most.
          const right = [...expected.values()]
          z.forEach((v, i) => {
            expect(Math.abs(v - right[i])).toBeLessThanOrEqual(
              8 * tolerance * Math.max(1, Math.abs(right[i])),
            )
          })
        },
      ),
      2 * runs,
    )
  })

  it('gather and take count negative indices from the end', async () => {
    const x = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { backend },
    )
    const i = (values: number[] | number[][]) => tensor(values, { dtype: 'int32', backend })
    expect(await on(take(x, i([-1, 0]), 0))).toEqual([4, 5, 6, 1, 2, 3])
    expect(
      await on(
        gather(
          x,
          i([
            [-1, 0],
            [-3, -2],
          ]),
        ),
      ),
    ).toEqual([3, 1, 4, 5])
    await expect((async () => take(x, i([-3]), 0).data())()).rejects.toThrow(
      'take: an index from -2 to 1 expected, got -3',
    )
  })

  it('gatherND and scatterND: rows of an index, of any part of the axes', async () => {
    await check(
      fc.asyncProperty(seeds(), async seed => {
        const rng = new Rng(seed)
        const shape = [rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 3)]
        const [k, m] = [rng.integer(1, 3), rng.integer(1, 4)]
        const rows = Array.from({ length: m }, () => shape.slice(0, k).map(n => rng.integer(-n, n - 1)))
        const x = random(shape, seed)
        const rest = indices(shape.slice(k))
        const place = (row: number[], r: number[]): number[] => [
          ...row.map((v, a) => (v < 0 ? v + shape[a] : v)),
          ...r,
        ]
        const xs = tensor(Float32Array.from(x.dataSync()), { shape, backend })
        const index = tensor(Int32Array.from(rows.flat()), { shape: [m, k], backend })
        const z = await on(gatherND(xs, index))
        expect(z).toEqual(rows.flatMap(row => rest.map(r => reader(x)(place(row, r)))))
        const src = random([m, ...shape.slice(k)], seed + 1)
        const after = new Map(indices(shape).map(at => [String(at), reader(x)(at)]))
        rows.forEach((row, i) => {
          for (const r of rest) after.set(String(place(row, r)), reader(src)([i, ...r]))
        })
        const sent = scatterND(
          xs,
          index,
          tensor(Float32Array.from(src.dataSync()), { shape: src.shape, backend }),
        )
        expect(await on(sent)).toEqual([...after.values()])
      }),
      runs,
    )
  })

  it('refuses what is no index, by name', async () => {
    const [x, index] = [zeros([2, 3], { backend }), tensor([[1, 3]], { dtype: 'int32', backend })]
    const call = async () => gatherND(x, index).data()
    await expect(call()).rejects.toThrow('gatherND: an index from -3 to 2 expected, got 3')
    // A label is a class: -1 is none.
    const labels = tensor([[0], [-1]], { dtype: 'int32', backend })
    const loss = async () => softmaxCrossEntropy(x, labels).data()
    await expect(loss()).rejects.toThrow(/an index from 0 to 2 expected, got -1/)
  })
})

test('gatherND with leading axes that x and index share', () => {
  const x = generate([2, 2, 2], ([a, b, c]) => 4 * a + 2 * b + c)
  const index = tensor([[1], [0]], { dtype: 'int32', backend: x.backend })
  expect(gatherND(x, index, { batchDims: 1 }).toArray()).toEqual([
    [2, 3],
    [4, 5],
  ])
  expect(() => gatherND(x, index, { batchDims: 2 })).toThrow(
    /^gatherND: index\[\.\.\.,K\] whose first 2 axes are x's, K from 1 to 1, expected, got x\[2,2,2\] index\[2,1\]/,
  )
})

test('scatterND takes products and extremes, and their gradients', () => {
  const x = leaf([
    [1, 2],
    [3, 4],
  ])
  const index = tensor([[0], [0]], { dtype: 'int32', backend: x.backend })
  const src = leaf([
    [5, 0.5],
    [0.5, 3],
  ])
  expect(scatterND(x, index, src, { reduce: 'mul' }).toArray()).toEqual([
    [2.5, 3],
    [3, 4],
  ])
  const z = scatterND(x, index, src, { reduce: 'max' })
  expect(z.toArray()).toEqual([
    [5, 3],
    [3, 4],
  ])
  expectClose(grad(z, src, random([2, 2], 1)), [
    [reader(random([2, 2], 1))([0, 0]), 0],
    [0, reader(random([2, 2], 1))([0, 1])],
  ])
  expect(() => scatterND(x, index, src, { reduce: 'sum' as never })).toThrow(
    /scatterND: reduce as one of set, add, mul/,
  )
})

test('several sent to one place: gradients of two orders, by differences', () => {
  const index = tensor([0, 2, 0, 2, 0], { dtype: 'int32', backend: leaf([0]).backend })
  const inputs = { x: leaf([1.5, -0.5, 2]), src: leaf([0.5, -1.25, 1.75, 3, -2]) }
  for (const reduce of ['add', 'mul'] as const) {
    gradcheck(({ x, src }) => scatter(x, index, src, { reduce }), inputs, { order: 2, name: reduce })
  }
  // Linear: of itself times itself, so that there is a second order.
  for (const reduce of ['set', 'max', 'min'] as const) {
    gradcheck(({ x, src }) => scatter(x.mul(x), index, src.mul(src), { reduce }), inputs, {
      order: 2,
      name: reduce,
    })
  }
})

test('the gradient of set is that of its place, whatever the cotangent', () => {
  const cotangent = tensor([Infinity, 1e20, Number.NaN, -3e300], {
    backend: leaf([0]).backend,
    dtype: 'float64',
  })
  const inputs = { x: leaf([1, 2, 3, 4]), src: leaf([5, 6]) }
  const index = tensor([3, 1], { dtype: 'int32', backend: leaf([0]).backend })
  const [dx, dsrc] = grad(scatter(inputs.x, index, inputs.src), [inputs.x, inputs.src], cotangent)
  expect(dx.toArray()).toEqual([Infinity, 0, Number.NaN, 0])
  expect(dsrc.toArray()).toEqual([-3e300, 1e20])
})
