import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeImage } from '../../../models/images/index.ts'
import { inflated } from '../../../models/images/png/scanlines.ts'
import { readBySharp } from '../../support/bySharp.ts'
import { check } from '../../support/property.ts'
import { chunk, type RawPng, rawPng, rawRows, SAMPLES } from '../../support/rawPng.ts'

const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

/** Samples that look drawn by chance, the same for the same place and seed. */
const noise =
  (seed: number, depth: number) =>
  (y: number, x: number, c: number): number =>
    (Math.imul(seed + 1 + 7919 * y + 104_729 * x + 1_299_709 * c, 2_654_435_761) >>> 7) % 2 ** depth

const COLORS = Array.from({ length: 256 }, (_, i) => [i, 255 - i, (7 * i) % 256])
const PALETTE = ['PLTE', COLORS.flat()] as const

const drawn: fc.Arbitrary<RawPng> = fc
  .record({
    type: fc.constantFrom(0, 2, 3, 4, 6),
    pick: fc.nat(),
    width: fc.integer({ min: 1, max: 19 }),
    height: fc.integer({ min: 1, max: 19 }),
    interlaced: fc.boolean(),
    filters: fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }),
    seed: fc.nat(10_000),
    keyed: fc.boolean(),
  })
  .map(({ type, pick, filters, seed, keyed, ...size }) => {
    const depth = DEPTHS[type][pick % DEPTHS[type].length]
    const sample = noise(seed, depth)
    // What tRNS names is in the image: the colour of its first pixel, or a few of the palette.
    const wide = (c: number): number[] => [sample(0, 0, c) >> 8, sample(0, 0, c) & 255]
    const key = type === 3 ? [0, 128] : type === 0 ? wide(0) : [0, 1, 2].flatMap(wide)
    const before = [...(type === 3 ? [PALETTE] : []), ...(keyed && type < 4 ? [['tRNS', key] as const] : [])]
    return { ...size, type, depth, sample, before, filter: y => filters[y % filters.length] }
  })

/** What the samples mean, by the standard's words. */
function colorsOf({ width, height, depth, type, sample }: RawPng): number[] {
  return Array.from({ length: 3 * width * height }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3]
    if (type === 3) return COLORS[sample(y, x, 0)][c]
    return Math.round((sample(y, x, SAMPLES[type] < 3 ? 0 : c) * 255) / (2 ** depth - 1))
  })
}

const read = (bytes: Uint8Array, options = {}): number[] =>
  Array.from(decodeImage(bytes, 'a.png', options).rgb)

describe('PNG of every kind', () => {
  test('to the last bit: depth, colour type, palette, interlace, filters, whatever is transparent', () => {
    check(
      fc.property(drawn, png => {
        const { height, width, rgb } = decodeImage(rawPng(png), 'a.png')
        expect([height, width]).toEqual([png.height, png.width])
        expect(Array.from(rgb)).toEqual(colorsOf(png))
      }),
      400,
    )
  })

  test('as sharp reads it, whose 16 bits are cut and not rounded', async () => {
    for (const png of fc.sample(drawn, { seed: 7, numRuns: 60 })) {
      const file = rawPng(png)
      const { rgb: theirs } = await readBySharp(file)
      const ours = read(file)
      expect(ours.length).toBe(theirs.length)
      expect(Math.max(...ours.map((v, i) => Math.abs(v - theirs[i])))).toBeLessThanOrEqual(
        png.depth === 16 ? 1 : 0,
      )
    }
  })

  test('a colour key leaves the colours as they are', () => {
    const grey = { width: 4, height: 1, depth: 8, type: 0, before: [['tRNS', [0, 255]]] } as const
    const values = [255, 0, 255, 128]
    expect(read(rawPng({ ...grey, sample: (_, x) => values[x] }))).toEqual(values.flatMap(v => [v, v, v]))
    const rgb = { width: 2, height: 1, depth: 8, type: 2, before: [['tRNS', [0, 9, 0, 8, 0, 7]]] } as const
    expect(read(rawPng({ ...rgb, sample: (_, x, c) => (x === 0 ? 9 - c : c) }))).toEqual([9, 8, 7, 0, 1, 2])
  })

  test('16 bits become the nearest 8', () => {
    const values = [0, 128, 129, 257, 32_767, 32_768, 65_406, 65_407, 65_535]
    const png = { width: 9, height: 1, depth: 16, type: 0, sample: (_: number, x: number) => values[x] }
    expect(read(rawPng(png)).filter((_, i) => i % 3 === 0)).toEqual([0, 0, 1, 1, 127, 128, 254, 255, 255])
  })
})

const small: RawPng = { width: 5, height: 4, depth: 8, type: 2, sample: noise(1, 8) }

describe('a PNG that is not what it declares', () => {
  test('every beginning of a file is refused, and a changed byte too unless it tells no colour', () => {
    const file = rawPng(small)
    for (let n = 4; n < file.length; n++) {
      expect(() => decodeImage(file.subarray(0, n), 'a.png')).toThrow(/a\.png: a whole PNG expected, got "/)
    }
    for (let n = 4; n < file.length; n++) {
      const changed = Buffer.from(file)
      changed[n] ^= 0x10
      expect(() => decodeImage(changed, 'a.png')).toThrow('decodeImage: a.png: ')
    }
  })

  test('bytes after the end are harmless', () => {
    const file = rawPng(small)
    expect(read(Buffer.concat([file, Buffer.from('and a text')]))).toEqual(read(file))
  })

  test.each([
    ['less', 60, '64 bytes of pixels declared, and data of 60'],
    ['more', 65, '64 bytes of pixels declared, and data of more'],
    ['much more', 5000, '64 bytes of pixels declared, and data of more'],
  ])('%s data than its size says is refused', (_, length, message) => {
    const data = Buffer.concat([rawRows(small), Buffer.alloc(5000)]).subarray(0, length)
    expect(() => decodeImage(rawPng(small, deflateSync(data)), 'a.png')).toThrow(message)
  })

  test('the length is held by itself: nothing beyond it is unpacked', () => {
    check(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        (length, declared) => {
          const data = deflateSync(Buffer.alloc(length, 'abcde'))
          if (length === declared)
            expect(inflated(data, declared)).toEqual(new Uint8Array(Buffer.alloc(length, 'abcde')))
          else expect(() => inflated(data, declared)).toThrow(`${declared} bytes of pixels declared, and `)
        },
      ),
    )
    const data = deflateSync(Buffer.alloc(10))
    expect(() => inflated(data, 10 ** 9)).toThrow('1000000000 bytes of pixels declared, and ')
    expect(() => inflated(data, 10 ** 9)).toThrow('of data, which cannot hold them')
  })

  test('more pixels than asked for are refused before anything else is looked at', () => {
    const file = rawPng(small)
    expect(read(file, { maxPixels: 20 }).length).toBe(60)
    const refused = /a\.png: at most 19 pixels expected \(option maxPixels\), got 5 x 4 = 20/
    expect(() => read(file, { maxPixels: 19 })).toThrow(refused)
    expect(() => read(file.subarray(0, 33), { maxPixels: 19 })).toThrow(refused)
  })

  test.each([
    [
      'an index beyond the palette',
      { ...small, type: 3, sample: () => 2, before: [['PLTE', [0, 0, 0, 1, 1, 1]]] },
    ],
    ['no palette', { ...small, type: 3, sample: () => 0 }],
    ['a depth that its colours do not have', { ...small, depth: 4, sample: () => 1 }],
    ['no pixels', { ...small, width: 0 }],
    ['a filter that there is not', { ...small, filter: () => 5 }],
    ['a chunk that must be known', { ...small, before: [['ABCD', [1]]] }],
    ['a palette of two bytes', { ...small, before: [['PLTE', [1, 2]]] }],
  ] as const)('%s is refused', (_, png) => {
    expect(() => decodeImage(rawPng(png), 'a.png')).toThrow(/a\.png: a whole PNG expected, got "/)
  })

  test('a damaged chunk that tells no colour is passed over', () => {
    const text = chunk('tEXt', [1, 2, 3])
    text[text.length - 1] ^= 1
    const file = rawPng(small)
    expect(read(Buffer.concat([file.subarray(0, 33), text, file.subarray(33)]))).toEqual(read(file))
  })
})
