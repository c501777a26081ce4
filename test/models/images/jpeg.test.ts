import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeImage } from '../../../models/images/index.ts'
import { readBySharp, writtenBySharp } from '../../support/bySharp.ts'
import { check } from '../../support/property.ts'
import { type RawJpeg, rawJpeg, segment } from '../../support/rawJpeg.ts'

const one = (id: number) => ({ id, h: 1, v: 1 })
const [YCBCR, RGB] = [[1, 2, 3].map(one), [...'RGB'].map(c => one(c.charCodeAt(0)))]

/** An image of one colour: what its components store is `values`. */
const plain = (values: readonly number[], jpeg: Partial<RawJpeg>): Buffer =>
  rawJpeg({ width: 8, height: 8, components: YCBCR, block: c => values[c], ...jpeg })

const lessThan = (most: number) => expect.toSatisfy((value: number) => value < most)

const first = (bytes: Uint8Array, options = {}): number[] =>
  Array.from(decodeImage(bytes, 'a.jpg', options).rgb.subarray(0, 3))

describe.each(['builtin', 'sharp'] as const)('%s: what the components of a JPEG are', decoder => {
  test.each([
    ['RGB by Adobe’s transform 0', [255, 0, 0], { adobe: 0 }, [255, 0, 0]],
    ['RGB by name', [255, 0, 0], { components: RGB }, [255, 0, 0]],
    ['RGB by name, another colour', [12, 200, 77], { components: RGB }, [12, 200, 77]],
    ['YCbCr by number', [76, 85, 255], {}, [254, 0, 0]],
    ['YCbCr by JFIF, whatever the names', [76, 85, 255], { components: RGB, jfif: true }, [254, 0, 0]],
    [
      'YCbCr by Adobe’s transform 1, whatever the names',
      [76, 85, 255],
      { components: RGB, adobe: 1 },
      [254, 0, 0],
    ],
    ['YCbCr by JFIF, whatever Adobe says', [76, 85, 255], { adobe: 0, jfif: true }, [254, 0, 0]],
    ['grey', [200], { components: [one(1)] }, [200, 200, 200]],
    // Adobe stores what is left of white: red is no cyan, and all of the rest.
    ['CMYK', [255, 0, 0, 255], { components: [1, 2, 3, 4].map(one), adobe: 0 }, [255, 0, 0]],
    ['CMYK, half black', [255, 0, 128, 128], { components: [1, 2, 3, 4].map(one), adobe: 0 }, [128, 0, 64]],
    // The red of YCbCr is the ink cyan: stored are 255 - CMY, and YCbCr is of 255 - those.
    ['YCCK', [76, 85, 255, 255], { components: [1, 2, 3, 4].map(one), adobe: 2 }, [1, 255, 255]],
  ] as const)('%s', (_, values, jpeg, color) => {
    const got = first(plain(values, jpeg), { decoder })
    // CMYK is rounded in two places, by one each.
    const allowed = values.length === 4 ? 1 : 0
    got.forEach((v, c) => {
      expect(Math.abs(v - color[c])).toBeLessThanOrEqual(allowed)
    })
  })

  test('colours as Pillow and libjpeg have them, all over', () => {
    check(
      fc.property(fc.array(fc.nat(255), { minLength: 3, maxLength: 3 }), ([y, cb, cr]) => {
        const exact = [
          y + 1.402 * (cr - 128),
          y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
          y + 1.772 * (cb - 128),
        ]
        const clamped = exact.map(v => Math.min(255, Math.max(0, v)))
        first(plain([y, cb, cr], { jfif: true }), { decoder }).forEach((v, c) => {
          // Rounded to the nearest.
          expect(Math.abs(v - clamped[c])).toBeLessThanOrEqual(0.501)
        })
      }),
    )
  })

  test('more pixels than asked for are refused, by their number', () => {
    const file = rawJpeg({ width: 24, height: 10, components: YCBCR, block: () => 9 })
    expect(decodeImage(file, 'a.jpg', { decoder, maxPixels: 240 }).width).toBe(24)
    expect(() => decodeImage(file, 'a.jpg', { decoder, maxPixels: 239 })).toThrow(
      'decodeImage: a.jpg: at most 239 pixels expected (option maxPixels), got 24 x 10 = 240',
    )
  })

  test('every beginning of a file is refused', () => {
    const file = rawJpeg({
      width: 24,
      height: 16,
      components: YCBCR,
      block: (c, y, x) => 40 * c + 9 * y + 5 * x,
    })
    for (let n = 3; n < file.length - 2; n += decoder === 'sharp' ? 13 : 1) {
      expect(() => decodeImage(file.subarray(0, n), 'a.jpg', { decoder })).toThrow(
        /^decodeImage: a\.jpg: (a whole JPEG expected, got "|a PNG or JPEG expected)/,
      )
    }
  })

  test('bytes before the end of the file are harmless', async () => {
    const pixels = Uint8Array.from({ length: 3 * 16 * 16 }, (_, i) => (7 * i) % 256)
    for (const progressive of [false, true]) {
      const file = await writtenBySharp('jpeg', pixels, { height: 16, width: 16 }, { progressive })
      const [body, end] = [file.subarray(0, -2), file.subarray(-2)]
      const padded = Buffer.concat([body, Uint8Array.of(1, 2, 3, 4, 5), end])
      expect(decodeImage(padded, 'a.jpg', { decoder })).toEqual(decodeImage(file, 'a.jpg', { decoder }))
    }
  })

  test('scans that say less than they hold, as some phones write them, are read all the same', async () => {
    const pixels = Uint8Array.from({ length: 3 * 24 * 16 }, (_, i) => (7 * i) % 256)
    const file = await writtenBySharp('jpeg', pixels, { height: 16, width: 24 })
    const expected = decodeImage(file, 'a.jpg', { decoder })
    const scan = file.indexOf(Buffer.of(0xff, 0xda)) + 2
    for (const said of [
      [0, 0, 0],
      [0, 63, 0x10],
      [1, 5, 0],
    ]) {
      const phone = Buffer.from(file)
      phone.set(said, scan + phone.readUInt16BE(scan) - 3)
      expect(decodeImage(phone, 'a.jpg', { decoder })).toEqual(expected)
      // What is damaged beside is refused as ever.
      expect(() => decodeImage(phone.subarray(0, -9), 'a.jpg', { decoder })).toThrow('a whole JPEG expected')
    }
  })

  test('CMYK without Adobe’s word for it is refused: nothing tells what its values are of', () => {
    const cmyk = { components: [1, 2, 3, 4].map(one) }
    for (const jfif of [false, true]) {
      const file = plain([255, 0, 0, 200], { ...cmyk, jfif })
      expect(() => decodeImage(file, 'a.jpg', { decoder })).toThrow('a.jpg: CMYK as Adobe writes it expected')
    }
    expect(first(plain([255, 0, 0, 200], { ...cmyk, adobe: 0 }), { decoder })).toEqual([200, 0, 0])
  })

  test('bytes after the end, comments and segments of others are harmless', () => {
    const file = plain([255, 0, 0], { adobe: 0, segments: [segment(0xfe, [1, 2]), segment(0xed, [3])] })
    expect(first(Buffer.concat([file, Buffer.from('and a text')]), { decoder })).toEqual([255, 0, 0])
  })
})

describe('chroma of fewer samples', () => {
  test('is interpolated as by sharp: to the last bit, in every sampling and size', async () => {
    const samplings = fc.constantFrom([2, 2], [2, 1], [1, 2], [1, 1], [4, 1], [4, 2], [2, 4])
    const side = fc.integer({ min: 1, max: 70 })
    const values = fc.infiniteStream(fc.integer({ min: 60, max: 200 }))
    for (const [[h, v], width, height, stream] of fc.sample(fc.tuple(samplings, side, side, values), {
      seed: 5,
      numRuns: 60,
    })) {
      const blocks = Array.from({ length: 3 * 12 * 12 }, () => Number(stream.next().value))
      const file = rawJpeg({
        width,
        height,
        jfif: true,
        components: [{ id: 1, h, v }, one(2), one(3)],
        block: (c, y, x) => blocks[(12 * c + y) * 12 + x],
      })
      const { rgb: theirs } = await readBySharp(file)
      const ours = decodeImage(file, 'a.jpg', { decoder: 'builtin' }).rgb
      const off = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0)
      // Of half the rows chroma is rounded otherwise, by a level of its own: 1.772 of blue at the most.
      expect([h, v, width, height, off]).toEqual([h, v, width, height, h === 1 && v === 2 ? lessThan(3) : 0])
      expect(decodeImage(file, 'a.jpg').rgb).toEqual(Uint8Array.from(theirs))
    }
  })
})

describe('a JPEG that the builtin decoder does not read', () => {
  const read = (bytes: Uint8Array) => () => decodeImage(bytes, 'a.jpg', { decoder: 'builtin' })
  const jpeg = plain([1, 2, 3], {})
  const at = jpeg.indexOf(Buffer.of(0xff, 0xc0))
  const changed = (offset: number, value: number): Buffer => {
    const copy = Buffer.from(jpeg)
    copy[at + offset] = value
    return copy
  }

  test.each([
    ['12 bits a sample', changed(4, 12), 'a.jpg: a JPEG of 8 bits a sample expected, got 12'],
    ['arithmetic codes', changed(1, 0xc9), 'a baseline or progressive JPEG expected, got one of frame c9'],
    ['no height', changed(6, 0), 'a whole JPEG expected, got "8 x 0 pixels"'],
    ['two components', changed(9, 2), '1, 3 or 4 components expected, got 2'],
    [
      'CMYK without Adobe’s word for it',
      plain([1, 2, 3, 4], { components: [1, 2, 3, 4].map(one) }),
      'CMYK as Adobe writes it expected',
    ],
  ])('%s: said as it is', (_, file, message) => {
    expect(read(file)).toThrow(message)
  })

  test('more scans than programs write', () => {
    const scan = jpeg.subarray(jpeg.indexOf(Buffer.of(0xff, 0xda)), -2)
    const again = (n: number): Buffer =>
      Buffer.concat([jpeg.subarray(0, -2), ...Array.from({ length: n - 1 }, () => scan), jpeg.subarray(-2)])
    expect(read(again(100))).not.toThrow('scans expected')
    expect(read(again(101))).toThrow('a.jpg: at most 100 scans expected, got 101')
  })

  test('a size that its bytes cannot hold is refused before memory is taken for it', () => {
    const copy = Buffer.from(jpeg)
    copy.writeUInt16BE(5000, at + 5)
    copy.writeUInt16BE(5000, at + 7)
    expect(read(copy)).toThrow(
      `5000 x 5000 pixels declared, and ${jpeg.length} bytes, which cannot hold them`,
    )
  })
})
