import { deflateSync } from 'node:zlib'
import opentype from 'opentype.js'

export type Point = readonly [x: number, y: number]

const UNITS = 1000

/** A font file whose characters are polygons, each an em wide. For tests. */
export function fontFile(characters: ReadonlyMap<string, readonly Point[]>): Buffer {
  const glyphs = [...characters].map(([character, points]) => {
    const path = new opentype.Path()
    for (const [i, [x, y]] of points.entries()) i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)
    path.close()
    const unicode = character.codePointAt(0)!
    return new opentype.Glyph({ name: `u${unicode}`, unicode, advanceWidth: UNITS, path })
  })
  const missing = new opentype.Glyph({ name: '.notdef', advanceWidth: UNITS, path: new opentype.Path() })
  const names = {
    familyName: 'Test',
    styleName: 'Regular',
    unitsPerEm: UNITS,
    ascender: 800,
    descender: -200,
  }
  return Buffer.from(new opentype.Font({ ...names, glyphs: [missing, ...glyphs] }).toArrayBuffer())
}

/** The same font as WOFF 1.0: a table is deflated where that makes it smaller. */
export function woffOf(file: Buffer): Buffer {
  const count = file.readUInt16BE(4)
  const head = Buffer.alloc(44 + 20 * count)
  head.write('wOFF')
  file.copy(head, 4, 0, 4)
  head.writeUInt16BE(count, 12)
  const parts: Buffer[] = [head]
  let at = head.length
  for (let i = 0; i < count; i++) {
    const [from, to] = [12 + 16 * i, 44 + 20 * i]
    const [offset, length] = [8, 12].map(skip => file.readUInt32BE(from + skip))
    const table = file.subarray(offset, offset + length)
    const deflated = deflateSync(table)
    const stored = deflated.length < length ? deflated : table
    file.copy(head, to, from, from + 4)
    for (const [k, value] of [at, stored.length, length].entries()) head.writeUInt32BE(value, to + 4 + 4 * k)
    parts.push(stored)
    at += stored.length
  }
  return Buffer.concat(parts)
}
