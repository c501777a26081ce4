import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'

/** An image as bytes, red, green and blue of each pixel in turn, row by row. */
export interface Image {
  readonly height: number
  readonly width: number
  readonly rgb: Uint8Array
}

const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47]
const JPEG_MAGIC = [0xff, 0xd8, 0xff]

/**
 * The image in the bytes of a PNG or a JPEG file, told apart by its first bytes and not by its name. Grey images
 * have three equal channels; transparency is dropped; 16 bits become 8. Throws, with `file`, on other bytes, and on
 * an image that breaks off.
 */
export function decodeImage(bytes: Uint8Array, file: string): Image {
  const startsWith = (magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte)
  if (!startsWith(PNG_MAGIC) && !startsWith(JPEG_MAGIC)) {
    const hex = Array.from(bytes.subarray(0, 4), byte => byte.toString(16).padStart(2, '0')).join(' ')
    throw new Error(`decodeImage: ${file}: a PNG or JPEG expected, got a file that begins with [${hex}]`)
  }
  const kind = startsWith(PNG_MAGIC) ? 'PNG' : 'JPEG'
  try {
    return kind === 'PNG' ? decodePng(bytes) : decodeJpeg(bytes)
  } catch (error) {
    throw new Error(`decodeImage: ${file}: a whole ${kind} expected, got "${(error as Error).message}"`)
  }
}

function decodePng(bytes: Uint8Array): Image {
  const { height, width, data } = PNG.sync.read(Buffer.from(bytes))
  const rgb = new Uint8Array(height * width * 3)
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[4 * i + c]
  }
  return { height, width, rgb }
}

function decodeJpeg(bytes: Uint8Array): Image {
  const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false } as const
  const { height, width, data } = jpeg.decode(bytes, options)
  return { height, width, rgb: data }
}
