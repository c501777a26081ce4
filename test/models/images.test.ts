import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { decodeImage } from '../../models/images/decode.ts'
import { readImages } from '../../models/images/readImages.ts'
import { resize } from '../../models/images/resize.ts'
import { jpegOf, type Paint, pngOf, write } from '../support/imageFiles.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

const folder = temporaryFolder()
const paint: Paint = (y, x) => [10 * (y % 24), 8 * (x % 24), 3 * ((y + x) % 24)]

describe('decoding', () => {
  test('a PNG to the last bit', () => {
    const { height, width, rgb } = decodeImage(pngOf(4, 3, paint), 'a.png')
    expect([height, width]).toEqual([4, 3])
    expect(Array.from(rgb)).toEqual(
      Array.from({ length: 12 }, (_, i) => paint(Math.floor(i / 3), i % 3)).flat(),
    )
  })

  test('a JPEG, whatever its name says, as near as its quality keeps it', () => {
    const { height, width, rgb } = decodeImage(jpegOf(16, 24, paint, 100), 'a.png')
    expect([height, width, rgb.length]).toEqual([16, 24, 16 * 24 * 3])
    const worst = Math.max(
      ...rgb.map((v, i) => {
        const [y, x] = [Math.floor(i / 72), Math.floor((i % 72) / 3)]
        return Math.abs(v - paint(y, x)[i % 3])
      }),
    )
    // Chroma is rounded after a transform, at quality 100 by units; a few of 255 levels.
    expect(worst).toBeLessThanOrEqual(6)
  })

  test('other bytes, and images that break off, are refused by their file', () => {
    expect(() => decodeImage(Uint8Array.of(0x47, 0x49, 0x46, 0x38), 'a.gif')).toThrow(
      'decodeImage: a.gif: a PNG or JPEG expected, got a file that begins with [47 49 46 38]',
    )
    expect(() => decodeImage(new Uint8Array(0), 'empty.jpg')).toThrow('begins with []')
    const [png, jpeg] = [pngOf(20, 20, paint), jpegOf(64, 64, paint)]
    expect(() => decodeImage(png.subarray(0, 60), 'a.png')).toThrow(
      'decodeImage: a.png: a whole PNG expected, got',
    )
    expect(() => decodeImage(jpeg.subarray(0, 300), 'a.jpg')).toThrow(
      'decodeImage: a.jpg: a whole JPEG expected, got',
    )
  })
})

describe('another size', () => {
  const side = fc.integer({ min: 1, max: 12 })
  const image = (height: number, width: number, of: Paint) => decodeImage(pngOf(height, width, of), 'a.png')

  test('one colour stays it, and the same size changes nothing', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (h, w, height, width, v) => {
        const plain = resize(
          image(h, w, () => [v, 0, 255]),
          height,
          width,
        )
        plain.forEach((value, i) => {
          // Weights that sum to 1 but for rounding to float32, twice.
          expect(Math.abs(value - [v, 0, 255][i % 3])).toBeLessThan(1e-3)
        })
        const same = image(h, w, paint)
        expect(Array.from(resize(same, h, w))).toEqual(Array.from(same.rgb))
      }),
    )
  })

  test('each value has the bits of its sum: along a row in float64, then down a column in float32', () => {
    /** [input pixel, share] of each that lies under the triangle of output pixel i, zeros too. */
    const shares = (from: number, to: number, i: number): [number, number][] => {
      const [reach, center] = [Math.max(from / to, 1), (i + 0.5) * (from / to)]
      const all = Array.from({ length: from }, (_, p) => Math.max(0, 1 - Math.abs(p + 0.5 - center) / reach))
      const total = all.reduce((sum, share) => sum + share, 0)
      return all.map((share, p) => [p, share / total])
    }
    type At = (y: number, x: number, c: number) => number
    const across =
      (at: At, from: number, to: number): At =>
      (y, x, c) =>
        Math.fround(shares(from, to, x).reduce((sum, [p, share]) => sum + share * at(y, p, c), 0))
    const down =
      (at: At, from: number, to: number): At =>
      (y, x, c) =>
        shares(from, to, y).reduce((sum, [p, share]) => Math.fround(sum + share * at(p, x, c)), 0)
    fc.assert(
      fc.property(side, side, side, side, fc.infiniteStream(fc.nat(255)), (h, w, height, width, bytes) => {
        const rgb = Uint8Array.from({ length: 3 * h * w }, () => bytes.next().value)
        const source: At = (y, x, c) => rgb[3 * (y * w + x) + c]
        // Rows first where that leaves less between the two.
        const at =
          width > w && height < h
            ? across(down(source, h, height), w, width)
            : down(across(source, w, width), h, height)
        const expected = Float32Array.from({ length: 3 * height * width }, (_, i) =>
          at(Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3),
        )
        expect(resize({ height: h, width: w, rgb }, height, width)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  test('a mirrored image gives a mirrored result', () => {
    fc.assert(
      fc.property(side, side, side, side, (h, w, height, width) => {
        const plain = resize(image(h, w, paint), height, width)
        const mirrored = resize(
          image(h, w, (y, x) => paint(h - 1 - y, w - 1 - x)),
          height,
          width,
        )
        plain.forEach((value, i) => {
          const pixel = Math.floor(i / 3)
          // The same sums in another order.
          expect(mirrored[(height * width - 1 - pixel) * 3 + (i % 3)]).toBeCloseTo(value, 3)
        })
      }),
    )
  })

  test.each([
    [32, undefined, 'resize: width as an integer >= 1 expected, got undefined'],
    [2.5, 3, 'resize: height as an integer >= 1 expected, got 2.5'],
    [2 ** 31, 3, 'resize: a size that fits into memory expected, got 2147483648 x 3'],
  ])('to %s x %s: refused', (height, width, message) => {
    expect(() => resize(image(2, 2, paint), height, width as number)).toThrow(message)
  })

  test('rows and columns exchanged give the same, and nothing between is larger than both ends', () => {
    const lengths: number[] = []
    class Watched extends Float32Array {
      constructor(n: number) {
        super(n)
        lengths.push(n)
      }
    }
    const thin = fc.oneof(side, fc.integer({ min: 40, max: 300 }))
    fc.assert(
      fc.property(thin, thin, thin, thin, (h, w, height, width) => {
        const at = (y: number, x: number, c: number) => (31 * y + 17 * x + 7 * c * (x + 2 * y)) % 256
        const of = (rows: number, columns: number, value: typeof at) => ({
          height: rows,
          width: columns,
          rgb: Uint8Array.from({ length: 3 * rows * columns }, (_, i) =>
            value(Math.floor(i / 3 / columns), Math.floor(i / 3) % columns, i % 3),
          ),
        })
        lengths.length = 0
        vi.stubGlobal('Float32Array', Watched)
        const a = resize(of(h, w, at), height, width)
        const b = resize(
          of(w, h, (y, x, c) => at(x, y, c)),
          width,
          height,
        )
        vi.unstubAllGlobals()
        expect(Math.max(...lengths)).toBeLessThanOrEqual(3 * Math.max(h * w, height * width))
        let worst = 0
        for (let y = 0; y < height; y++) {
          for (let i = 0; i < 3 * width; i++) {
            const [x, c] = [Math.floor(i / 3), i % 3]
            worst = Math.max(worst, Math.abs(a[3 * (y * width + x) + c] - b[3 * (x * height + y) + c]))
          }
        }
        // Each of a pixel's terms, at most 602, is added in float32: half a unit of the last place, 2^-17 below 256.
        expect(worst).toBeLessThanOrEqual(602 * 2 ** -17)
      }),
      { numRuns: 60 },
    )
  })

  test('of what is no image: refused', () => {
    expect(() => resize(new Uint8Array(12) as never, 1, 1)).toThrow(
      'three values a pixel, expected, got a Uint8Array',
    )
    expect(() => resize({ height: 2, width: 2, rgb: new Uint8Array(16) }, 1, 1)).toThrow(
      'got 16 values of 2 x 2 pixels',
    )
    const odd = [
      { height: 1.5, width: 2, rgb: new Uint8Array(9) },
      { height: -1, width: -1, rgb: new Uint8Array(3) },
      { height: 1, width: 1, rgb: 'abc' },
      { height: 1, width: 1, rgb: null },
    ]
    for (const image of odd) expect(() => resize(image as never, 2, 2)).toThrow(/^resize: .* expected, got /)
  })

  test('by hand: 4 columns to 2', () => {
    const stripes = image(1, 4, (_, x) => [[0, 80, 160, 240][x], 0, 0])
    // The triangle weighs 1, 3, 3, 1; what would lie outside is left out: 3, 3, 1 of 7 and 1, 3, 3 of 7.
    const [left, right] = [(80 * 3 + 160) / 7, (80 + 160 * 3 + 240 * 3) / 7]
    const [a, , , b] = resize(stripes, 1, 2)
    expect(a).toBeCloseTo(left, 4)
    expect(b).toBeCloseTo(right, 4)
  })
})

describe('reading into a tensor', () => {
  test('rows are files, values are over 255, and grey weighs the colours', () => {
    const files = ['0.png', '1.png'].map(name => join(folder, name))
    write(
      files[0],
      pngOf(1, 2, () => [255, 0, 0]),
    )
    write(
      files[1],
      pngOf(1, 2, () => [0, 51, 255]),
    )
    const x = readImages(files)
    expect(x.shape).toEqual([2, 1, 2, 3])
    const close = (list: number[]): number[] => list.map(v => Math.fround(v))
    expect(Array.from(x.dataSync())).toEqual(close([1, 0, 0, 1, 0, 0, 0, 0.2, 1, 0, 0.2, 1]))
    const grey = readImages(files, { channels: 1, size: { height: 1, width: 1 } })
    expect(grey.shape).toEqual([2, 1, 1, 1])
    expect(grey.dataSync()[0]).toBeCloseTo(0.299, 6)
    expect(grey.dataSync()[1]).toBeCloseTo(0.587 * 0.2 + 0.114, 6)
  })

  test('a missing file, and one of another size, are refused by name', () => {
    const [a, b] = [join(folder, 'a.png'), join(folder, 'b.png')]
    write(a, pngOf(2, 2, paint))
    write(b, pngOf(2, 3, paint))
    expect(() => readImages([a, join(folder, 'none.jpg')])).toThrow(
      /a file expected at .*none\.jpg, got ENOENT/,
    )
    expect(() => readImages([a, b])).toThrow(/b\.png: 2 x 2, as the first, or a size expected, got 2 x 3/)
    expect(readImages([a, b], { size: { height: 2, width: 2 } }).shape).toEqual([2, 2, 2, 3])
    expect(() => readImages([])).toThrow('readImages: at least one file expected, got 0')
  })
})
