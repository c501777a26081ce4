import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  argmax,
  erf,
  logSoftmax,
  logSumExp,
  max,
  mean,
  min,
  norm,
  normalize,
  ones,
  softmax,
  sum,
  type Tensor,
  tensor,
  variance,
  zeros,
} from '../../engine/index.ts'
import { seeds, shapes } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { f64, generate, random, reader } from '../support/numbers.ts'
import { check } from '../support/property.ts'

type Line = readonly number[]
const total = (xs: Line): number => xs.reduce((a, b) => a + b, 0)
const average = (xs: Line): number => total(xs) / xs.length

const REDUCTIONS: readonly [
  string,
  (x: Tensor, o: { axis?: number[]; keepDims?: boolean }) => Tensor,
  (xs: Line) => number,
][] = [
  ['sum', sum, total],
  ['mean', mean, average],
  ['max', max, xs => Math.max(...xs)],
  ['min', min, xs => Math.min(...xs)],
  ['logSumExp', logSumExp, xs => Math.log(total(xs.map(Math.exp)))],
  ['variance', variance, xs => average(xs.map(x => (x - average(xs)) ** 2))],
]

describe('reductions', () => {
  // Up to 64 values of about 1: 1e-13 covers the rounding of either order of addition.
  test.each(REDUCTIONS)('%s over any axes is that of the lines along them', (_, op, line) => {
    check(
      fc.property(
        shapes({ minRank: 1 }),
        fc.subarray([0, 1, 2]),
        fc.boolean(),
        seeds(),
        (shape, some, keepDims, seed) => {
          const axis = some.filter(a => a < shape.length)
          const x = random(shape, seed)
          const lines = new Map<string, number[]>()
          const read = reader(x)
          generate(shape, at => {
            const key = String(at.map((n, a) => (axis.includes(a) ? 0 : n)))
            lines.set(key, [...(lines.get(key) ?? []), read(at)])
            return 0
          })
          const kept = shape.map((n, a) => (axis.includes(a) ? 1 : n))
          const expected = generate(kept, at => line(lines.get(String(at)) as number[]))
          const z = op(x, { axis, keepDims })
          expectClose(
            z,
            keepDims ? expected : expected.reshape(shape.filter((_, a) => !axis.includes(a))),
            1e-13,
          )
          expectClose(op(x, { axis: axis.map(a => a - shape.length), keepDims }), z, 0)
        },
      ),
    )
  })

  test('without an axis all of them go', () => {
    expect(sum(ones([2, 3])).shape).toEqual([])
    expect(sum(ones([2, 3]), { keepDims: true }).shape).toEqual([1, 1])
  })

  test('an empty sum is 0, its logarithm -Infinity; of nothing there is no mean, extreme or variance', () => {
    const none = zeros([2, 0])
    expect(sum(none, { axis: 1 }).toArray()).toEqual([0, 0])
    expect(logSumExp(none, { axis: 1 }).toArray()).toEqual([-Infinity, -Infinity])
    for (const op of [mean, max, min]) {
      expect(() => op(none, { axis: 1 })).toThrow(
        /at least one element to reduce expected, got shape \[2,0\]/,
      )
    }
    expect(() => argmax(none)).toThrow(/argmax: at least one element to reduce expected/)
    expect(() => variance(ones([1]), { correction: 1 })).toThrow(
      /variance: more than 1 elements expected, got 1/,
    )
  })

  test.each<[string, () => unknown, RegExp]>([
    [
      'beyond the rank',
      () => sum(ones([2]), { axis: 1 }),
      /sum: axis is an integer from -1 to 0 for rank 1, got 1/,
    ],
    ['not an integer', () => max(ones([2]), { axis: 0.5 }), /max: axis is an integer .*, got 0.5/],
    ['named twice', () => mean(ones([2, 2]), { axis: [0, -2] }), /mean: axis names one axis twice: \[0,0\]/],
    ['of softmax', () => softmax(ones([2]), 3), /softmax: axis is an integer/],
  ])('an axis %s is refused', (_, run, message) => {
    expect(run).toThrow(message)
  })
})

describe('norm', () => {
  const x = f64([
    [3, -4],
    [0, 12],
  ])

  test.each([
    [undefined, 13, [[13]]],
    [1, 19, [[19]]],
    [Infinity, 12, [[12]]],
  ])('ord %s, of all elements', (ord, whole, kept) => {
    expect(norm(x, { ord }).toArray()).toBeCloseTo(whole, 14)
    expectClose(norm(x, { ord, keepDims: true }), kept, 1e-15)
  })

  test('of rows', () => {
    expect(norm(x, 1).toArray()).toEqual([5, 12])
    expect(norm(x, { axis: 1, ord: 1 }).toArray()).toEqual([7, 12])
    expect(norm(x, { axis: 1, ord: Infinity, keepDims: true }).toArray()).toEqual([[4], [12]])
  })

  test.each([
    [3, /^norm: ord 1, 2 or Infinity expected, got 3/],
    ['fro', /^norm: ord 1, 2 or Infinity expected, got "fro"/],
  ])('refuses ord %s', (ord, message) => {
    expect(() => norm(x, { ord: ord as number })).toThrow(message)
    expect(() => norm(x, { p: 2 } as object)).toThrow(/^norm: there is no option p, did you mean ord\?/)
  })
})

describe('far from 1', () => {
  test('nothing overflows or loses its digits', () => {
    expectClose(logSumExp(f64([-1000, -1001])), -1000 + Math.log1p(Math.exp(-1)), 1e-15)
    // Next to a term of 1 the small ones must not be rounded away: ln(1 + e^-30) is e^-30.
    expect(logSumExp(f64([0, -30])).item() / Math.exp(-30)).toBeCloseTo(1, 12)
    expectClose(softmax(f64([1e308, 0])), [1, 0], 0)
    expect(logSoftmax(tensor([1000, 1000])).dataSync()[0]).toBe(Math.fround(-Math.LN2))
    expectClose(norm(f64([3e-200, 4e-200])), 5e-200, 0)
    expectClose(normalize(f64([3e200, 4e200])), [0.6, 0.8], 1e-15)
    expect(normalize(f64([3e-200, 4e-200])).toArray()).toEqual([0, 0])
    expectClose(erf(f64([1e-300, -30])), [(2 / Math.sqrt(Math.PI)) * 1e-300, -1], 0)
  })

  test('the rows of softmax add up to 1, and shifting changes nothing', () => {
    check(
      fc.property(seeds(), seed => {
        const x = random([3, 5], seed).mul(100)
        expectClose(softmax(x).sum({ axis: 1 }), [1, 1, 1], 1e-14)
        // x + 512 is exact, so only the functions round.
        expectClose(softmax(x.add(512)), softmax(x), 1e-14)
      }),
    )
  })
})
