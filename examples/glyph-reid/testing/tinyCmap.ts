import { bytes, u16, u32 } from './words.ts'

/** Format 4 with a delta a character, format 4 with its list of glyphs, or format 12. */
export type CmapKind = 4 | '4, listed' | 12

export function cmapTable(characters: ReadonlyMap<number, number>, kind: CmapKind): Buffer {
  const sorted = [...characters].sort(([a], [b]) => a - b)
  const subtable = kind === 12 ? format12(sorted) : format4(sorted, kind === '4, listed')
  return bytes(u16(0), u16(1), u16(3), u16(kind === 12 ? 10 : 1), u32(12), subtable)
}

type Characters = readonly (readonly [number, number])[]

function format12(characters: Characters): Buffer {
  const groups = characters.map(([c, glyph]) => bytes(u32(c), u32(c), u32(glyph)))
  const length = 16 + 12 * groups.length
  return bytes(u16(12), u16(0), u32(length), u32(0), u32(groups.length), ...groups)
}

/** A segment a character, and the last of 0xffff, which the format wants. */
function format4(characters: Characters, listed: boolean): Buffer {
  const codes = [...characters.map(([c]) => c), 0xffff].map(u16)
  const n = codes.length
  // An offset counts from where it stands to the glyph in the list that follows.
  const offsets = characters.map(() => u16(listed ? 2 * n : 0))
  const deltas = characters.map(([c, glyph]) => u16(listed ? 0 : (glyph - c) & 0xffff))
  const arrays = bytes(...codes, u16(0), ...codes, ...deltas, u16(1), ...offsets, u16(0))
  const list = listed ? characters.map(([, glyph]) => u16(glyph)) : []
  const body = bytes(arrays, ...list)
  return bytes(u16(4), u16(14 + body.length), u16(0), u16(2 * n), Buffer.alloc(6), body)
}
