import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn, tensor } from '../../engine/index.ts'
import {
  anglesBetween,
  bySize,
  classMeans,
  classSizes,
  closedSet,
  degrees,
  meanOver,
  nearestClassMean,
  predict,
  smallestClasses,
} from '../../models/evaluation/index.ts'

const float64 = { dtype: 'float64' } as const

describe('closed set', () => {
  test('a case by hand: 4 of class 0, 2 of class 1, none of class 2', () => {
    const { accuracy, balanced, byClass } = closedSet([0, 0, 0, 2, 1, 0], [0, 0, 0, 0, 1, 1], 3)
    expect(accuracy).toBe(4 / 6)
    expect(Array.from(byClass)).toEqual([3 / 4, 1 / 2, Number.NaN])
    expect(balanced).toBe((3 / 4 + 1 / 2) / 2)
  })

  test('accuracy is the mean of the classes weighted by size; balanced is blind to repeated rows', () => {
    const rows = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(rows, fc.nat(3), (rows, doubled) => {
        const [p, y] = [rows.map(r => r[0]), rows.map(r => r[1])]
        const once = closedSet(p, y, 4)
        const sizes = classSizes(y, 4)
        const weighted = sizes.reduce((a, n, j) => a + (n === 0 ? 0 : (n * once.byClass[j]) / y.length), 0)
        // A sum of four products of rounded quotients: a few ulp of 1.
        expect(once.accuracy).toBeCloseTo(weighted, 14)
        const more = rows.filter(r => r[1] === doubled)
        const twice = closedSet(p.concat(more.map(r => r[0])), y.concat(more.map(r => r[1])), 4)
        expect(twice.balanced).toBe(once.balanced)
      }),
    )
  })

  test('predict takes the first of equals', async () => {
    expect(
      Array.from(
        await predict(
          tensor([
            [1, 3, 3],
            [2, 1, 0],
          ]),
        ),
      ),
    ).toEqual([1, 0])
  })

  test('labels that are not classes are refused', () => {
    expect(() => closedSet([0], [3], 3)).toThrow(
      'closedSet: labels are integers from 0 to 2, got 3 for sample 0',
    )
    expect(() => closedSet([0.5], [0], 3)).toThrow('closedSet: predicted: labels are integers')
    expect(() => closedSet([0, 1], [0], 3)).toThrow('closedSet: predicted: 1 labels expected, got 2')
    expect(() => closedSet([], [], 3)).toThrow('closedSet: at least one row expected')
  })
})

describe('by class size', () => {
  test('bounds belong to the smaller group; an absent class and an empty group are left out', () => {
    const byClass = [0.5, 1, 0.25, Number.NaN, 0.75]
    const sizes = [30, 29, 6, 5, 5]
    expect(bySize(byClass, sizes)).toEqual({ few: 0.75, medium: 0.625, many: 0.5 })
    expect(bySize([1], [1]).many).toBeNaN()
  })

  test('the tail: smallest first, of equals the later', () => {
    expect(smallestClasses([690, 12, 7, 420, 7], 3)).toEqual([4, 2, 1])
    expect(meanOver([0.5, 1, 0], [2, 0])).toBe(0.25)
    expect(() => smallestClasses([1, 2], 3)).toThrow('a count from 1 to 2 expected, got 3')
  })
})

describe('class means and angles', () => {
  test('means of directions, not of embeddings; an absent class has 0', () => {
    const x = tensor(
      [
        [3, 0],
        [0, 100],
        [0, -2],
      ],
      float64,
    )
    expect(classMeans(x, [0, 0, 2], 3).toArray()).toEqual([
      [0.5, 0.5],
      [0, 0],
      [0, -1],
    ])
  })

  test('an absent class is not chosen, even against means that point away', async () => {
    const x = tensor([[1, 0]])
    expect(
      Array.from(
        await nearestClassMean(
          x,
          tensor([
            [0, 0],
            [-1, 0],
          ]),
        ),
      ),
    ).toEqual([1])
  })

  test('nearest class mean against brute force, on rows of any length', async () => {
    const rng = generator(5)
    for (let round = 0; round < 20; round++) {
      const x = randn([12, 3], rng, float64)
      const means = randn([4, 3], rng, float64)
      const cosine = (a: number[], b: number[]): number =>
        a.reduce((t, v, k) => t + v * b[k], 0) / Math.hypot(...a) / Math.hypot(...b)
      const expected = x.toArray<number[][]>().map(row => {
        const cosines = means.toArray<number[][]>().map(mean => cosine(row, mean))
        return cosines.indexOf(Math.max(...cosines))
      })
      expect(Array.from(await nearestClassMean(x, means))).toEqual(expected)
    }
  })

  test('angles in the plane are the difference of the polar angles, whatever the lengths', async () => {
    const polar = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })
    const length = fc.double({ min: 1e-30, max: 1e30, noNaN: true })
    await fc.assert(
      fc.asyncProperty(polar, polar, length, length, async (a, b, r, q) => {
        const at = (angle: number, r: number) => tensor([[r * Math.cos(angle), r * Math.sin(angle)]], float64)
        const apart = Math.abs(a - b)
        const [angle] = await anglesBetween(at(a, r), at(b, q))
        // The coordinates are rounded to 1e-16, relative; a few roundings follow. arccos would lose 1e-8 here.
        expect(Math.abs(angle - Math.min(apart, 2 * Math.PI - apart))).toBeLessThan(4e-15)
      }),
    )
  })

  test('exact at 0 and pi, and NaN where there is no direction', async () => {
    const angles = await anglesBetween(
      tensor([
        [2, 0],
        [1, 0],
        [0, 0],
      ]),
      tensor([
        [5, 0],
        [-3, 0],
        [1, 0],
      ]),
    )
    expect(Array.from(angles)).toEqual([0, Math.PI, Number.NaN])
    expect(degrees(angles[1])).toBe(180)
  })
})
