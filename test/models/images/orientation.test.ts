import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeImage } from '../../../models/images/index.ts'
import { readBySharp, writtenBySharp } from '../../support/bySharp.ts'
import { exifOf, jpegExif } from '../../support/exif.ts'
import { check } from '../../support/property.ts'
import { rawJpeg, segment } from '../../support/rawJpeg.ts'
import { rawPng } from '../../support/rawPng.ts'

/** Three rows of two pixels, each of its own grey, as cameras store them. */
const STORED = [
  [10, 20],
  [30, 40],
  [50, 60],
]

/** How they stand upright, by the words of the standard: 6, for one, has the first row at the right and the first column on top. */
const UPRIGHT: Readonly<Record<number, readonly (readonly number[])[]>> = {
  1: STORED,
  2: STORED.map(row => row.toReversed()),
  3: STORED.toReversed().map(row => row.toReversed()),
  4: STORED.toReversed(),
  5: [
    [10, 30, 50],
    [20, 40, 60],
  ],
  6: [
    [50, 30, 10],
    [60, 40, 20],
  ],
  7: [
    [60, 40, 20],
    [50, 30, 10],
  ],
  8: [
    [20, 40, 60],
    [10, 30, 50],
  ],
}

const png = (exif?: Uint8Array): Buffer =>
  rawPng({
    width: 2,
    height: 3,
    depth: 8,
    type: 0,
    sample: (y, x) => STORED[y][x],
    before: exif === undefined ? [] : [['eXIf', exif]],
  })
/** Blocks of 8 x 8 in place of pixels. */
const jpeg = (exif?: Uint8Array): Buffer =>
  rawJpeg({
    width: 16,
    height: 24,
    components: [{ id: 1, h: 1, v: 1 }],
    block: (_, y, x) => STORED[y][x],
    segments: exif === undefined ? [] : [segment(0xe1, jpegExif(exif))],
  })

/** The greys of an image, one for each of its blocks. */
function greys(file: Uint8Array, side: number, options = {}): number[][] {
  const { height, width, rgb } = decodeImage(file, 'a', options)
  return Array.from({ length: height / side }, (_, y) =>
    Array.from({ length: width / side }, (_, x) => rgb[3 * side * (y * width + x)]),
  )
}

const orientations = [1, 2, 3, 4, 5, 6, 7, 8].flatMap(o => [true, false].map(little => [o, little] as const))

describe('a photo stands upright', () => {
  test.each(orientations)('orientation %i, little-endian %s: PNG, and JPEG by both decoders', (o, little) => {
    expect(greys(png(exifOf(o, little)), 1)).toEqual(UPRIGHT[o])
    for (const decoder of ['builtin', 'sharp'] as const) {
      expect(greys(jpeg(exifOf(o, little)), 8, { decoder })).toEqual(UPRIGHT[o])
      expect(greys(jpeg(exifOf(o, little)), 8, { decoder, autoOrient: false })).toEqual(STORED)
    }
    expect(greys(png(exifOf(o, little)), 1, { autoOrient: false })).toEqual(STORED)
  })

  test.each(orientations)('orientation %i, little-endian %s: as sharp’s autoOrient', async (o, little) => {
    for (const file of [jpeg(exifOf(o, little)), png(exifOf(o, little))]) {
      const { height, width, rgb } = await readBySharp(file, { autoOrient: true })
      expect(decodeImage(file)).toEqual({ height, width, rgb: new Uint8Array(rgb) })
    }
  })

  test.each([2, 6, 8])('orientation %i of WebP and TIFF', async o => {
    const pixels = Uint8Array.from(STORED.flat().flatMap(v => [v, v, v]))
    for (const kind of ['webp', 'tiff']) {
      const file = await writtenBySharp(
        kind,
        pixels,
        { height: 3, width: 2 },
        { lossless: true, compression: 'none' },
        o,
      )
      expect(greys(file, 1)).toEqual(UPRIGHT[o])
      expect(greys(file, 1, { autoOrient: false })).toEqual(STORED)
    }
  })

  test('AVIF turns itself: its Exif is not asked', async () => {
    const pixels = Uint8Array.from({ length: 3 * 16 * 24 }, (_, i) => (i < 3 * 8 * 24 ? 10 : 200))
    const file = await writtenBySharp('avif', pixels, { height: 24, width: 16 }, { quality: 100 }, 6)
    expect(file.includes('Exif')).toBe(true)
    const { height, width, rgb } = await readBySharp(file, { autoOrient: true })
    expect(decodeImage(file)).toEqual({ height, width, rgb: new Uint8Array(rgb) })
  })
})

describe('what a camera notes beside the picture never makes it unreadable', () => {
  const both = (exif: Uint8Array): number[][][] => [
    greys(png(exif), 1),
    greys(jpeg(exif), 8, { decoder: 'builtin' }),
    greys(jpeg(exif), 8, { decoder: 'sharp' }),
  ]

  test('an orientation that there is not, or of another type, is none', () => {
    for (const exif of [exifOf(0, true), exifOf(9, false), exifOf(6, true, 4), new Uint8Array(0)]) {
      for (const read of both(exif)) expect(read).toEqual(STORED)
    }
  })

  test('any bytes are passed over, as it stands or turned, and both decoders agree', () => {
    check(
      fc.property(
        fc.constantFrom(true, false),
        fc.array(fc.tuple(fc.nat(37), fc.nat(255)), { maxLength: 4 }),
        fc.nat(38),
        (little, changes, n) => {
          const exif = exifOf(6, little)
          for (const [at, value] of changes) exif[at] = value
          const [inPng, ...inJpeg] = both(exif.subarray(0, n))
          expect(Object.values(UPRIGHT)).toContainEqual(inPng)
          expect(inJpeg).toEqual([inPng, inPng])
        },
      ),
      60,
    )
  })

  test('a segment that says Exif otherwise than it is written is another’s', () => {
    for (const at of [0, 3, 4, 5]) {
      const content = jpegExif(exifOf(6, true))
      content[at] ^= 1
      const file = rawJpeg({
        width: 24,
        height: 16,
        components: [{ id: 1, h: 1, v: 1 }],
        block: (_, y, x) => 20 * (3 * y + x),
        segments: [segment(0xe1, content)],
      })
      for (const decoder of ['builtin', 'sharp'] as const) {
        const { height, width } = decodeImage(file, 'a.jpg', { decoder })
        expect([at, decoder, height, width]).toEqual([at, decoder, 16, 24])
      }
    }
  })

  test('a damaged sum of a PNG’s Exif: it stays as it is', () => {
    const file = png(exifOf(6, true))
    const at = file.indexOf('eXIf')
    file[at + 4 + 38] ^= 1
    expect(greys(file, 1)).toEqual(STORED)
  })
})
