import { type Images, PIXELS } from '../../long-tail/images.ts'

/** Where the digits lie, beside the page. */
export const DIGITS_FILE = 'digits.bin'

/**
 * The lists of digits in one file, before it is compressed: how many images each list has, 10 unsigned integers of 32 bits
 * (little-endian), then their pixels list by list, a byte each.
 */
const LISTS = 10
const HEAD = 4 * LISTS

/** The package `mnist` gives grey / 255 to three places: no two bytes share a number. */
const GREYS = Float32Array.from({ length: 256 }, (_, byte) => Number((byte / 255).toFixed(3)))

/** Throws unless there are ten lists of numbers that `mnist` could hold: the file gives back these very numbers. */
export function encodeDigits(lists: readonly Images[]): Uint8Array<ArrayBuffer> {
  if (lists.length !== LISTS) throw new Error(`encodeDigits: ${LISTS} lists expected, got ${lists.length}`)
  const total = lists.reduce((sum, list) => sum + list.length, 0)
  const file = new Uint8Array(HEAD + total)
  const view = new DataView(file.buffer)
  let at = HEAD
  for (const [i, list] of lists.entries()) {
    view.setUint32(4 * i, list.length / PIXELS, true)
    for (const value of list) {
      const byte = Math.round(value * 255)
      if (GREYS[byte] !== value) {
        throw new Error(`encodeDigits: grey / 255 to three places expected, got ${value} in list ${i}`)
      }
      file[at++] = byte
    }
  }
  return file
}

/** Throws when the file is shorter or longer than its head says. */
export function decodeDigits(file: Uint8Array): Images[] {
  if (file.length < HEAD) {
    throw new Error(`decodeDigits: at least ${HEAD} bytes expected, got ${file.length}`)
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const lengths = Array.from({ length: LISTS }, (_, i) => view.getUint32(4 * i, true) * PIXELS)
  const expected = lengths.reduce((sum, length) => sum + length, HEAD)
  if (file.length !== expected) {
    throw new Error(`decodeDigits: ${expected} bytes expected, as the head says, got ${file.length}`)
  }
  let at = HEAD
  return lengths.map(length => {
    const bytes = file.subarray(at, at + length)
    at += length
    return Float32Array.from(bytes, byte => GREYS[byte])
  })
}

/** The lists of digits in the file at `url`, which is a gzip of `encodeDigits`. Throws when it cannot be had. */
export async function fetchDigits(url: string): Promise<Images[]> {
  const response = await fetch(url)
  if (!response.ok || response.body === null) {
    throw new Error(`the digits: ${url} expected, got status ${response.status}`)
  }
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'))
  return decodeDigits(new Uint8Array(await new Response(unpacked).arrayBuffer()))
}
