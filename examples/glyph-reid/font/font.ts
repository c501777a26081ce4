import { readCmap } from './cmap.ts'
import { type Contour, outlineOf } from './glyf.ts'
import { readTables } from './sfnt.ts'
import { broken, reading, UnreadableFont } from './unreadable.ts'

export interface Font {
  readonly unitsPerEm: number
  /** Code point -> glyph. */
  readonly characters: ReadonlyMap<number, number>
  /** The outline of a glyph, in font units, y upwards; throws UnreadableFont where its bytes make no sense. */
  outline(glyph: number): Contour[]
  /** How far on the next glyph stands, in font units. */
  advance(glyph: number): number
}

const NEEDED = ['head', 'maxp', 'loca', 'glyf', 'cmap']

/** Reads a WOFF 1.0 or TrueType file. Throws UnreadableFont, which says why. */
export function readFont(file: Buffer): Font {
  return reading(() => {
    const tables = readTables(file, [...NEEDED, 'hhea', 'hmtx'])
    const missing = NEEDED.filter(tag => !tables.has(tag))
    if (missing.length > 0) throw new UnreadableFont('broken', `table ${missing.join(', ')} missing`)
    const [head, maxp, loca, glyf, cmap] = NEEDED.map(tag => tables.get(tag)!)
    const unitsPerEm = head.readUInt16BE(18)
    if (unitsPerEm === 0) broken('head: an em of 0 units')
    const glyphs = maxp.readUInt16BE(4)
    const long = head.readInt16BE(50) !== 0
    const starts = Array.from({ length: glyphs + 1 }, (_, i) =>
      long ? loca.readUInt32BE(4 * i) : 2 * loca.readUInt16BE(2 * i),
    )
    const bytesOf = (glyph: number): Buffer =>
      glyph < glyphs
        ? glyf.subarray(starts[glyph], Math.max(starts[glyph], starts[glyph + 1]))
        : glyf.subarray(0, 0)
    return {
      unitsPerEm,
      characters: readCmap(cmap, glyphs),
      outline: glyph => reading(() => outlineOf(bytesOf, glyph)),
      advance: glyph => reading(() => advanceOf(tables, glyph)),
    }
  })
}

/** hmtx lists (advance, bearing); the glyphs past its end have the last advance. */
function advanceOf(tables: ReadonlyMap<string, Buffer>, glyph: number): number {
  const [hhea, hmtx] = ['hhea', 'hmtx'].map(tag => tables.get(tag) ?? broken(`table ${tag} missing`))
  return hmtx.readUInt16BE(4 * Math.min(glyph, hhea.readUInt16BE(34) - 1))
}
