import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDigits } from '../../examples/long-tail/digits.ts'
import { PIXELS } from '../../examples/long-tail/images.ts'
import { longTail, splitDigits } from '../../examples/long-tail/split.ts'

const lists = readDigits()
const seeds = fc.nat(1000)

describe('the long tail', () => {
  test('is the published profile at an imbalance of 100', () => {
    expect(longTail(100, 10)).toEqual([690, 420, 252, 151, 90, 54, 33, 19, 12, 7])
    expect(new Set(longTail(1, 10))).toEqual(new Set([690]))
  })

  test('never grows, never ends, and refuses an imbalance below 1', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        (imbalance, classes) => {
          const sizes = longTail(imbalance, classes)
          expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
          expect(sizes.every(n => n >= 1 && n <= 690)).toBe(true)
        },
      ),
    )
    expect(() => longTail(0.5, 10)).toThrow('an imbalance >= 1 expected, got 0.5')
  })
})

describe('the split', () => {
  const places = (part: { y: Int32Array; from: Int32Array }): string[] =>
    Array.from(part.y, (j, i) => `${j}:${part.from[i]}`)

  test('trains and tests on different images, none twice, the first 80 % and the last 20 % of each list', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { train, test, digits } = splitDigits(lists, seed, 100)
        const all = [...places(train), ...places(test)]
        expect(new Set(all).size).toBe(all.length)
        const border = (j: number): number => 0.8 * (lists[digits[j]].length / PIXELS)
        expect(train.y.every((j, i) => train.from[i] < border(j))).toBe(true)
        expect(test.y.every((j, i) => test.from[i] >= Math.floor(border(j)))).toBe(true)
      }),
      { numRuns: 8 },
    )
  })

  test('has the sizes of the profile, and up to 190 test images a digit', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1, 10, 100), (seed, imbalance) => {
        const { train, test, sizes, digits } = splitDigits(lists, seed, imbalance)
        const count = (y: Int32Array): number[] => digits.map((_, j) => y.filter(label => label === j).length)
        expect(sizes).toEqual(longTail(imbalance, 10))
        expect(count(train.y)).toEqual(sizes)
        const available = digits.map(digit => Math.ceil(0.2 * (lists[digit].length / PIXELS)))
        expect(count(test.y)).toEqual(available.map(n => Math.min(190, n)))
      }),
      { numRuns: 5 },
    )
  })

  test('gives the digits to the classes by the seed, and the same for the same seed', () => {
    const splits = Array.from({ length: 12 }, (_, seed) => splitDigits(lists, seed, 1000))
    for (const { digits } of splits) expect(digits.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(new Set(splits.map(split => split.digits.join())).size).toBe(12)
    expect(new Set(splits.map(split => split.digits[9])).size).toBeGreaterThan(3)
    const again = splitDigits(lists, 7, 1000)
    const { train, digits } = splits[7]
    expect(again.digits).toEqual(digits)
    expect(places(again.train)).toEqual(places(train))
    expect(Buffer.compare(Buffer.from(again.train.x.buffer), Buffer.from(train.x.buffer))).toBe(0)
    // Which images are taken is the seed's choice too, not the first of the list.
    expect(train.from.subarray(0, 690)).not.toEqual(Int32Array.from({ length: 690 }, (_, i) => i))
  })

  test('a row is its image, normalised', () => {
    const { train, digits } = splitDigits(lists, 3, 100)
    for (const row of [0, 700, train.y.length - 1]) {
      const start = train.from[row] * PIXELS
      const image = lists[digits[train.y[row]]].subarray(start, start + PIXELS)
      const x = train.x.subarray(row * PIXELS, (row + 1) * PIXELS)
      // One float32 rounding of a value below 2.
      x.forEach((value, k) => {
        expect(Math.abs(value * 0.35 + 0.3 - image[k])).toBeLessThan(1e-7)
      })
    }
  })
})
