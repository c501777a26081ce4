import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFont } from '../../examples/glyph-reid/font/font.ts'
import type { Contour } from '../../examples/glyph-reid/font/glyf.ts'
import { UnreadableFont } from '../../examples/glyph-reid/font/unreadable.ts'
import { flatten } from '../../examples/glyph-reid/raster/flatten.ts'
import { drawGlyph } from '../../examples/glyph-reid/raster/glyph.ts'
import { type TinyFont, tinyFont, UNITS } from '../../examples/glyph-reid/testing/tinyFont.ts'

const point = fc.record({
  x: fc.integer({ min: -900, max: 900 }),
  y: fc.integer({ min: -900, max: 900 }),
  on: fc.boolean(),
})
const contour = fc
  .array(point, { minLength: 1, maxLength: 12 })
  .map((points): Contour => ({ x: points.map(p => p.x), y: points.map(p => p.y), on: points.map(p => p.on) }))
const outline = fc.array(contour, { maxLength: 3 })
const files = fc.record({
  cmap: fc.constantFrom(4 as const, '4, listed' as const, 12 as const),
  woff: fc.boolean(),
  longLoca: fc.boolean(),
})

const square = (size: number): Contour => ({
  x: [0, 0, size, size],
  y: [0, size, size, 0],
  on: [true, true, true, true],
})

describe('the reader of fonts', () => {
  test('gives back the outlines that a file was made of, whatever its form', () => {
    fc.assert(
      fc.property(fc.array(outline, { minLength: 1, maxLength: 5 }), files, (glyphs, form) => {
        const characters = new Map(glyphs.map((_, i) => [0x41 + 3 * i, i + 1]))
        const font = readFont(tinyFont({ glyphs: [[], ...glyphs], characters, ...form }))
        expect(font.unitsPerEm).toBe(UNITS)
        expect(font.characters).toEqual(characters)
        for (const [i, glyph] of glyphs.entries()) expect(font.outline(i + 1)).toEqual(glyph)
        expect(font.outline(glyphs.length + 1)).toEqual([])
        expect(font.advance(3)).toBe(UNITS)
      }),
    )
  })

  test('format 12 holds characters past 0xffff', () => {
    const characters = new Map([[0x1d400, 1]])
    expect(readFont(tinyFont({ glyphs: [[], []], characters, cmap: 12 })).characters).toEqual(characters)
  })

  test.each([
    ['shifted', undefined, [300, 20]],
    ['scaled', [0.5, 0, 0, 0.5], [-7, 0]],
    ['scaled by axis', [0.5, 0, 0, -1.25], [1, -300]],
    ['sheared', [1, 0.25, -0.5, 1], [5, 6]],
  ])('a part of a compound glyph is %s', (_, matrix, [dx, dy]) => {
    const [xx, xy, yx, yy] = matrix ?? [1, 0, 0, 1]
    const glyphs = [
      [],
      [square(100)],
      {
        parts: [
          { glyph: 1, dx, dy, matrix },
          { glyph: 1, dx: 0, dy: 0 },
        ],
      },
    ]
    const outline = readFont(tinyFont({ glyphs, characters: new Map([[0x41, 2]]) })).outline(2)
    const { x, y } = square(100)
    expect(outline).toEqual([
      {
        ...square(100),
        x: x.map((x, i) => xx * x + yx * y[i] + dx),
        y: x.map((x, i) => xy * x + yy * y[i] + dy),
      },
      square(100),
    ])
  })
})

describe('files that are no such font', () => {
  const good: TinyFont = {
    glyphs: [
      [],
      [square(500), square(-200)],
      { parts: [{ glyph: 1, dx: 300, dy: 0, matrix: [0.5, 0, 0, 1] }] },
    ],
    characters: new Map([
      [0x41, 1],
      [0x42, 2],
    ]),
  }
  const reasonOf = (file: Buffer): string => {
    try {
      readFont(file)
    } catch (error) {
      if (error instanceof UnreadableFont) return error.reason
      throw error
    }
    return 'none'
  }

  test.each([
    ['OTTO', 'CFF outlines'],
    ['wOF2', 'another format'],
    ['ttcf', 'another format'],
    ['<!DO', 'another format'],
  ])('%s: %s', (signature, reason) => {
    expect(reasonOf(Buffer.concat([Buffer.from(signature), tinyFont(good).subarray(4)]))).toBe(reason)
  })

  test('WOFF around CFF is CFF', () => {
    const file = tinyFont({ ...good, woff: true })
    file.write('OTTO', 4)
    expect(reasonOf(file)).toBe('CFF outlines')
  })

  test('glyphs made of themselves are refused', () => {
    const part = { glyph: 1, dx: 0, dy: 0 }
    for (const copies of [1, 50]) {
      const glyphs = [[], { parts: Array(copies).fill(part) }]
      const font = readFont(tinyFont({ glyphs, characters: new Map([[0x41, 1]]) }))
      expect(() => font.outline(1)).toThrow(UnreadableFont)
    }
  })

  test('a table that is missing is named', () => {
    const file = tinyFont(good)
    file.write('xxxx', file.indexOf('glyf'))
    expect(() => readFont(file)).toThrow('broken: table glyf missing')
  })

  /** What happens to a file in a data set: each glyph drawn, or a reason given. */
  function drawAll(file: Buffer): void {
    try {
      const font = readFont(file)
      for (const glyph of font.characters.values()) {
        try {
          drawGlyph(flatten(font.outline(glyph)), font.unitsPerEm)
        } catch (error) {
          if (!(error instanceof UnreadableFont)) throw error
        }
      }
    } catch (error) {
      if (!(error instanceof UnreadableFont)) throw error
    }
  }

  test('cut off anywhere, a file is read or refused with a reason', () => {
    for (const woff of [false, true]) {
      const file = tinyFont({ ...good, woff })
      for (let length = 0; length < file.length; length++) drawAll(file.subarray(0, length))
      expect(reasonOf(file.subarray(0, file.length / 2))).toBe('broken')
    }
  })

  test('with any bits flipped, a file is read or refused with a reason', () => {
    const flip = fc.record({ at: fc.nat(), bit: fc.nat(7) })
    fc.assert(
      fc.property(files, fc.array(flip, { minLength: 1, maxLength: 4 }), (form, flips) => {
        const file = tinyFont({ ...good, ...form })
        for (const { at, bit } of flips) file[at % file.length] ^= 1 << bit
        drawAll(file)
      }),
      { numRuns: 1000 },
    )
  })
})
