import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spread } from '../../examples/page/spread.ts'
import { roundTop } from '../../examples/playground/view/chart.ts'
import { thinned } from '../../examples/playground/view/curves.ts'
import { equationParts } from '../../examples/playground/view/equation.ts'
import { directions, reachOf } from '../../examples/playground/view/geometry.ts'
import { Meter } from '../../examples/playground/view/meter.ts'
import { lighter } from '../../examples/playground/view/theme.ts'
import { seen } from '../../examples/playground/view/turn.ts'
import { Tween } from '../../examples/playground/view/tween.ts'
import { LOSSES } from '../../losses/index.ts'

const number = fc.double({ min: -1e4, max: 1e4, noNaN: true })
const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true })

test('the top of an axis is not below its values, nor far above', () => {
  fc.assert(
    fc.property(fc.array(positive, { minLength: 1 }), values => {
      const top = roundTop(values, 1e-3)
      const most = Math.max(...values)
      expect(top).toBeGreaterThanOrEqual(most * (1 - 1e-9))
      expect(top).toBeLessThanOrEqual(most * 1.51)
    }),
  )
  expect(roundTop([Number.NaN, 2], 5)).toBe(5)
})

describe('pictures', () => {
  test('turning keeps lengths', () => {
    fc.assert(
      fc.property(number, number, number, number, number, (x, y, z, yaw, pitch) => {
        const p = seen(x, y, z, { yaw, pitch })
        const [before, after] = [Math.hypot(x, y, z), Math.hypot(p.x, p.y, p.depth)]
        expect(Math.abs(after - before)).toBeLessThanOrEqual(1e-9 * (1 + before))
      }),
    )
    expect(seen(1, 2, 0, { yaw: 0, pitch: 0 })).toEqual({ x: 1, y: 2, depth: 0 })
  })

  test('labels end up apart, in the order that they had', () => {
    const angles = fc.array(fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }), {
      minLength: 1,
      maxLength: 10,
    })
    fc.assert(
      fc.property(angles, given => {
        const moved = spread(given, 0.16)
        const order = given.map((_, i) => i).sort((a, b) => given[a] - given[b])
        const gaps = order.slice(1).map((i, k) => moved[i] - moved[order[k]])
        // Pushing is repeated 50 times, not until it rests: half the distance is enough to read.
        for (const gap of gaps) expect(gap).toBeGreaterThan(0.08)
      }),
    )
    expect(spread([0, 1, 2], 0.16)).toEqual([0, 1, 2])
  })

  test('a movement goes from where it is to where it aims, and back from the middle', () => {
    const tween = new Tween()
    tween.aim(Float32Array.of(0, 10), 0)
    tween.aim(Float32Array.of(10, 20), 400)
    expect(Array.from(tween.at(600))).toEqual([5, 15])
    expect(tween.moves(600)).toBe(true)
    tween.aim(Float32Array.of(0, 0), 600)
    expect(Array.from(tween.at(600))).toEqual([5, 15])
    expect(Array.from(tween.at(800))).toEqual([0, 0])
    expect(tween.moves(800)).toBe(false)
  })

  test('with another number of points it jumps', () => {
    const tween = new Tween()
    tween.aim(Float32Array.of(1, 2, 3), 1000)
    expect(Array.from(tween.at(1000))).toEqual([1, 2, 3])
  })

  test('directions have length 1, and none has none', () => {
    expect(Array.from(directions(Float32Array.of(3, 4, 0, 0), 2))).toEqual([0.6, 0.8, 0, 0].map(Math.fround))
    expect(reachOf(Float32Array.of(0, 0, 3, 4, 30, 40), 2)).toBe(5)
  })

  test('a curve in fewer points has the same mean', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 5 }), (most, width) => {
        const curve = Array.from({ length: most * width }, (_, i) => [i, Math.sin(i)] as const)
        const few = thinned(curve, most)
        expect(few.length).toBe(most)
        const mean = (points: typeof few): number => points.reduce((sum, [, v]) => sum + v, 0) / points.length
        expect(mean(few)).toBeCloseTo(mean(curve), 9)
      }),
    )
  })

  test('a colour gets lighter', () => {
    expect(lighter('#0072b2', 0)).toBe('rgb(0 114 178)')
    expect(lighter('#000000', 0.5)).toBe('rgb(128 128 128)')
  })
})

test('a meter counts how often, and the longest time between', () => {
  const meter = new Meter()
  for (const now of [0, 10, 30, 40]) meter.add(now)
  expect(meter.perSecond).toBe(75)
  expect(meter.longest).toBe(20)
  meter.rest()
  meter.add(1000)
  expect(meter.longest).toBe(20)
  expect(meter.perSecond).toBe(0)
  meter.clear()
  expect(meter.longest).toBe(0)
})

describe('equations', () => {
  test('letters are printed as such, and indices below', () => {
    const parts = equationParts('z_y = s (cos theta_y - m)')
    expect(parts.map(({ text }) => text).join('|')).toBe('z|y| = s (cos θ|y| − m)')
    expect(parts.filter(({ below }) => below).map(({ text }) => text)).toEqual(['y', 'y'])
  })

  test('no name of a Greek letter is left in any of the table', () => {
    for (const { equation } of LOSSES) {
      const text = equationParts(equation)
        .map(part => part.text)
        .join('')
      expect(text).not.toMatch(/theta|psi|lambda|_/)
    }
  })
})
