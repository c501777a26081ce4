import { broken } from './unreadable.ts'

/** A closed curve: points on it, and off it the control points of its quadratic Bézier arcs, in font units. */
export interface Contour {
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly on: readonly boolean[]
}

const DEEPEST = 6
/** A broken font's parts may call each other on and on. */
const MOST_PARTS = 1000

const ON = 1
const REPEAT = 8
const WORDS = 1
const OFFSETS = 2
const SCALE = 8
const MORE = 32
const TWO_SCALES = 64
const MATRIX = 128
/** Flags of x; those of y are the next bits. */
const BYTE_X = 2
const SAME_X = 16

/** The outline that `bytesOf` describes (a table glyf cut up by loca), its parts put in place. */
export function outlineOf(bytesOf: (glyph: number) => Buffer, glyph: number): Contour[] {
  let parts = 0
  const outline = (glyph: number, depth: number): Contour[] => {
    if (depth > DEEPEST || ++parts > MOST_PARTS) broken(`glyf: glyph ${glyph} has too many parts`)
    const bytes = bytesOf(glyph)
    if (bytes.length === 0) return []
    const contours = bytes.readInt16BE(0)
    if (contours >= 0) return simple(bytes, contours)
    return partsOf(bytes).flatMap(({ glyph, place }) => outline(glyph, depth + 1).map(place))
  }
  return outline(glyph, 0)
}

/** Ends of contours, instructions, then flags, x and y of all points, flags run-length coded, coordinates as steps. */
function simple(bytes: Buffer, contours: number): Contour[] {
  const ends = Array.from({ length: contours }, (_, i) => bytes.readUInt16BE(10 + 2 * i))
  if (ends.some((end, i) => i > 0 && end < ends[i - 1])) broken('glyf: ends of contours decrease')
  if (contours === 0) return []
  const n = ends[contours - 1] + 1
  let at = 12 + 2 * contours + bytes.readUInt16BE(10 + 2 * contours)
  const flags: number[] = []
  while (flags.length < n) {
    const flag = bytes.readUInt8(at++)
    const times = flag & REPEAT ? 1 + bytes.readUInt8(at++) : 1
    for (let i = 0; i < times && flags.length < n; i++) flags.push(flag)
  }
  const coordinates = (byte: number, same: number): number[] => {
    let value = 0
    return flags.map(flag => {
      if (flag & byte) value += flag & same ? bytes.readUInt8(at++) : -bytes.readUInt8(at++)
      else if (!(flag & same)) {
        value += bytes.readInt16BE(at)
        at += 2
      }
      return value
    })
  }
  const x = coordinates(BYTE_X, SAME_X)
  const y = coordinates(2 * BYTE_X, 2 * SAME_X)
  const on = flags.map(flag => (flag & ON) !== 0)
  return ends.map((end, i) => {
    const start = i === 0 ? 0 : ends[i - 1] + 1
    return { x: x.slice(start, end + 1), y: y.slice(start, end + 1), on: on.slice(start, end + 1) }
  })
}

interface Part {
  readonly glyph: number
  readonly place: (c: Contour) => Contour
}

/** Parts that are put where a point of one meets a point of another stay where they are; hardly a font has them. */
function partsOf(bytes: Buffer): Part[] {
  const parts: Part[] = []
  let at = 10
  let flags = MORE
  while (flags & MORE) {
    flags = bytes.readUInt16BE(at)
    const glyph = bytes.readUInt16BE(at + 2)
    const size = flags & WORDS ? 2 : 1
    const [a, b] = [at + 4, at + 4 + size].map(p => (size === 2 ? bytes.readInt16BE(p) : bytes.readInt8(p)))
    const [dx, dy] = flags & OFFSETS ? [a, b] : [0, 0]
    at += 4 + 2 * size
    const numbers = flags & SCALE ? 1 : flags & TWO_SCALES ? 2 : flags & MATRIX ? 4 : 0
    const m = Array.from({ length: numbers }, (_, i) => bytes.readInt16BE(at + 2 * i) / 16384)
    at += 2 * numbers
    const [xx, xy, yx, yy] = numbers === 4 ? m : [m[0] ?? 1, 0, 0, m[numbers - 1] ?? 1]
    const place = ({ x, y, on }: Contour): Contour => ({
      x: x.map((x, i) => x * xx + y[i] * yx + dx),
      y: y.map((y, i) => x[i] * xy + y * yy + dy),
      on,
    })
    parts.push({ glyph, place })
  }
  return parts
}
