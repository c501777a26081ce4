import type { Font } from '../font.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { PIXELS, SIDE } from '../raster/glyph.ts'
import { Canvas } from './canvas.ts'
import { greyPng } from './png.ts'
import { COLUMNS, type Section } from './rows.ts'

const MARGIN = 24
const SCALE = 2
const CELL = SCALE * SIDE + 6
const LABELS = 200
const HEADING = 52
const TITLE_SIZE = 22
const NAME_SIZE = 18
const SMALL_SIZE = 14

/** A contact sheet: a row an identity, its images in different faces. `font` writes the labels. */
export function sheet(set: GlyphSet, sections: readonly Section[], font: Font): Buffer {
  const height = sections.reduce((sum, { rows }) => sum + HEADING + CELL * rows.length, 2 * MARGIN)
  const canvas = new Canvas(2 * MARGIN + LABELS + CELL * COLUMNS, height)
  let y = MARGIN
  for (const { title, rows } of sections) {
    canvas.write(font, title, MARGIN, y + HEADING - 18, TITLE_SIZE)
    y += HEADING
    for (const { identity, of, images } of rows) {
      const { codePoint, name } = set.identities[identity]
      const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
      canvas.write(
        font,
        font.characters.has(codePoint) ? `${name}  ${code}` : code,
        MARGIN,
        y + 26,
        NAME_SIZE,
      )
      canvas.write(font, `${of} image${of === 1 ? '' : 's'}`, MARGIN, y + 48, SMALL_SIZE)
      for (const [column, i] of images.entries()) {
        const ink = set.images.subarray(i * PIXELS, (i + 1) * PIXELS)
        canvas.paste(ink, SIDE, MARGIN + LABELS + CELL * column, y, SCALE)
      }
      y += CELL
    }
  }
  return greyPng(canvas.pixels, canvas.width, canvas.height)
}
