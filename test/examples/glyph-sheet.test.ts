import fc from 'fast-check'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { readFont } from '../../examples/glyph-reid/font.ts'
import { Canvas } from '../../examples/glyph-reid/sheet/canvas.ts'
import { greyPng } from '../../examples/glyph-reid/sheet/png.ts'
import { COLUMNS, sections, spread } from '../../examples/glyph-reid/sheet/rows.ts'
import { sheet } from '../../examples/glyph-reid/sheet/sheet.ts'
import { fontFile } from './support/fontFile.ts'
import { randomSet } from './support/randomSet.ts'

/** Of grey pixels, which have three equal parts and no transparency. */
function decode(png: Buffer): { width: number; height: number; pixels: number[] } {
  const { width, height, data } = PNG.sync.read(png)
  const pixels = [...data].filter((_, i) => i % 4 === 0)
  expect(data.every((part, i) => part === (i % 4 === 3 ? 255 : pixels[i >> 2]))).toBe(true)
  return { width, height, pixels }
}

const square = [
  [0, 0],
  [0, 500],
  [500, 500],
  [500, 0],
] as const
const font = readFont(fontFile(new Map([['A', square]])))

describe('a PNG', () => {
  test('holds the pixels', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(255),
        (width, height, step) => {
          const pixels = Uint8Array.from({ length: width * height }, (_, i) => i * step)
          expect(decode(greyPng(pixels, width, height))).toEqual({ width, height, pixels: [...pixels] })
        },
      ),
    )
  })
})

describe('a canvas', () => {
  test('takes ink, scaled, and cuts off what lies outside', () => {
    const canvas = new Canvas(4, 3)
    canvas.paste(Uint8Array.of(255, 100), 2, 1, 1, 2)
    expect([...canvas.pixels]).toEqual([255, 255, 255, 255, 255, 0, 0, 155, 255, 0, 0, 155])
  })

  test('writes text on the line, and leaves out what the font lacks', () => {
    const canvas = new Canvas(40, 30)
    canvas.write(font, '?A?A', 3, 20, 10)
    const black = [...canvas.pixels.keys()]
      .filter(i => canvas.pixels[i] === 0)
      .map(i => [i % 40, Math.floor(i / 40)])
    // A square of half an em on the line, and another an em further on.
    const expected = [3, 13].flatMap(x =>
      [15, 16, 17, 18, 19].flatMap(y => [0, 1, 2, 3, 4].map(dx => [x + dx, y])),
    )
    const sorted = (list: number[][]) => list.map(String).sort()
    expect(sorted(black)).toEqual(sorted(expected))
  })
})

describe('the contact sheet', () => {
  const set = randomSet({ identities: 80, families: 50, facesEach: 1, seed: 5 })

  test('shows each part, no row longer than the sheet is wide, nothing twice in a row', () => {
    const all = sections(set)
    expect(all.map(s => s.title).join()).toMatch(/at least 30.*P1.*P2/)
    for (const { rows } of all) {
      for (const { images, of, identity } of rows) {
        expect(images.length).toBe(Math.min(of, COLUMNS))
        expect(new Set(images).size).toBe(images.length)
        expect(images.every(i => set.identity[i] === identity)).toBe(true)
      }
    }
  })

  test('is a picture as high as its rows', () => {
    const all = sections(set)
    const height = (n: number): number => decode(sheet(set, all.slice(0, n), font)).height
    expect(height(1) - height(0)).toBeGreaterThan(all[0].rows.length * 56)
    expect(decode(sheet(set, all, font)).width).toBeGreaterThan(COLUMNS * 56)
  })

  test('spread takes the first, the last and what lies evenly between', () => {
    expect(spread([...'abcdefghi'], 3)).toEqual(['a', 'e', 'i'])
    expect(spread(['a'], 3)).toEqual(['a'])
  })
})
