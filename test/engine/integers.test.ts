import * as fc from 'fast-check'
import { beforeAll, describe, expect, it, test } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import * as e from '../../engine/index.ts'
import { type Tensor, tensor } from '../../engine/index.ts'
import { subjects } from '../support/backends.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

type Numbers = readonly (readonly number[])[]

/** What each op makes of two matrices of integers, here and by JavaScript's numbers; the second has no zeros. */
const ROWS: Readonly<
  Record<string, [(x: Tensor, y: Tensor) => Tensor, (x: Numbers, y: Numbers) => unknown]>
> = {
  add: [e.add, each((x, y) => x + y)],
  sub: [e.sub, each((x, y) => x - y)],
  mul: [e.mul, each((x, y) => x * y + 0)],
  neg: [x => e.neg(x), each(x => 0 - x)],
  abs: [x => e.abs(x), each(x => Math.abs(x))],
  sign: [x => e.sign(x), each(x => Math.sign(x))],
  clamp: [x => e.clamp(x, -3, Infinity), each(x => Math.max(x, -3))],
  maximum: [e.maximum, each((x, y) => Math.max(x, y))],
  minimum: [e.minimum, each((x, y) => Math.min(x, y))],
  fmod: [e.fmod, each((x, y) => (x % y) + 0)],
  remainder: [e.remainder, each((x, y) => x - y * Math.floor(x / y))],
  where: [(x, y) => e.where(e.greater(x, y), x, y), each((x, y) => Math.max(x, y))],
  'where by int32': [(x, y) => e.where(x, y, 0), each((x, y) => (x === 0 ? 0 : y))],
  sum: [x => e.sum(x, 1), lines(x => x.reduce((a, b) => a + b))],
  max: [x => e.max(x, 1), lines(x => Math.max(...x))],
  min: [x => e.min(x, 1), lines(x => Math.min(...x))],
  prod: [x => e.prod(x, 1), lines(x => x.reduce((a, b) => a * b) + 0)],
  argmax: [x => e.argmax(x), lines(x => x.indexOf(Math.max(...x)))],
  argmin: [x => e.argmin(x), lines(x => x.indexOf(Math.min(...x)))],
  'argmin, the last': [x => e.argmin(x, { selectLast: true }), lines(x => x.lastIndexOf(Math.min(...x)))],
  'topk, values': [x => e.topk(x, 2).values, lines(x => sorted(x).slice(-2).reverse())],
  'topk, the smallest': [x => e.topk(x, 2, { largest: false }).values, lines(x => sorted(x).slice(0, 2))],
  cumsum: [x => e.cumsum(x), lines(x => x.map((_, i) => x.slice(0, i + 1).reduce((a, b) => a + b)))],
  cumprod: [x => e.cumprod(x), lines(x => x.map((_, i) => x.slice(0, i + 1).reduce((a, b) => a * b) + 0))],
  tril: [x => e.tril(x), x => x.map((row, i) => row.map((v, j) => (j <= i ? v : 0)))],
  triu: [x => e.triu(x, 1), x => x.map((row, i) => row.map((v, j) => (j > i ? v : 0)))],
  matmul: [
    (x, y) => e.matmul(x, y, { transposeB: true }),
    (x, y) => x.map(row => y.map(other => dot(row, other))),
  ],
  einsum: [(x, y) => e.einsum('ij,ij->i', x, y), (x, y) => x.map((row, i) => dot(row, y[i]))],
  scatterAdd: [(x, y) => e.scatterAdd(x, first(x), y), sent((z, v) => z + v)],
  'scatter by mul': [(x, y) => e.scatter(x, first(x), y, { reduce: 'mul' }), sent((z, v) => z * v + 0)],
  'scatter by max': [(x, y) => e.scatter(x, first(x), y, { reduce: 'max' }), sent(Math.max)],
  'scatter by min': [(x, y) => e.scatter(x, first(x), y, { reduce: 'min' }), sent(Math.min)],
  scatterND: [
    (x, y) =>
      e.scatterND(x, e.zeros([1, 1], { dtype: 'int32', backend: x.backend }), e.slice(y, [0], [1]), {
        reduce: 'add',
      }),
    (x, y) => [x[0].map((v, i) => v + y[0][i]), ...x.slice(1)],
  ],
}

function each(f: (x: number, y: number) => number) {
  return (x: Numbers, y: Numbers) => x.map((row, i) => row.map((v, j) => f(v, y[i][j])))
}
function lines(f: (x: number[]) => unknown) {
  return (x: Numbers) => x.map(row => f([...row]))
}
/** All of a row of y are sent to the first of x's. */
function sent(f: (z: number, v: number) => number) {
  return (x: Numbers, y: Numbers) => x.map(([z, ...rest], i) => [y[i].reduce((a, b) => f(a, b), z), ...rest])
}
const first = (x: Tensor): Tensor => e.zerosLike(x)
const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((s, v, i) => s + v * y[i], 0)
const sorted = (x: readonly number[]): number[] => [...x].sort((a, b) => a - b)

/** Products of four of them are below 2^24, which every backend holds. */
const integers = fc.integer({ min: -60, max: 60 })
const matrices = (of: fc.Arbitrary<number>) =>
  fc.array(fc.array(of, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 4 })
const pairs = matrices(
  fc.tuple(
    integers,
    integers.filter(v => v !== 0),
  ) as never,
) as unknown as fc.Arbitrary<[number, number][][]>

describe.each(subjects())('int32 on $name', ({ create, runs }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(Object.entries(ROWS))('%s is exact, and int32', async (_, [f, expected]) => {
    await check(
      fc.asyncProperty(pairs, async rows => {
        const [x, y] = [0, 1].map(i => rows.map(row => row.map(pair => pair[i])))
        const z = f(...([x, y].map(v => tensor(v, { dtype: 'int32', backend })) as [Tensor, Tensor]))
        expect([z.dtype, z.backend]).toEqual(['int32', backend])
        expect([...(await z.data())]).toEqual([expected(x, y)].flat(3))
      }),
      Math.ceil(runs / 3),
    )
  })

  it('what int32 does not hold is refused', async () => {
    const large = tensor([2 ** 24 - 1, 2 ** 24 - 1], { dtype: 'int32', backend })
    const product = async () => large.mul(large).data()
    await expect(product()).rejects.toThrow(/int32/)
  })
})

test('a backend that answers later is not asked for values', async () => {
  const refuse = (): never => expect.fail('values at once')
  const backend = { ...reference, name: 'later', synchronous: false, readSync: refuse }
  const [x, y] = [
    [3, -7, 5],
    [2, 4, -1],
  ].map(v => tensor([v], { dtype: 'int32', backend }))
  const index = e.zerosLike(x)
  const results = [e.mul(x, y), e.sum(x), e.argmin(x), e.scatterAdd(x, index, y)]
  expect(results.map(z => z.dtype)).toEqual(results.map(() => 'int32'))
  expect((await Promise.all(results.map(z => z.data()))).map(v => [...v])).toEqual([
    [6, -28, -5],
    [1],
    [1],
    [8, -7, 5],
  ])
})

test('a condition of any dtype chooses, a half and NaN too', () => {
  const [x, y] = [e.ones([3]), e.zeros([3])]
  for (const dtype of ['float64', 'float32'] as const) {
    const condition = tensor([0.5, 0, Number.NaN], { dtype })
    expect(e.where(condition, x, y).toArray()).toEqual([1, 0, 1])
    const whole = e.where(condition, tensor([7, 7, 7], { dtype: 'int32' }), -2)
    expect([whole.dtype, whole.toArray()]).toEqual(['int32', [7, -2, 7]])
  }
})

test('beyond float32, to the ends of int32', () => {
  for (const backend of [e.backend('reference'), e.backend('wasm')]) {
    const x = tensor([2 ** 30 + 1, 2 ** 30 - 2, -(2 ** 31)], { dtype: 'int32', backend })
    expect(x.sum().item()).toBe(-1)
    expect(x.max().item()).toBe(2 ** 30 + 1)
    expect(e.argmin(x).item()).toBe(2)
    expect(e.topk(x, 2).values.toArray()).toEqual([2 ** 30 + 1, 2 ** 30 - 2])
    expect(() => x.slice([0], [2]).add(2 ** 30)).toThrow(/^add: int32 holds integers .*, got 2147483649$/)
    expect(() => x.neg()).toThrow(/^neg: int32 holds integers .*, got 2147483648$/)
    expect(() => x.remainder(0)).toThrow(/^remainder: int32 holds integers .*, got NaN$/)
  }
})

test('sums of large products are exact, or refused', () => {
  const wide = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 31 }), fc.boolean(), fc.integer({ min: -1, max: 1 })),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  const numbers = wide.map(parts =>
    parts.map(
      ([k, negative, more]) => (negative ? -1 : 1) * Math.max(0, Math.min(2 ** 31 - 1, 2 ** k + more)),
    ),
  )
  let refused = 0
  let exact = 0
  check(
    fc.property(numbers, numbers, (a, b) => {
      const n = Math.min(a.length, b.length)
      const [x, y] = [a, b].map(v => tensor(v.slice(0, n), { dtype: 'int32' }))
      const right = a.slice(0, n).reduce((sum, v, i) => sum + BigInt(v) * BigInt(b[i]), 0n)
      for (const f of [() => e.einsum('i,i->', x, y), () => e.matmul(x.reshape([1, n]), y.reshape([n, 1]))]) {
        try {
          expect(BigInt(f().item())).toBe(right)
          exact++
        } catch (error) {
          expect((error as Error).message).toMatch(
            /^(einsum|matmul): (products of int32|int32 holds integers)/,
          )
          refused++
        }
      }
    }),
    500,
  )
  expect(exact).toBeGreaterThan(100)
  expect(refused).toBeGreaterThan(100)
  const [x, y] = [
    [2 ** 27 + 1, 2 ** 27],
    [2 ** 27 + 1, -(2 ** 27)],
  ].map(v => tensor(v, { dtype: 'int32' }))
  expect(() => e.einsum('i,i->', x, y)).toThrow(
    /^einsum: products of int32 whose sizes add up to 2\^53 at most/,
  )
})

test('of no elements', () => {
  const none = tensor([], { dtype: 'int32' })
  expect([none.sum().item(), none.prod().item(), none.max({ initial: 7 }).item()]).toEqual([0, 1, 7])
  expect(() => none.max()).toThrow(/^max: at least one element/)
  expect(() => none.argmin()).toThrow(/^argmin: at least one element/)
})

test('what makes fractions of integers refuses them, by its own name', () => {
  const x = tensor([[1, 2]], { dtype: 'int32' })
  expect(() => x.div(2)).toThrow(/^div: x is float32 or float64, got int32\[1,2\]/)
  expect(() => x.mean()).toThrow(/^mean: x is float32/)
  expect(() => x.mul(0.5)).toThrow(/^mul: int32 holds integers/)
  expect(() => e.rmsNorm(e.ones([2, 0]), e.ones([0]))).toThrow(/^rmsNorm: at least one element/)
  expect(() => e.layerNorm(e.ones([2, 0]), e.ones([0]), e.ones([0]))).toThrow(
    /^layerNorm: at least one element/,
  )
  expect(() => e.argmin(x, [0, 1])).toThrow(/^argmin: one axis expected/)
  expect(() => e.argmin(x, { axes: 1 } as never)).toThrow(/^argmin: there is no option axes/)
})
