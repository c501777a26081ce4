import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { PathCommand } from 'opentype.js'
import { type Font, readFont } from '../font.ts'
import { flatten } from '../raster/flatten.ts'
import { drawGlyph } from '../raster/glyph.ts'
import type { Face, Source } from './sources.ts'

/** A character in a face. */
export interface Drawing {
  readonly codePoint: number
  readonly face: Face
  readonly image: Uint8Array
  /** The same text for two drawings of a face that look the same, and for no others. */
  readonly look: string
}

export interface Skipped {
  /** Files that could not be read, by reason. */
  readonly files: Map<string, number>
  /** Glyphs whose outline makes no sense, in files that could be read. */
  glyphs: number
}

/** Separators, control and unassigned characters, and marks that need a letter to stand on. */
const NO_GLYPH = /^[\p{Z}\p{C}\p{M}]$/u

/** Draws what a face has, in the order of code points; where two files have a character, the first one's is taken. */
export function drawFace({ face, files }: Source, skipped: Skipped): Drawing[] {
  const characters = new Map<number, Font>()
  for (const file of files) {
    const font = fontOf(file, skipped)
    for (const codePoint of font?.characters.keys() ?? []) {
      const drawable = !NO_GLYPH.test(String.fromCodePoint(codePoint))
      if (drawable && !characters.has(codePoint)) characters.set(codePoint, font!)
    }
  }
  const inOrder = [...characters].sort(([a], [b]) => a - b)
  return inOrder.flatMap(([codePoint, font]) => {
    const image = imageOf(font, codePoint, skipped)
    if (image === undefined) return []
    const digest = createHash('sha1').update(image).digest('base64')
    return [{ codePoint, face, image, look: `${face.name} ${digest}` }]
  })
}

function fontOf(file: string, skipped: Skipped): Font | undefined {
  const bytes = readFileSync(file)
  try {
    return readFont(bytes)
  } catch (error) {
    const reason = (error as Error).message
    skipped.files.set(reason, (skipped.files.get(reason) ?? 0) + 1)
  }
}

function imageOf(font: Font, codePoint: number, skipped: Skipped): Uint8Array | undefined {
  const path = pathOf(font, codePoint)
  if (path !== undefined) return drawGlyph(flatten(path), font.unitsPerEm)
  skipped.glyphs++
}

/** The outline; undefined where its bytes make no sense. */
function pathOf(font: Font, codePoint: number): readonly PathCommand[] | undefined {
  try {
    return font.characters.get(codePoint)!.path.commands
  } catch {
    return undefined
  }
}
