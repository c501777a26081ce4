import { crc32 } from 'node:zlib'

/** What a PNG's first chunk declares. */
export interface Header {
  readonly width: number
  readonly height: number
  /** Bits a sample. */
  readonly depth: number
  readonly interlaced: boolean
  readonly color: Color
}

export interface Color {
  /** Samples a pixel. */
  readonly samples: number
  /** Where red, green and blue stand among them. */
  readonly rgb: readonly [number, number, number]
  readonly depths: readonly number[]
  readonly indexed: boolean
}

const GREY = [0, 0, 0] as const
const RGB = [0, 1, 2] as const
/** The colour types of the standard by their numbers. */
const COLORS: Readonly<Record<number, Color>> = {
  0: { samples: 1, rgb: GREY, depths: [1, 2, 4, 8, 16], indexed: false },
  2: { samples: 3, rgb: RGB, depths: [8, 16], indexed: false },
  3: { samples: 1, rgb: GREY, depths: [1, 2, 4, 8], indexed: true },
  4: { samples: 2, rgb: GREY, depths: [8, 16], indexed: false },
  6: { samples: 4, rgb: RGB, depths: [8, 16], indexed: false },
}

export interface Chunks {
  readonly header: Header
  /** Red, green and blue of each colour in turn; empty where there is none. */
  readonly palette: Uint8Array
  /** The compressed pixels. */
  readonly data: Uint8Array
  readonly exif: Uint8Array | undefined
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const LONGEST = 2 ** 31 - 1

/**
 * The parts of a PNG that give its colours, in the order of the file, checked by their sums. tRNS, which says what is
 * transparent, is passed over with all that is ancillary. `onHeader` is called before anything else is looked at.
 * Source: Portable Network Graphics, third edition (w3.org/TR/png-3), sections 5 and 11.
 */
export function readChunks(bytes: Uint8Array, onHeader: (header: Header) => void): Chunks {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw new Error('no signature of a PNG')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data: Uint8Array[] = []
  let header: Header | undefined
  let palette = new Uint8Array(0)
  let exif: Uint8Array | undefined
  for (let at = SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) throw new Error(`the end of the file, after ${bytes.length} bytes`)
    const [length, name] = [view.getUint32(at), String.fromCharCode(...bytes.subarray(at + 4, at + 8))]
    if (at + 12 + length > bytes.length) {
      throw new Error(`the end of the file in ${name}, after ${bytes.length} bytes`)
    }
    const content = bytes.subarray(at + 8, at + 8 + length)
    const sound = crc32(bytes.subarray(at + 4, at + 8 + length)) === view.getUint32(at + 8 + length)
    const ancillary = (bytes[at + 4] & 0x20) !== 0
    if (!sound && !ancillary) throw new Error(`a wrong sum of ${name}`)
    if (header === undefined && name !== 'IHDR') throw new Error(`${name} in place of IHDR`)
    if (name === 'IHDR') {
      if (header !== undefined) throw new Error('a second IHDR')
      header = readHeader(content)
      onHeader(header)
    }
    if (name === 'PLTE') palette = readPalette(content)
    else if (name === 'IDAT') data.push(content)
    else if (name === 'eXIf' && sound) exif ??= content
    else if (name === 'IEND') break
    else if (!ancillary && name !== 'IHDR') throw new Error(`a chunk ${name}, which is not of the standard`)
    at += 12 + length
  }
  if (header?.color.indexed && palette.length === 0) throw new Error('indices of colours, and no palette')
  return { header: header!, palette, data: joined(data), exif }
}

function readHeader(content: Uint8Array): Header {
  if (content.length !== 13) throw new Error(`an IHDR of ${content.length} bytes`)
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth, kind, compression, filter, interlace] = content.subarray(8)
  if (Math.max(width, height) > LONGEST) throw new Error(`${width} x ${height} pixels`)
  const color = COLORS[kind]
  if (!color?.depths.includes(depth)) throw new Error(`${depth} bits a sample in colour type ${kind}`)
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw new Error(`compression ${compression}, filter ${filter}, interlace ${interlace}`)
  }
  return { width, height, depth, interlaced: interlace === 1, color }
}

function readPalette(content: Uint8Array): Uint8Array<ArrayBuffer> {
  if (content.length === 0 || content.length > 768 || content.length % 3 !== 0) {
    throw new Error(`a palette of ${content.length} bytes`)
  }
  return Uint8Array.from(content)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
