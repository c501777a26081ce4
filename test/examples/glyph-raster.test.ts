import fc from 'fast-check'
import type { PathCommand } from 'opentype.js'
import { describe, expect, test } from 'vitest'
import { coverage } from '../../examples/glyph-reid/raster/coverage.ts'
import { flatten, type Segments } from '../../examples/glyph-reid/raster/flatten.ts'

const SIZE = 12
/** Sums of up to a few hundred terms below 12, each rounded to 2^-53 of its size. */
const CLOSE = 1e-12

type Point = readonly [number, number]
/** Eighths of pixels, so that points on pixel borders and vertical edges occur, and thirds, which are not exact. */
const at = (most: number) =>
  fc.oneof(
    fc.nat(8 * most).map(n => n / 8),
    fc.nat(3 * most).map(n => n / 3),
  )
const inFrame = fc.tuple(at(SIZE), at(SIZE))
const polygon = fc.array(inFrame, { minLength: 3, maxLength: 8 })

const segmentsOf = (points: readonly Point[]): Segments =>
  points.flatMap((p, i) => [...p, ...points[(i + 1) % points.length]])
const areasOf = (points: readonly Point[]): Float64Array => coverage(segmentsOf(points), SIZE, SIZE)
const sum = (areas: Float64Array): number => areas.reduce((total, a) => total + a, 0)
const shoelace = (points: readonly Point[]): number =>
  points.reduce((total, [x, y], i) => {
    const [u, v] = points[(i + 1) % points.length]
    return total + (x * v - u * y) / 2
  }, 0)
const same = (a: Float64Array, b: Float64Array): void => {
  expect(a.length).toBe(b.length)
  for (const [i, value] of a.entries()) expect(Math.abs(value - b[i])).toBeLessThan(CLOSE)
}

describe('coverage', () => {
  test('of a polygon sums to its area by the shoelace formula, turned the same way', () => {
    fc.assert(
      fc.property(polygon, points => {
        // Downward edges count positive, which is the shoelace formula's sign turned round.
        expect(Math.abs(sum(areasOf(points)) + shoelace(points))).toBeLessThan(100 * CLOSE)
      }),
    )
  })

  test("of a rectangle is each pixel's share of it", () => {
    fc.assert(
      fc.property(inFrame, inFrame, ([x0, y0], [x1, y1]) => {
        const areas = areasOf([
          [x0, y0],
          [x0, y1],
          [x1, y1],
          [x1, y0],
        ])
        const overlap = (a: number, b: number, pixel: number): number =>
          Math.max(0, Math.min(Math.max(a, b), pixel + 1) - Math.max(Math.min(a, b), pixel))
        const sign = Math.sign(x1 - x0) * Math.sign(y1 - y0)
        const expected = Float64Array.from({ length: SIZE * SIZE }, (_, i) => {
          return sign * overlap(x0, x1, i % SIZE) * overlap(y0, y1, Math.floor(i / SIZE))
        })
        same(areas, expected)
      }),
    )
  })

  test('is moved with the polygon by whole pixels', () => {
    const small = fc.array(fc.tuple(at(5), at(5)), { minLength: 3, maxLength: 8 })
    fc.assert(
      fc.property(small, fc.nat(SIZE - 5), fc.nat(SIZE - 5), (points, dx, dy) => {
        const moved = areasOf(points.map(([x, y]) => [x + dx, y + dy]))
        const before = areasOf(points)
        const expected = Float64Array.from(moved, (_, i) => {
          const [x, y] = [(i % SIZE) - dx, Math.floor(i / SIZE) - dy]
          return x < 0 || y < 0 ? 0 : before[y * SIZE + x]
        })
        same(moved, expected)
      }),
    )
  })

  test('is mirrored with the polygon, left to right and top to bottom', () => {
    fc.assert(
      fc.property(polygon, points => {
        const areas = areasOf(points)
        const flip = (fx: boolean, fy: boolean): Float64Array =>
          areasOf(points.map(([x, y]) => [fx ? SIZE - x : x, fy ? SIZE - y : y]))
        const from = (fx: boolean, fy: boolean): Float64Array =>
          areas.map((_, i) => {
            const [x, y] = [i % SIZE, Math.floor(i / SIZE)]
            return -areas[(fy ? SIZE - 1 - y : y) * SIZE + (fx ? SIZE - 1 - x : x)]
          })
        same(flip(true, false), from(true, false))
        same(flip(false, true), from(false, true))
      }),
    )
  })

  test('of a polygon is that of its two parts together', () => {
    fc.assert(
      fc.property(polygon, fc.nat(), (points, n) => {
        const k = 1 + (n % (points.length - 1))
        const [one, two] = [points.slice(0, k + 1), [...points.slice(k), points[0]]].map(areasOf)
        same(
          areasOf(points),
          one.map((a, i) => a + two[i]),
        )
      }),
    )
  })

  test('a triangle by hand', () => {
    // Half of the square from (0, 0) to (2, 2): the pixels on the diagonal are half covered.
    expect([
      ...coverage(
        segmentsOf([
          [0, 0],
          [0, 2],
          [2, 2],
        ]),
        2,
        2,
      ),
    ]).toEqual([0.5, 0, 1, 0.5])
  })

  test('outside the frame is refused', () => {
    expect(() => coverage([0, 0, 3, 1], 2, 2)).toThrow('coverage: x from 0 to 2 expected, got 3')
    expect(() => coverage([0, -1, 1, 1], 2, 2)).toThrow('coverage: y from 0 to 2 expected, got -1')
    expect(() => coverage([0, Number.NaN, 1, 1], 2, 2)).toThrow('got NaN')
  })
})

describe('curves', () => {
  const at = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) })
  const command = fc.oneof(
    at.map(({ x, y }): PathCommand => ({ type: 'L', x, y })),
    fc.tuple(at, at).map(([a, { x, y }]): PathCommand => ({ type: 'Q', x1: a.x, y1: a.y, x, y })),
    fc
      .tuple(at, at, at)
      .map(([a, b, { x, y }]): PathCommand => ({ type: 'C', x1: a.x, y1: a.y, x2: b.x, y2: b.y, x, y })),
  )

  test('close, pass through their points, and begin anywhere', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 2, maxLength: 9 }), fc.nat(8), (commands, shift) => {
        const endOf = (c: PathCommand): { x: number; y: number } => c as { x: number; y: number }
        const closed = (list: readonly PathCommand[]): PathCommand[] => [
          { ...endOf(list[list.length - 1]), type: 'M' },
          ...list,
          { type: 'Z' },
        ]
        const s = flatten(closed(commands))
        for (let i = 0; i < s.length; i += 4) {
          expect([s[(i + 4) % s.length], s[(i + 5) % s.length]]).toEqual([s[i + 2], s[i + 3]])
        }
        const starts = new Set(Array.from({ length: s.length / 4 }, (_, i) => `${s[4 * i]} ${s[4 * i + 1]}`))
        const ends = new Set(commands.map(c => `${endOf(c).x} ${endOf(c).y}`))
        if (s.length > 0) for (const end of ends) expect(starts.has(end)).toBe(true)
        const k = shift % commands.length
        const turned = flatten(closed([...commands.slice(k), ...commands.slice(0, k)]))
        expect(turned.toSorted((a, b) => a - b)).toEqual(s.toSorted((a, b) => a - b))
      }),
    )
  })

  test('of arcs only are drawn whole', () => {
    // Four corners as control points: a smooth figure that touches the middle of each side. Its area is 5/6 of the square.
    const s = flatten([
      { type: 'M', x: 6, y: 0 },
      { type: 'Q', x1: 0, y1: 0, x: 0, y: 6 },
      { type: 'Q', x1: 0, y1: 12, x: 6, y: 12 },
      { type: 'Q', x1: 12, y1: 12, x: 12, y: 6 },
      { type: 'Q', x1: 12, y1: 0, x: 6, y: 0 },
      { type: 'Z' },
    ])
    const area = Math.abs(sum(coverage(s, SIZE, SIZE)))
    // Six lines an arc cut off (1/6)^2 of the area between arc and chord, which is 2/3 of a triangle of 18 units.
    expect(area).toBeCloseTo(72 + 4 * 12 * (1 - 1 / 36), 9)
  })

  test('a cubic arc is the quadratic one that it may be', () => {
    const arc = (command: PathCommand) => flatten([{ type: 'M', x: 0, y: 0 }, command, { type: 'Z' }])
    const quadratic = arc({ type: 'Q', x1: 3, y1: 6, x: 12, y: 3 })
    const cubic = arc({ type: 'C', x1: 2, y1: 4, x2: 6, y2: 5, x: 12, y: 3 })
    for (const [i, v] of cubic.entries()) expect(v).toBeCloseTo(quadratic[i], 12)
  })

  test('a point alone is nothing', () => {
    expect(flatten([{ type: 'M', x: 3, y: 4 }, { type: 'L', x: 3, y: 4 }, { type: 'Z' }])).toEqual([])
  })
})
