import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, ones } from '../../engine/index.ts'
import {
  type Augmentation,
  erase,
  inTurn,
  noise,
  type Size,
  scale,
  shift,
} from '../../models/data/augment.ts'
import { colorJitter } from '../../models/data/colorJitter.ts'
import { crop, flip } from '../../models/data/crop.ts'

const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 3))
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
  crop: crop({ area: 0.3, ratio: 2 }),
  colorJitter: colorJitter({ brightness: 0.5, contrast: 1.5, saturation: 2 }),
  inTurn: inTurn(shift(), scale(), noise(), erase()),
}

describe('at no strength an image stays as it is, to the last bit', () => {
  test.each([
    ['shift', shift({ most: 0 })],
    ['scale', scale({ most: 0 })],
    ['noise', noise({ std: 0 })],
    ['erase', erase({ probability: 0 })],
    ['flip', flip({ probability: 0 })],
    ['crop', crop({ area: 1, ratio: 1 })],
    ['colorJitter', colorJitter({ brightness: 0, contrast: 0, saturation: 0 })],
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

describe.each(Object.entries(STRONG))('%s', (name, augment) => {
  test('refuses by name what is no image, no size and no generator', () => {
    const loose = augment as (...args: unknown[]) => void
    const x = imageOf(SIZE, 1)
    expect(() => loose(ones([28, 28, 1]))).toThrow(`${name}: an image as a Float32Array, [height, width`)
    expect(() => loose(x, 28)).toThrow(`${name}: a size [height, width, channels] expected, got 28`)
    expect(() => loose(x, SIZE, 1)).toThrow(`${name}: a generator expected, got 1`)
  })

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

describe('flip', () => {
  test('changes left and right, as often as asked for, and twice is the image', () => {
    let flipped = 0
    for (let seed = 0; seed < 1000; seed++) {
      const size: Size = [3, 1 + (seed % 5), seed % 2 === 0 ? 1 : 3]
      const [, w, c] = size
      const x = imageOf(size, seed)
      const mirrored = Float32Array.from(x, (_, k) => {
        const [row, column] = [Math.floor(k / (w * c)), Math.floor(k / c) % w]
        return x[(row * w + w - 1 - column) * c + (k % c)]
      })
      const z = done(flip({ probability: 1 }), x, size, seed)
      expect(z).toEqual(mirrored)
      expect(done(flip({ probability: 1 }), z, size, seed)).toEqual(x)
      const sometimes = done(flip({ probability: 0.3 }), x, size, seed).join()
      expect([x.join(), mirrored.join()]).toContain(sometimes)
      if (w > 1 && sometimes !== x.join()) flipped++
    }
    // Of the 800 that are wider than a pixel 240, standard deviation 13: five of them.
    expect(Math.abs(flipped - 240)).toBeLessThan(65)
  })
})

describe('crop', () => {
  /** x[h,w] = [h, w]: what comes out tells from where it came. */
  const places = ([h, w]: readonly [number, number]): Float32Array =>
    Float32Array.from({ length: h * w * 3 }, (_, k) =>
      k % 3 === 0 ? Math.floor(k / (3 * w)) : k % 3 === 1 ? Math.floor(k / 3) % w : 0.5,
    )

  test('shows a rectangle of the share and the aspect asked for, evenly, and nothing from outside', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        (seed, area, ratio) => {
          const [h, w] = [30, 20]
          const z = done(crop({ area, ratio }), places([h, w]), [h, w, 3], seed)
          const at = (row: number, column: number, c: number): number => z[(row * w + column) * 3 + c]
          // Steps in the middle, away from the edges, where the outermost pixels repeat.
          const down = at(15, 9, 0) - at(14, 9, 0)
          const across = at(15, 10, 1) - at(15, 9, 1)
          // Of numbers up to 30 float32 keeps 2e-6.
          expect(down).toBeLessThanOrEqual(1 + 1e-5)
          expect(across).toBeLessThanOrEqual(1 + 1e-5)
          expect(down * across).toBeLessThanOrEqual(1 + 1e-5)
          // A side cut to the image's leaves less than the area.
          if (Math.max(down, across) < 1 - 1e-4) expect(down * across).toBeGreaterThan(area - 1e-4)
          expect(Math.abs(Math.log(across / down))).toBeLessThanOrEqual(Math.log(ratio) + 1e-4)
          const least = (c: number) => Math.min(...z.filter((_, k) => k % 3 === c))
          const most = (c: number) => Math.max(...z.filter((_, k) => k % 3 === c))
          expect([least(0) >= 0, most(0) <= h - 1, least(1) >= 0, most(1) <= w - 1]).not.toContain(false)
          // Two shares of 0.5, rounded.
          expect(Math.max(0.5 - least(2), most(2) - 0.5)).toBeLessThan(1e-7)
        },
      ),
    )
  })

  test('takes every place alike', () => {
    const [h, w] = [16, 16]
    const first = Array.from({ length: 400 }, (_, seed) => {
      const z = done(crop({ area: 0.25, ratio: 1 }), places([h, w]), [h, w, 3], seed)
      const down = z[(9 * w + 8) * 3] - z[(8 * w + 8) * 3]
      // From 0, at the one end, to 1, at the other.
      return (z[(8 * w + 8) * 3] - 8.5 * down + 0.5) / (h * (1 - down))
    }).filter(Number.isFinite)
    const mean = first.reduce((a, b) => a + b) / first.length
    // Uniform: standard deviation 0.29, of the mean of 400 0.014: five of them.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.07)
    expect(Math.min(...first)).toBeLessThan(0.05)
    expect(Math.max(...first)).toBeGreaterThan(0.95)
  })
})

describe('colorJitter', () => {
  const rgb: Size = [6, 5, 3]
  const means = (x: Float32Array): number[] =>
    [0, 1, 2].map(c => x.filter((_, k) => k % 3 === c).reduce((a, b) => a + b) / 30)
  const grey = ([r, g, b]: ArrayLike<number> & Iterable<number>): number => 0.299 * r + 0.587 * g + 0.114 * b
  // Values from 0.4 to 0.6, which no factor near 1 takes out of 0..1.
  const mild = (seed: number): Float32Array => imageOf(rgb, seed).map(v => 0.4 + 0.2 * v)

  test('brightness multiplies all; contrast keeps the mean grey; saturation keeps the grey of each pixel', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const x = mild(seed)
        const only = (options: object): Float32Array =>
          done(colorJitter({ brightness: 0, contrast: 0, saturation: 0, ...options }), x, rgb, seed)
        const bright = only({ brightness: 0.3 })
        const f = bright[0] / x[0]
        expect(f >= 0.7 && f <= 1.3).toBe(true)
        // float32 keeps 6e-8 of numbers below 1, in a few operations.
        for (const k of x.keys()) expect(Math.abs(bright[k] - f * x[k])).toBeLessThan(1e-6)
        const steep = only({ contrast: 0.3 })
        expect(Math.abs(grey(means(steep)) - grey(means(x)))).toBeLessThan(1e-6)
        const slope = (steep[0] - steep[1]) / (x[0] - x[1])
        if (Math.abs(x[0] - x[1]) > 0.01) expect(slope > 0.69 && slope < 1.31).toBe(true)
        const vivid = only({ saturation: 0.3 })
        for (let k = 0; k < x.length; k += 3) {
          const [a, b] = [x, vivid].map(image => grey(image.subarray(k, k + 3)))
          expect(Math.abs(a - b)).toBeLessThan(1e-6)
        }
      }),
    )
  })

  test('stays within 0 and 1, leaves the saturation of grey images, and refuses other channels', () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const z = done(STRONG.colorJitter, imageOf(size, seed), size, seed)
        for (const value of z) expect(value >= 0 && value <= 1).toBe(true)
      }),
    )
    const x = imageOf(SIZE, 3)
    const saturation = colorJitter({ brightness: 0, contrast: 0, saturation: 1 })
    expect(done(saturation, x, SIZE, 4)).toEqual(x)
    expect(() => done(saturation, new Float32Array(8), [2, 2, 2], 1)).toThrow(
      'colorJitter: images of 1 or 3 channels expected, got 2',
    )
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
  [() => flip({ probability: 2 }), 'flip: probability'],
  [() => crop({ area: 0 }), 'crop: area'],
  [() => crop({ ratio: 0.5 }), 'crop: ratio'],
  [() => colorJitter({ contrast: -1 }), 'colorJitter: contrast as a finite number >= 0 expected, got -1'],
  [() => noise({ std: -0.1 }), 'noise: std as a finite number >= 0 expected, got -0.1'],
  [() => erase({ probability: 1.1 }), 'erase: probability and most are at most 1, got 1.1 and 0.4'],
])('%s throws', (make, message) => {
  expect(make).toThrow(message)
})
