import { inflateSync } from 'node:zlib'
import opentype, { type Glyph } from 'opentype.js'

export interface Font {
  readonly unitsPerEm: number
  /** By code point; a path is in font units, y upwards. */
  readonly characters: ReadonlyMap<number, Glyph>
}

/** Reads a TrueType or OpenType file, bare or as WOFF 1.0. Throws where it is none. */
export function readFont(file: Buffer): Font {
  const { unitsPerEm, tables, glyphs, numGlyphs } = opentype.parse(unpacked(file))
  const characters = new Map<number, Glyph>()
  for (const [codePoint, glyph] of Object.entries<number>(tables.cmap.glyphIndexMap)) {
    // Glyph 0 is the sign for a missing character.
    if (glyph > 0 && glyph < numGlyphs) characters.set(Number(codePoint), glyphs.get(glyph))
  }
  return { unitsPerEm, characters }
}

/**
 * The font in a WOFF 1.0 file (https://www.w3.org/TR/WOFF/), any other file as it is. opentype.js 2.0.0 reads WOFF too,
 * but its inflate refuses a stored block whose header ends on a byte (`findings/tiny-inflate-stored-block.sh`).
 */
function unpacked(file: Buffer): Buffer {
  if (file.toString('latin1', 0, 4) !== 'wOFF') return file
  const count = file.readUInt16BE(12)
  const head = Buffer.alloc(12 + 16 * count)
  file.copy(head, 0, 4, 8)
  head.writeUInt16BE(count, 4)
  const parts: Buffer[] = [head]
  let at = head.length
  for (let i = 0; i < count; i++) {
    const [from, to] = [44 + 20 * i, 12 + 16 * i]
    const [offset, stored, length] = [4, 8, 12].map(skip => file.readUInt32BE(from + skip))
    const bytes = file.subarray(offset, offset + stored)
    const table = stored < length ? inflateSync(bytes) : bytes
    file.copy(head, to, from, from + 4)
    head.writeUInt32BE(at, to + 8)
    head.writeUInt32BE(table.length, to + 12)
    parts.push(table)
    at += table.length
  }
  return Buffer.concat(parts)
}
