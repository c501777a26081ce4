import { broken } from './unreadable.ts'

const LAST = 0x10ffff
const NO_CHARACTER = 0xffff

/**
 * Which glyph draws a character: code point -> glyph, from the best Unicode subtable (format 12 over 4); empty where
 * there is none. Left out is glyph 0, the sign for a missing character, and what is past the font's `glyphs`.
 */
export function readCmap(table: Buffer, glyphs: number): Map<number, number> {
  const map = new Map<number, number>()
  const subtable = unicodeSubtable(table)
  if (subtable?.format === 12) segmentedCoverage(table, subtable.at, glyphs, map)
  if (subtable?.format === 4) segmentsWithDeltas(table, subtable.at, glyphs, map)
  return map
}

function unicodeSubtable(table: Buffer): { at: number; format: number } | undefined {
  const all = Array.from({ length: table.readUInt16BE(2) }, (_, i) => {
    const [platform, encoding] = [4, 6].map(skip => table.readUInt16BE(8 * i + skip))
    const at = table.readUInt32BE(8 * i + 8)
    const unicode = platform === 0 || (platform === 3 && (encoding === 1 || encoding === 10))
    return { at, format: unicode ? table.readUInt16BE(at) : -1 }
  })
  return all.find(s => s.format === 12) ?? all.find(s => s.format === 4)
}

/** Format 12: groups (first, last, glyph of the first). */
function segmentedCoverage(table: Buffer, at: number, glyphs: number, map: Map<number, number>): void {
  const groups = table.readUInt32BE(at + 12)
  let before = -1
  for (let i = 0; i < groups; i++) {
    const [first, last, glyph] = [16, 20, 24].map(skip => table.readUInt32BE(at + 12 * i + skip))
    if (first <= before || last < first || last > LAST) broken(`cmap: group ${i} is ${first} to ${last}`)
    const end = Math.min(last + 1, first + glyphs - glyph)
    for (let c = first; c < end; c++) if (glyph + c - first > 0) map.set(c, glyph + c - first)
    before = last
  }
}

/** Format 4: segments (first, last, delta, offset), four parallel arrays; an offset leads into a list of glyphs. */
function segmentsWithDeltas(table: Buffer, at: number, glyphs: number, map: Map<number, number>): void {
  const bytes = table.readUInt16BE(at + 6)
  const lasts = at + 14
  const firsts = lasts + bytes + 2
  const deltas = firsts + bytes
  const offsets = deltas + bytes
  for (let i = 0; i < bytes; i += 2) {
    const [first, last, delta, offset] = [firsts, lasts, deltas, offsets].map(a => table.readUInt16BE(a + i))
    for (let c = first; c <= last && c < NO_CHARACTER; c++) {
      const listed = offset === 0 ? c : listedGlyph(table, offsets + i + offset + 2 * (c - first))
      const glyph = offset !== 0 && listed === 0 ? 0 : (listed + delta) & 0xffff
      if (glyph > 0 && glyph < glyphs) map.set(c, glyph)
    }
  }
}

/** Some fonts' last segment, the one of 0xffff, points past the table. */
const listedGlyph = (table: Buffer, at: number): number =>
  at + 2 <= table.length ? table.readUInt16BE(at) : 0
