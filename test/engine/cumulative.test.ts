import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  argmax,
  argmin,
  backend,
  cumprod,
  cumsum,
  grad,
  max,
  min,
  noGrad,
  prod,
  type Tensor,
  tensor,
  tril,
  triu,
  zeros,
} from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

const lines = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 20 })
const options = fc.record({ exclusive: fc.boolean(), reverse: fc.boolean() })

/** As it is defined: one after another. */
function inTurn(
  xs: readonly number[],
  o: { exclusive: boolean; reverse: boolean },
  f: (a: number, b: number) => number,
  neutral: number,
) {
  const order = o.reverse ? xs.toReversed() : xs
  let total = neutral
  const all = order.map(x => {
    const before = total
    total = f(total, x)
    return o.exclusive ? before : total
  })
  return o.reverse ? all.toReversed() : all
}

describe('cumsum and cumprod', () => {
  test('are what one after another gives: integers are exact', () => {
    check(
      fc.property(lines, options, (xs, o) => {
        const x = tensor(Float64Array.from(xs))
        expect(cumsum(x, o).toArray()).toEqual(inTurn(xs, o, (a, b) => a + b, 0).map(v => v + 0))
        const products = inTurn(xs, o, (a, b) => a * b, 1).map(v => v + 0)
        expect(
          cumprod(x, o)
            .toArray<number[]>()
            .map(v => v + 0),
        ).toEqual(products)
      }),
      200,
    )
  })

  test('of no elements and of a line that is long', () => {
    for (const f of [cumsum, cumprod]) {
      for (const exclusive of [false, true]) expect(f(zeros([2, 0]), { exclusive }).shape).toEqual([2, 0])
      expect(() => f(tensor(1))).toThrow(/a tensor with axes expected, got a scalar/)
    }
    const n = 5000
    const sums = cumsum(tensor(new Float32Array(n).fill(0.1), { backend: backend('wasm') })).dataSync()
    // Passes of log2 n roundings at most; one after another it would be some 1e-5.
    const off = sums.map((z, i) => Math.abs(z / (Math.fround(0.1) * (i + 1)) - 1))
    expect(Math.max(...off)).toBeLessThan(13 * 2 ** -24)
  })
})

describe('products with zeros', () => {
  const withZeros = fc.array(fc.constantFrom(0, 0, 0.5, -1.5, 2), { minLength: 2, maxLength: 6 })

  // With x itself, so that gradients of the first order are not all 0 where two are.
  it.each([
    ['prod', (x: Tensor) => prod(x).add(x.sum())],
    ['cumprod', (x: Tensor) => cumprod(x).add(x)],
  ] as const)('%s: gradients of two orders, by differences', (name, f) => {
    check(
      fc.property(withZeros, xs => {
        // Those of the second order are, where more than two are.
        if (xs.filter(x => x === 0).length > 2) return
        gradcheck(({ x }) => f(x), { x: tensor(Float64Array.from(xs)) }, { order: 2, name })
      }),
    )
  })

  test('each element of a gradient is the product of the others', () => {
    const x = tensor(Float64Array.of(0, 2, 3), { requiresGrad: true })
    expect(grad(prod(x), x).toArray()).toEqual([6, 0, 0])
  })
})

describe('places of extremes', () => {
  const few = fc.array(fc.constantFrom(-1, 0, 1, Number.NaN), { minLength: 1, maxLength: 8 })

  test('the first or the last of equals, NaN before all', () => {
    check(
      fc.property(few, xs => {
        const x = tensor(Float64Array.from(xs))
        const largest = xs.some(Number.isNaN) ? Number.NaN : Math.max(...xs)
        const smallest = xs.some(Number.isNaN) ? Number.NaN : Math.min(...xs)
        const places = (v: number): number[] => xs.flatMap((w, i) => (Object.is(v + 0, w + 0) ? [i] : []))
        expect(argmax(x).item()).toBe(places(largest)[0])
        expect(argmin(x).item()).toBe(places(smallest)[0])
        expect(argmax(x, { selectLast: true }).item()).toBe(places(largest).at(-1))
        expect(argmin(x, { selectLast: true }).item()).toBe(places(smallest).at(-1))
      }),
      200,
    )
  })

  test('along an axis, kept or not', () => {
    const x = tensor([
      [2, 2, 1],
      [3, 10, 10],
    ])
    expect(argmax(x, { axis: 1, selectLast: true, keepDims: true }).toArray()).toEqual([[1], [2]])
    expect(argmin(x, { axis: 0, selectLast: true }).toArray()).toEqual([0, 0, 0])
    expect(() => argmax(x, { selectLast: 1 as never })).toThrow(
      /argmax: selectLast as true or false expected/,
    )
    expect(() => argmax(zeros([0]), { selectLast: true })).toThrow(/argmax: at least one element/)
  })

  test('initial is one more to choose from, and the result of nothing', () => {
    expect(max(zeros([2, 0]), { axis: 1, initial: -Infinity }).toArray()).toEqual([-Infinity, -Infinity])
    expect(min(zeros([2, 0]), { axis: 1, keepDims: true, initial: 7 }).toArray()).toEqual([[7], [7]])
    const x = tensor([1, 5, 2], { requiresGrad: true })
    expect(max(x, { initial: 3 }).item()).toBe(5)
    expect(min(x, { initial: 0 }).item()).toBe(0)
    expect(grad(max(x, { initial: 9 }), x).toArray()).toEqual([0, 0, 0])
    expect(() => max(x, { initial: '1' as never })).toThrow(/max: a number expected, got "1"/)
  })
})

test('tril and triu keep NaN and Infinity out of what they leave out', () => {
  const x = tensor([
    [1, Number.NaN],
    [Infinity, 2],
  ])
  expect(noGrad(() => tril(x)).toArray()).toEqual([
    [1, 0],
    [Infinity, 2],
  ])
  expect(triu(x, 1).toArray()).toEqual([
    [0, Number.NaN],
    [0, 0],
  ])
  expect(tril(x, -7).toArray()).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(triu(zeros([0, 5]), 6).shape).toEqual([0, 5])
})
