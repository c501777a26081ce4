import { inflateSync } from 'node:zlib'
import type { Header } from './chunks.ts'

/** Deflate's best: 258 bytes by two bits. */
const MOST_BY_A_BYTE = 1032

/**
 * What `data` unpacks to, of exactly `length` bytes: less is an error, and so is more, which is never unpacked. Data too
 * short to hold so much by any means is refused before memory is taken.
 */
export function inflated(data: Uint8Array, length: number): Uint8Array {
  const declared = `${length} bytes of pixels declared`
  if (length > MOST_BY_A_BYTE * data.length) {
    throw new Error(`${declared}, and ${data.length} of data, which cannot hold them`)
  }
  let unpacked: Uint8Array
  try {
    // One more than declared, so that all of them are in one piece.
    unpacked = inflateSync(data, { maxOutputLength: length, chunkSize: Math.max(length + 1, 64) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error
    throw new Error(`${declared}, and data of more`)
  }
  if (unpacked.length !== length) throw new Error(`${declared}, and data of ${unpacked.length}`)
  return unpacked
}

/** Where the pixels of one pass of Adam7 lie: every `dx`-th from `x` on, every `dy`-th row from `y` on. */
const ADAM7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
]
const WHOLE = [{ x: 0, y: 0, dx: 1, dy: 1 }]

export interface Pass {
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
  readonly width: number
  readonly height: number
  /** The bytes of a row, without its filter's. */
  readonly line: number
}

/** The passes that have pixels: one of the whole image, or up to seven where it is interlaced. */
export function passesOf({ width, height, depth, interlaced, color }: Header): Pass[] {
  return (interlaced ? ADAM7 : WHOLE)
    .map(pass => {
      const columns = Math.ceil((width - pass.x) / pass.dx)
      const rows = Math.ceil((height - pass.y) / pass.dy)
      return { ...pass, width: columns, height: rows, line: Math.ceil((columns * depth * color.samples) / 8) }
    })
    .filter(pass => pass.width > 0 && pass.height > 0)
}

/** How many bytes the passes take, with a byte for the filter of each row. */
export const bytesOfPasses = (passes: readonly Pass[]): number =>
  passes.reduce((n, { height, line }) => n + height * (1 + line), 0)

/**
 * Takes back the filter of each of `height` rows, in place: from `at` on, a byte that says which, and `line` bytes. A byte is
 * told by those at its left (`step` before it, one pixel), above it, and above on the left; outside they are 0.
 * Source: Portable Network Graphics, third edition (w3.org/TR/png-3), section 9.
 */
export function unfilter(raw: Uint8Array, at: number, height: number, line: number, step: number): void {
  let above: Uint8Array = new Uint8Array(line)
  for (let y = 0; y < height; y++) {
    const begin = at + y * (1 + line) + 1
    const row = raw.subarray(begin, begin + line)
    const filter = raw[begin - 1]
    if (filter === 1) for (let i = step; i < line; i++) row[i] += row[i - step]
    else if (filter === 2) for (let i = 0; i < line; i++) row[i] += above[i]
    else if (filter === 3) average(row, above, step)
    else if (filter === 4) paeth(row, above, step)
    else if (filter !== 0) throw new Error(`filter ${filter} in row ${y}`)
    above = row
  }
}

function average(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) row[i] += ((i < step ? 0 : row[i - step]) + above[i]) >> 1
}

/** The neighbour that is nearest to left + above - corner; left before above before corner. */
function paeth(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) {
    const a = i < step ? 0 : row[i - step]
    const b = above[i]
    const c = i < step ? 0 : above[i - step]
    const toA = Math.abs(b - c)
    const toB = Math.abs(a - c)
    const toC = Math.abs(a + b - 2 * c)
    row[i] += toA <= toB && toA <= toC ? a : toB <= toC ? b : c
  }
}
