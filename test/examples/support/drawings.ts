import type { Drawing } from '../../../examples/glyph-reid/glyphs/draw.ts'
import type { Face } from '../../../examples/glyph-reid/glyphs/sources.ts'
import { PIXELS } from '../../../examples/glyph-reid/raster/glyph.ts'

export const faceOf = (family: string, style = '400', plainness: Face['plainness'] = 2): Face => ({
  name: `${family}/${style}`,
  family,
  plainness,
})

/** A made-up drawing: two with the same `shape` in a face are the same image. Shapes are texts of 0 and 1, one a pixel. */
export function drawing(character: string, face: Face, shape: string): Drawing {
  const image = new Uint8Array(PIXELS)
  for (const [i, ink] of [...shape].entries()) image[i] = 255 * Number(ink)
  return { codePoint: character.codePointAt(0)!, face, image, look: `${face.name} ${shape}` }
}
