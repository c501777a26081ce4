import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { generator, ones, randn, resize, tensor } from '../../engine/index.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

describe('keepAspectRatio', () => {
  const side = fc.integer({ min: 1, max: 40 })
  const options = { min: 8, max: 40 }
  const wanted = fc.tuple(fc.integer(options), fc.integer(options))

  it('leaves z within the size, or none of its sides below, and one as asked', () => {
    check(
      fc.property(side, side, wanted, (h, w, size) => {
        const [small, large] = (['notLarger', 'notSmaller'] as const).map(
          keepAspectRatio => resize(ones([1, 40 + h, 40 + w, 1]), { size, keepAspectRatio }).shape,
        )
        for (const i of [0, 1]) {
          expect(small[i + 1]).toBeLessThanOrEqual(size[i])
          expect(large[i + 1]).toBeGreaterThanOrEqual(size[i])
        }
        for (const z of [small, large]) expect(z[1] === size[0] || z[2] === size[1]).toBe(true)
      }),
      30,
    )
  })

  it('rounds halves up', () => {
    check(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 200 }), (half, n) => {
        // (2 half + 1) n / (2 n) = half + 1/2; 2 n and n by a scale of 1/2.
        const x = ones([1, 2 * half + 1, 2 * n, 1])
        const z = resize(x, { size: [1000, n], keepAspectRatio: 'notLarger', mode: 'nearest' })
        expect(z.shape).toEqual([1, half + 1, n, 1])
      }),
      30,
    )
  })

  it('is the resize by that scale', () => {
    const x = randn([2, 6, 8, 3], generator(0), { dtype: 'float64' })
    const z = resize(x, { size: [3, 100], keepAspectRatio: 'notLarger', mode: 'bicubic' })
    expect(z.shape).toEqual([2, 3, 4, 3])
    expect(z.toArray()).toEqual(resize(x, { scale: 0.5, mode: 'bicubic' }).toArray())
  })
})

test('by a scale takes places that the scale says, whatever sizes are rounded to', () => {
  const numbers = fc.record({
    n: fc.integer({ min: 1, max: 30 }),
    scale: fc.double({ min: 1, max: 9, noNaN: true }),
  })
  check(
    fc.property(numbers, ({ n, scale }) => {
      const x = tensor(
        Float64Array.from({ length: n }, (_, i) => i),
        { shape: [1, 1, n, 1], dtype: 'float64' },
      )
      const z = resize(x, { scale: [1, scale], mode: 'nearest' })
      const places = Array.from({ length: Math.floor(n * scale) }, (_, i) =>
        Math.min(Math.floor(i / scale), n - 1),
      )
      expect([...z.dataSync()]).toEqual(places)
    }),
    60,
  )
})

test('refuses what does not fit, by name', () => {
  const x = ones([1, 4, 4, 1])
  expect(() => resize(x, { scale: 2, keepAspectRatio: 'notLarger' })).toThrow(
    /^resize: keepAspectRatio beside size expected, got it beside scale/,
  )
  expect(() => resize(x, { size: 2, keepAspectRatio: 'stretch' as never })).toThrow(
    /^resize: keepAspectRatio as one of notLarger, notSmaller expected, got "stretch"/,
  )
  const thin = ones([1, 1, 100, 1])
  const noRow = /^resize: a scale that leaves a row and a column of \[1,100\] expected, got 0.02$/
  expect(() => resize(thin, { size: 2, keepAspectRatio: 'notLarger' })).toThrow(noRow)
  expect(() => resize(thin, { scale: 0.02 })).toThrow(noRow)
  expect(resize(thin, { size: 50, keepAspectRatio: 'notLarger' }).shape).toEqual([1, 1, 50, 1])
})
