import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator } from '../../engine/index.ts'
import {
  type Augmentation,
  erase,
  inTurn,
  noise,
  type Size,
  scale,
  shift,
} from '../../models/data/augment.ts'

const sizes = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 3 }),
)
const seeds = fc.nat(2 ** 31 - 1)
const SIZE: Size = [28, 28, 1]

/** An image of the size, everywhere above 0. */
const imageOf = ([h, w, c]: Size, seed: number): Float32Array => {
  const rng = generator(seed)
  return Float32Array.from({ length: h * w * c }, () => rng.uniform(0.1, 1))
}
const done = (augment: Augmentation, image: Float32Array, size: Size, seed: number): Float32Array => {
  const z = image.slice()
  augment(z, size, generator(seed))
  return z
}

const STRONG: Readonly<Record<string, Augmentation>> = {
  shift: shift({ most: 3 }),
  scale: scale({ most: 0.5 }),
  noise: noise({ std: 0.3 }),
  erase: erase({ probability: 0.9, most: 0.6 }),
  inTurn: inTurn(shift(), scale(), noise(), erase()),
}

describe('at no strength an image stays as it is, to the last bit', () => {
  test.each([
    ['shift', shift({ most: 0 })],
    ['scale', scale({ most: 0 })],
    ['noise', noise({ std: 0 })],
    ['erase', erase({ probability: 0 })],
    ['nothing in turn', inTurn()],
  ])('%s', (_, augment) => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const x = imageOf(size, seed)
        expect(done(augment, x, size, seed)).toEqual(x)
      }),
    )
  })
})

describe.each(Object.entries(STRONG))('%s', (_, augment) => {
  test('gives the same with the same seed, and mostly something else with another', () => {
    const x = imageOf(SIZE, 1)
    const results = Array.from({ length: 20 }, (_, seed) => done(augment, x, SIZE, seed))
    for (const [seed, z] of results.entries()) expect(done(augment, x, SIZE, seed)).toEqual(z)
    expect(new Set(results.map(z => z.join())).size).toBeGreaterThan(8)
  })

  test('takes as many random numbers whatever is on the image, and gives finite values', () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const [a, b] = [generator(seed), generator(seed)]
        const x = imageOf(size, seed)
        augment(x, size, a)
        augment(new Float32Array(x.length), size, b)
        expect(a.state()).toEqual(b.state())
        expect(x.every(Number.isFinite)).toBe(true)
      }),
    )
  })
})

describe('shift', () => {
  test('moves by whole pixels within its bound: each value is that of one place, or 0 from outside', () => {
    fc.assert(
      fc.property(sizes, seeds, fc.integer({ min: 1, max: 12 }), (size, seed, most) => {
        const [h, w, c] = size
        const x = imageOf(size, seed)
        const z = done(shift({ most }), x, size, seed)
        const rolled = (dy: number, dx: number): Float32Array =>
          x.map((_, k) => {
            const [i, j] = [Math.floor(k / (w * c)) - dy, (Math.floor(k / c) % w) - dx]
            return i >= 0 && i < h && j >= 0 && j < w ? x[(i * w + j) * c + (k % c)] : 0
          })
        const steps = Array.from({ length: 2 * most + 1 }, (_, k) => k - most)
        const all = steps.flatMap(dy => steps.map(dx => rolled(dy, dx).join()))
        expect(all).toContain(z.join())
      }),
    )
  })

  test('takes every way alike', () => {
    const x = new Float32Array(49)
    x[24] = 1
    const counts = new Array(9).fill(0)
    for (let seed = 0; seed < 1800; seed++) {
      const at = done(shift({ most: 1 }), x, [7, 7, 1], seed).indexOf(1)
      counts[3 * (Math.floor(at / 7) - 2) + (at % 7) - 2]++
    }
    // 200 each, standard deviation 13: five of them.
    for (const n of counts) expect(Math.abs(n - 200)).toBeLessThan(67)
  })
})

describe('scale', () => {
  test('keeps an even image even inside, and never leaves the range of its values', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const z = done(scale({ most: 0.3 }), new Float32Array(784).fill(0.5), SIZE, seed)
        // The middle half comes from inside: its farthest pixel, 6.5 from the middle, from at most 6.5 e^0.3 = 8.8 of it.
        for (let h = 7; h < 21; h++) for (let w = 7; w < 21; w++) expect(z[h * 28 + w]).toBe(0.5)
        for (const value of z) expect(value >= 0 && value <= 0.5).toBe(true)
      }),
    )
  })

  test('multiplies the area that ink covers by f^2, with f from e^-most to e^most', () => {
    const x = new Float32Array(784)
    for (let h = 9; h < 19; h++) x.fill(1, h * 28 + 9, h * 28 + 19)
    const factors = Array.from({ length: 300 }, (_, seed) =>
      Math.sqrt(done(scale({ most: 0.3 }), x, SIZE, seed).reduce((a, b) => a + b) / 100),
    )
    // Bilinear edges are right on average and off by at most half a pixel of 10 at one place.
    expect(Math.min(...factors)).toBeGreaterThan(Math.exp(-0.3) * 0.95)
    expect(Math.max(...factors)).toBeLessThan(Math.exp(0.3) * 1.05)
    const logs = factors.map(Math.log)
    const mean = logs.reduce((a, b) => a + b) / logs.length
    // u is uniform: standard deviation 0.3 / sqrt 3 = 0.17, of the mean of 300 0.01.
    expect(Math.abs(mean)).toBeLessThan(0.05)
    expect(Math.max(...logs) - Math.min(...logs)).toBeGreaterThan(0.5)
  })

  test('the middle stays the middle: a symmetric image stays symmetric', () => {
    const half = imageOf([28, 14, 1], 5)
    const x = Float32Array.from({ length: 784 }, (_, k) => {
      const [h, w] = [Math.floor(k / 28), k % 28]
      return half[h * 14 + Math.min(w, 27 - w)]
    })
    const z = done(scale({ most: 0.4 }), x, SIZE, 3)
    for (let h = 0; h < 28; h++) {
      // The two sides round differently: a few ulps of values below 1.
      for (let w = 0; w < 14; w++) expect(Math.abs(z[h * 28 + w] - z[h * 28 + 27 - w])).toBeLessThan(1e-6)
    }
  })
})

test('noise has the mean 0 and the standard deviation asked for', () => {
  const x = new Float32Array(40_000).fill(0.5)
  const z = done(noise({ std: 0.2 }), x, [200, 200, 1], 9)
  const mean = z.reduce((a, b) => a + b) / z.length
  const deviation = Math.sqrt(z.reduce((a, b) => a + (b - mean) ** 2, 0) / z.length)
  // Standard errors 0.2 / sqrt(40000) = 0.001 and 0.2 / sqrt(80000) = 0.0007: five of them.
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.005)
  expect(Math.abs(deviation - 0.2)).toBeLessThan(0.0036)
})

describe('erase', () => {
  test('makes one rectangle 0, of at most the size asked for, and touches nothing else', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, most) => {
        const x = imageOf(SIZE, seed)
        const z = done(erase({ probability: 1, most }), x, SIZE, seed)
        const gone = [...z.keys()].filter(k => z[k] === 0)
        for (const k of z.keys()) if (z[k] !== 0) expect(z[k]).toBe(x[k])
        const [rows, columns] = [gone.map(k => Math.floor(k / 28)), gone.map(k => k % 28)]
        const extent = (list: number[]): number => Math.max(...list) - Math.min(...list) + 1
        expect(gone.length).toBe(extent(rows) * extent(columns))
        for (const list of [rows, columns]) {
          expect(extent(list)).toBeLessThanOrEqual(Math.max(1, Math.floor(most * 28)))
        }
      }),
    )
  })

  test('happens as often as asked for', () => {
    const x = imageOf(SIZE, 1)
    let happened = 0
    for (let seed = 0; seed < 2000; seed++) {
      if (done(erase({ probability: 0.3 }), x, SIZE, seed).includes(0)) happened++
    }
    // 600, standard deviation 20.5: five of them.
    expect(Math.abs(happened - 600)).toBeLessThan(103)
  })
})

test('in turn: one after another, from one stream of random numbers', () => {
  const x = imageOf(SIZE, 2)
  const rng = generator(4)
  const z = x.slice()
  shift()(z, SIZE, rng)
  noise()(z, SIZE, rng)
  expect(done(inTurn(shift(), noise()), x, SIZE, 4)).toEqual(z)
})

test.each([
  [() => shift({ most: -1 }), 'shift: most as a finite number >= 0 expected, got -1'],
  [() => shift({ most: 1.5 }), 'shift: most is a number of whole pixels, got 1.5'],
  [() => scale({ most: Number.NaN }), 'scale: most as a finite number >= 0 expected, got NaN'],
  [() => noise({ std: -0.1 }), 'noise: std as a finite number >= 0 expected, got -0.1'],
  [() => erase({ probability: 1.1 }), 'erase: probability and most are at most 1, got 1.1 and 0.4'],
])('%s throws', (make, message) => {
  expect(make).toThrow(message)
})
