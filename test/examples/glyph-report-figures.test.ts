import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { medians } from '../../examples/glyph-reid/report/angles.ts'
import { meanCurve } from '../../examples/glyph-reid/report/roc.ts'
import { interpolate, median } from '../../examples/glyph-reid/report/statistics.ts'
import { averaged } from '../../examples/glyph-reid/report/training.ts'
import { check } from '../support/property.ts'

describe('figures of pictures', () => {
  test('a mean ROC curve is the mean at each rate, and of one run its own', () => {
    const a = {
      roc: [
        [1e-5, 0.2],
        [1e-3, 0.4],
        [1, 1],
      ] as [number, number][],
    }
    const b = {
      roc: [
        [0, 0],
        [1e-5, 0.4],
        [1, 1],
      ] as [number, number][],
    }
    expect(meanCurve([a])).toEqual([
      [1e-5, 20],
      [1e-3, 40],
      [1, 100],
    ])
    const between = 0.4 + (0.6 * (1e-3 - 1e-5)) / (1 - 1e-5)
    expect(meanCurve([a, b])[1][1]).toBeCloseTo(100 * ((0.4 + between) / 2), 10)
    expect(meanCurve([{ roc: [[1e-3, Number.NaN]] }])).toEqual([])
  })

  test('interpolation meets the points and stays between neighbours', () => {
    const points = fc
      .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1 })
      .chain(xs =>
        fc.tuple(
          fc.constant([...xs].sort((a, b) => a - b)),
          fc.array(fc.integer({ min: -9, max: 9 }), { minLength: xs.length, maxLength: xs.length }),
        ),
      )
    check(
      fc.property(points, fc.integer({ min: -120, max: 120 }), ([xs, ys], half) => {
        const line = xs.map((x, k) => [x, ys[k]] as const)
        for (const [x, y] of line) expect(interpolate(line, x)).toBe(y)
        const x = half / 2
        const below = xs.findLastIndex(v => v <= x)
        const ends = [ys[Math.max(0, below)], ys[Math.min(xs.length - 1, below + 1)]]
        expect(interpolate(line, x)).toBeGreaterThanOrEqual(Math.min(...ends) - 1e-9)
        expect(interpolate(line, x)).toBeLessThanOrEqual(Math.max(...ends) + 1e-9)
      }),
    )
  })

  test('a median has as many values below as above', () => {
    check(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), values => {
        const middle = median(values)
        const below = values.filter(v => v < middle).length
        const above = values.filter(v => v > middle).length
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2)
      }),
    )
    expect(median([1, 4, 2, 9])).toBe(3)
  })

  test('medians by size: half an octave a bin, the largest first', () => {
    const dots = [
      { size: 2, angle: 30 },
      { size: 2, angle: 50 },
      { size: 80, angle: 5 },
      { size: 70, angle: 7 },
      { size: 3, angle: 20 },
    ]
    expect(medians(dots)).toEqual([
      { size: 75, angle: 6 },
      { size: 3, angle: 20 },
      { size: 2, angle: 40 },
    ])
  })

  test('a long curve becomes few points of the same mean', () => {
    const curve = Array.from({ length: 400 }, (_, k) => [k, (k * 7) % 11] as const)
    const short = averaged(curve)
    expect(short.length).toBe(80)
    const mean = (points: readonly (readonly [number, number])[]): number =>
      points.reduce((sum, p) => sum + p[1], 0) / points.length
    expect(mean(short)).toBeCloseTo(mean(curve), 10)
    expect(averaged(curve.slice(0, 3))).toEqual(curve.slice(0, 3))
    expect(averaged([])).toEqual([])
  })
})
