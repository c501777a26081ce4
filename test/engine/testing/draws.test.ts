import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { awayFrom, cosines, distinct, nonzero, positive, reals } from '../../../engine/domain.ts'
import { type Domain, Generator, OPS } from '../../../engine/index.ts'
import { broadcast } from '../../../engine/shape.ts'
import { drawShapes } from '../../../engine/testing/cases.ts'
import { direction } from '../../../engine/testing/grid.ts'
import {
  asFunction,
  broadcastingShapes,
  differentiable,
  drawCase,
  drawValues,
  gridOf,
  labels,
  seeds,
  shapes,
  tensors,
  values,
} from '../../../engine/testing/index.ts'
import { check } from '../../support/property.ts'

const DOMAINS: readonly [string, Domain][] = [
  ['reals', reals],
  ['positive', positive],
  ['cosines', cosines],
  ['nonzero', nonzero],
  ['distinct', distinct],
  ['awayFrom', awayFrom(-1, 0, 1)],
  ['even', { ...reals, even: true }],
]

function expectWithin(xs: Float64Array, domain: Domain): void {
  for (const x of xs) {
    expect(x * 128).toBe(Math.round(x * 128))
    expect(Math.abs(x * 128) % 2).toBe(domain.even ? 0 : 1)
    expect(x).toBeGreaterThanOrEqual(domain.low)
    expect(x).toBeLessThanOrEqual(domain.high)
    for (const a of domain.avoid ?? []) expect(Math.abs(x - a)).toBeGreaterThanOrEqual(domain.margin ?? 0)
  }
  if (domain.distinct) expect(new Set(xs).size).toBe(xs.length)
}

describe.each(DOMAINS)('%s', (_, domain) => {
  test('values lie on the grid, inside, away from kinks, distinct where it says so', () => {
    check(fc.property(values(40, domain), xs => expectWithin(xs, domain)))
    check(fc.property(seeds(), seed => expectWithin(drawValues(new Generator(seed), 40, domain), domain)))
  })

  test('reaches both of its ends', () => {
    const grid = gridOf(domain)
    expect(Math.min(...grid) - domain.low).toBeLessThan(2 / 128)
    expect(domain.high - Math.max(...grid)).toBeLessThan(2 / 128)
  })
})

describe('arbitraries', () => {
  test('shapes and tensors keep their limits', () => {
    check(
      fc.property(
        tensors(shapes({ minRank: 1, maxRank: 2, minSize: 2, maxSize: 3 }), { domain: positive }),
        x => {
          expect(x.rank === 1 || x.rank === 2).toBe(true)
          expect(x.shape.every(n => n === 2 || n === 3)).toBe(true)
          expect([x.dtype, x.dataSync().every(v => v > 0)]).toEqual(['float64', true])
        },
      ),
    )
    check(
      fc.property(tensors([2, 3], { dtype: 'float32' }), x => {
        expect([x.dtype, x.shape]).toEqual(['float32', [2, 3]])
      }),
    )
  })

  test('broadcastingShapes broadcast', () => {
    check(
      fc.property(broadcastingShapes(3), ([a, b, c]) => {
        broadcast('test', broadcast('test', a, b), c)
      }),
    )
  })

  test('labels are classes', () => {
    check(
      fc.property(labels(20, 3), ys => {
        expect(ys).toBeInstanceOf(Int32Array)
        expect(ys.length).toBe(20)
        expect(ys.every(y => y >= 0 && y < 3)).toBe(true)
      }),
    )
  })

  test('refuse what cannot be', () => {
    expect(() => labels(3, 0)).toThrow(/labels: 1 class or more expected, got 0/)
    expect(() => values(10_000, distinct)).toThrow(/domain: at most 512 distinct values expected, got 10000/)
    expect(() => drawValues(new Generator(0), 10_000, distinct)).toThrow(/at most 512 distinct values/)
    expect(() => values(1, { kind: 'float', low: 1, high: 0 })).toThrow(
      /domain: a value in \[1, 0\] expected, got none/,
    )
  })
})

describe('cases', () => {
  test('the same seed draws the same case, for every op', () => {
    for (const op of OPS) {
      const draw = () => drawCase(op, new Generator(11))
      const numbers = (c: ReturnType<typeof draw>) =>
        Object.values(c.inputs).map(x => [x.shape, [...x.dataSync()]])
      expect(numbers(draw())).toEqual(numbers(draw()))
      expect(draw().attrs).toEqual(draw().attrs)
    }
  })

  test('sizes drawn from a signature agree where letters do', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { x, W, y } = drawShapes('x[...,N,D] W[C,D] y[...,N] -> [N,C]', new Generator(seed))
      expect(x.at(-1)).toBe(W[1])
      expect(x.at(-2)).toBe(y.at(-1))
      broadcast('test', x.slice(0, -2), y.slice(0, -1))
    }
  })

  test('an op is a function of its differentiable inputs alone', () => {
    const where = OPS.find(op => op.name === 'where')
    if (where === undefined) return expect.fail('where is an op')
    expect(differentiable(where)).toEqual(['x', 'y'])
    const drawn = drawCase(where, new Generator(0))
    expect(Object.keys(asFunction(where, drawn).inputs)).toEqual(['x', 'y'])
    const none = OPS.filter(op => differentiable(op).length === 0).map(op => op.name)
    expect(none.sort()).toEqual([
      'all',
      'any',
      'argmax',
      'argmin',
      'ceil',
      'equal',
      'floor',
      'greater',
      'greaterEqual',
      'less',
      'lessEqual',
      'notEqual',
      'oneHot',
      'ravelIndex',
      'round',
      'sign',
      'topk',
      'trunc',
    ])
  })

  test('directions are dyadic, of about unit size, never 0', () => {
    const v = direction(new Generator(0), 1000)
    expect(v.every(x => Math.abs(x) > 0.5 && Math.abs(x) < 1 && Number.isInteger(x * 4096))).toBe(true)
    expect(v.some(x => x > 0) && v.some(x => x < 0)).toBe(true)
  })
})
