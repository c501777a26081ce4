import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Generator, generator, randn, uniform } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { check } from '../support/property.ts'

const take = (rng: Generator, n = 20): number[] => Array.from({ length: n }, () => rng.uniform())
const DRAWS = 20_000

describe('Generator', () => {
  test('the same seed gives the same numbers, another seed others', () => {
    check(
      fc.property(seeds(), seed => {
        expect(take(generator(seed))).toEqual(take(new Generator(seed)))
        expect(take(generator(seed))).not.toEqual(take(generator(seed + 1)))
      }),
    )
  })

  test('goes on from a state as if it had never stopped', () => {
    check(
      fc.property(seeds(), fc.nat(20), (seed, n) => {
        const rng = generator(seed)
        take(rng, n)
        const state = rng.state()
        const expected = [take(rng), rng.normal(), rng.integer(0, 99), [...rng.permutation(9)]]
        const resumed = generator(0)
        resumed.load(JSON.parse(JSON.stringify(state)))
        expect([
          take(resumed),
          resumed.normal(),
          resumed.integer(0, 99),
          [...resumed.permutation(9)],
        ]).toEqual(expected)
      }),
    )
  })

  // Six standard errors of each estimate: once in 10^9 seeds by chance, and the seeds are fixed.
  test('uniform, normal and integer have the moments of their distributions', () => {
    const rng = generator(7)
    const moments = (draw: () => number): [number, number] => {
      const xs = Array.from({ length: DRAWS }, draw)
      const mean = xs.reduce((a, b) => a + b, 0) / DRAWS
      return [mean, xs.reduce((a, x) => a + (x - mean) ** 2, 0) / DRAWS]
    }
    const near = (actual: number, expected: number, deviation: number) => {
      expect(Math.abs(actual - expected)).toBeLessThan((6 * deviation) / Math.sqrt(DRAWS))
    }
    const [uMean, uVariance] = moments(() => rng.uniform(-1, 3))
    near(uMean, 1, Math.sqrt(4 / 3))
    near(uVariance, 4 / 3, 4 / 3)
    const [nMean, nVariance] = moments(() => rng.normal())
    near(nMean, 0, 1)
    near(nVariance, 1, Math.SQRT2)
    const [iMean] = moments(() => rng.integer(1, 6))
    near(iMean, 3.5, Math.sqrt(35 / 12))
  })

  test('integer reaches both ends and nothing beyond', () => {
    const rng = generator(1)
    expect(new Set(Array.from({ length: 200 }, () => rng.integer(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]))
  })

  test('a permutation holds each number once, and each order comes about equally often', () => {
    check(
      fc.property(seeds(), fc.nat(50), (seed, n) => {
        expect([...generator(seed).permutation(n)].sort((a, b) => a - b)).toEqual([...Array(n).keys()])
      }),
    )
    const rng = generator(3)
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const key = String(rng.permutation(3))
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // 1000 each, standard deviation sqrt(6000 (1/6) (5/6)) = 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(6 * 29)
  })

  test('seed makes generators that differ', () => {
    const rng = generator(0)
    const made = Array.from({ length: 100 }, () => take(generator(rng.seed()), 2).join())
    expect(new Set(made).size).toBe(100)
  })

  test('every safe integer has a stream of its own, and those of 32 bits the one they had', () => {
    // The first three integers of seeds 0, 1, -1 and 2^31 - 1 as they were when seeds had 32 bits.
    const first = (seed: number): number[] => {
      const rng = generator(seed)
      return [rng.integer(0, 999_999), rng.integer(0, 999_999), rng.integer(0, 999_999)]
    }
    expect([0, 1, -1, 2 ** 31 - 1].map(first)).toEqual([
      [27393, 576293, 644531],
      [424992, 700110, 179649],
      [659495, 815152, 344610],
      [515726, 932204, 969214],
    ])
    const near = fc.constantFrom(2 ** 32, -(2 ** 32), 2 ** 31, 2 ** 33, 3 * 2 ** 32, 2 ** 52)
    const seed = fc.oneof(fc.maxSafeInteger(), fc.integer())
    check(
      fc.property(seed, near, (a, apart) => {
        const b = a + apart
        if (Number.isSafeInteger(b)) expect(take(generator(a), 3)).not.toEqual(take(generator(b), 3))
      }),
    )
    const crossed = [0, 2 ** 32, 2 ** 33, -(2 ** 32), 2 ** 32 - 1, -1, 2 ** 31, -(2 ** 31)]
    expect(new Set(crossed.map(s => take(generator(s), 2).join())).size).toBe(crossed.length)
  })

  test('uniform lies in [low, high), or is low where both are the same', () => {
    const bound = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    )
    check(
      fc.property(seeds(), bound, bound, (seed, a, b) => {
        const [low, high] = a <= b ? [a, b] : [b, a]
        const rng = generator(seed)
        for (let i = 0; i < 20; i++) {
          const x = rng.uniform(low, high)
          if (low === high) expect(x).toBe(low)
          else expect(x >= low && x < high, `${x} in [${low}, ${high})`).toBe(true)
        }
      }),
    )
  })

  test('uniform stays below high where rounding would reach it, and between ends whose difference is no number', () => {
    const rng = generator(1)
    for (let i = 0; i < 100; i++) {
      expect(rng.uniform(1, 1 + Number.EPSILON)).toBe(1)
      const wide = rng.uniform(-Number.MAX_VALUE, Number.MAX_VALUE)
      expect(wide >= -Number.MAX_VALUE && wide < Number.MAX_VALUE).toBe(true)
    }
  })

  test('refuses a seed that is no integer and a state that is none', () => {
    expect(() => generator(0.5)).toThrow(/Generator: the seed is an integer, got 0.5/)
    expect(() => generator(Number.NaN)).toThrow(/got NaN/)
    expect(() => generator(0).load([1, 2])).toThrow(
      /Generator: a state of 4 integers, as state\(\) gives them, expected, got \[1, 2\]/,
    )
  })
})

describe('randn and uniform', () => {
  test('draw row by row from the generator, in the dtype asked for', () => {
    const x = randn([2, 3], generator(4), { dtype: 'float64', mean: 10, std: 2 })
    const rng = generator(4)
    expect([...x.dataSync()]).toEqual(Array.from({ length: 6 }, () => 10 + 2 * rng.normal()))
    const u = uniform([100], generator(5), { low: -3, high: -2 })
    expect(u.dtype).toBe('float32')
    expect(u.dataSync().every(v => v >= -3 && v <= -2)).toBe(true)
  })

  test('the last of these rounds to 1 in float32, and stays below', () => {
    const x = uniform([1851895], generator(0)).dataSync()
    expect(x.at(-1)).toBe(1 - 2 ** -24)
    expect(x.every(v => v >= 0 && v < 1)).toBe(true)
  })

  test('lie in [low, high) as their dtype holds it, however narrow', () => {
    const near = fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 4 }))
    check(
      fc.property(seeds(), near, fc.constantFrom('float32', 'float64'), (seed, [from, steps], dtype) => {
        const low = from + Math.abs(from) * 2 ** -26
        const high = low + Math.max(Math.abs(low) * steps * 2 ** -23, 2 ** -140)
        if (!Number.isFinite(Math.fround(high))) return
        const x = uniform([20], generator(seed), { low, high, dtype: dtype as 'float32' }).dataSync()
        for (const v of x) expect(v >= low && v < high, `${v} in [${low}, ${high})`).toBe(true)
      }),
    )
  })
})
