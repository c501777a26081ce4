import { deflateSync } from 'node:zlib'
import type { Contour } from '../font/glyf.ts'
import { type CmapKind, cmapTable } from './tinyCmap.ts'
import { bytes, i16, u16, u32 } from './words.ts'

/** Another glyph put in place: x' = xx x + yx y + dx, y' = xy x + yy y + dy; `matrix` is [xx, xy, yx, yy]. */
export interface TinyPart {
  readonly glyph: number
  readonly dx: number
  readonly dy: number
  readonly matrix?: readonly number[]
}

export interface TinyFont {
  /** Glyph 0 is the sign for a missing character. */
  readonly glyphs: readonly (readonly Contour[] | { readonly parts: readonly TinyPart[] })[]
  /** Code point -> glyph. */
  readonly characters: ReadonlyMap<number, number>
  readonly cmap?: CmapKind
  readonly woff?: boolean
  readonly longLoca?: boolean
}

export const UNITS = 1000

/** A TrueType or WOFF file with just the tables that the reader needs. For tests. */
export function tinyFont({ glyphs, characters, cmap = 4, woff = false, longLoca = false }: TinyFont): Buffer {
  const parts = glyphs.map(g =>
    padded('parts' in g ? compound(g.parts) : g.length === 0 ? bytes() : simple(g)),
  )
  const starts = [0]
  for (const part of parts) starts.push(starts[starts.length - 1] + part.length)
  const tables = new Map([
    ['cmap', cmapTable(characters, cmap)],
    ['glyf', bytes(...parts)],
    ['head', bytes(Buffer.alloc(18), u16(UNITS), Buffer.alloc(30), u16(longLoca ? 1 : 0), u16(0))],
    ['hhea', bytes(Buffer.alloc(34), u16(1))],
    ['hmtx', bytes(u16(UNITS), i16(0))],
    ['loca', bytes(...starts.map(s => (longLoca ? u32(s) : u16(s / 2))))],
    ['maxp', bytes(u32(0x00010000), u16(glyphs.length))],
  ])
  return woff ? woffFile(tables) : trueTypeFile(tables)
}

const padded = (b: Buffer): Buffer => bytes(b, Buffer.alloc(-b.length & 3))

function trueTypeFile(tables: ReadonlyMap<string, Buffer>): Buffer {
  const head: Buffer[] = [u32(0x00010000), u16(tables.size), Buffer.alloc(6)]
  const body: Buffer[] = []
  let at = 12 + 16 * tables.size
  for (const [tag, table] of tables) {
    head.push(Buffer.from(tag), u32(0), u32(at), u32(table.length))
    body.push(padded(table))
    at += padded(table).length
  }
  return bytes(...head, ...body)
}

/** A table is deflated where that makes it smaller, as the format asks. */
function woffFile(tables: ReadonlyMap<string, Buffer>): Buffer {
  const head: Buffer[] = [Buffer.from('wOFF'), u32(0x00010000), u32(0), u16(tables.size), Buffer.alloc(30)]
  const body: Buffer[] = []
  let at = 44 + 20 * tables.size
  for (const [tag, table] of tables) {
    const deflated = deflateSync(table)
    const stored = deflated.length < table.length ? deflated : table
    head.push(Buffer.from(tag), u32(at), u32(stored.length), u32(table.length), u32(0))
    body.push(padded(stored))
    at += padded(stored).length
  }
  return bytes(...head, ...body)
}

/** Flags are run-length coded and short steps take a byte, so that a reader meets each form. */
function simple(contours: readonly Contour[]): Buffer {
  const ends: number[] = []
  for (const { x } of contours) ends.push((ends[ends.length - 1] ?? -1) + x.length)
  const [x, y] = (['x', 'y'] as const).map(axis => steps(contours.flatMap(c => c[axis])))
  const flags = contours.flatMap(c => c.on).map((on, i) => (on ? 1 : 0) | x[i].flag | (y[i].flag << 1))
  return bytes(
    i16(contours.length),
    Buffer.alloc(8),
    ...ends.map(u16),
    u16(0),
    runs(flags),
    ...x.map(s => s.bytes),
    ...y.map(s => s.bytes),
  )
}

const steps = (values: readonly number[]): { flag: number; bytes: Buffer }[] =>
  values.map((value, i) => {
    const step = value - (values[i - 1] ?? 0)
    if (step === 0) return { flag: 16, bytes: bytes() }
    if (Math.abs(step) > 255) return { flag: 0, bytes: i16(step) }
    return { flag: step > 0 ? 2 | 16 : 2, bytes: Buffer.from([Math.abs(step)]) }
  })

function runs(flags: readonly number[]): Buffer {
  const out: number[] = []
  for (let i = 0; i < flags.length; ) {
    let n = 1
    while (n < 256 && flags[i + n] === flags[i]) n++
    out.push(...(n > 1 ? [flags[i] | 8, n - 1] : [flags[i]]))
    i += n
  }
  return Buffer.from(out)
}

/** Offsets are bytes where they fit; a matrix takes as few numbers as it can. */
function compound(parts: readonly TinyPart[]): Buffer {
  const body = parts.flatMap(({ glyph, dx, dy, matrix = [1, 0, 0, 1] }, i) => {
    const [xx, xy, yx, yy] = matrix
    const words = [dx, dy].some(d => d < -128 || d > 127)
    const numbers = xy !== 0 || yx !== 0 ? matrix : xx !== yy ? [xx, yy] : xx !== 1 ? [xx] : []
    const flag = [0, 8, 64, 0, 128][numbers.length] | (words ? 1 : 0) | 2 | (i < parts.length - 1 ? 32 : 0)
    const offsets = words ? [i16(dx), i16(dy)] : [Buffer.from([dx & 255, dy & 255])]
    return [u16(flag), u16(glyph), ...offsets, ...numbers.map(v => i16(Math.round(v * 16384)))]
  })
  return bytes(i16(-1), Buffer.alloc(8), ...body)
}
