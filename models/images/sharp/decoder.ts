import { createRequire } from 'node:module'
import { checkName } from '../../../engine/check.ts'
import { checkPixels, type StoredImage, UnsupportedImage } from '../image.ts'
import { exifIn, orientationOf } from '../orientation.ts'
import { type Answer, SharpThread } from './thread.ts'

/** Who decodes: the package sharp, or this library alone. */
export type Decoder = 'sharp' | 'builtin'
export type DecoderOption = Decoder | 'auto'

const OPTIONS: readonly DecoderOption[] = ['auto', 'sharp', 'builtin']

/** Where the package sharp is; undefined where it is not installed. */
function sharpPath(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('sharp')
  } catch {
    return undefined
  }
}

/**
 * Which decoder an option stands for: `auto` is sharp wherever it is installed, and this library's own decoder elsewhere.
 * Throws on `sharp` where it is not.
 */
export const imageDecoder = (option: DecoderOption = 'auto'): Decoder => decoderFor('imageDecoder', option)

/** The same for the option `decoder` of another function, which errors name. */
export function decoderFor(op: string, option: DecoderOption = 'auto'): Decoder {
  checkName(op, 'decoder', option, OPTIONS)
  if (option === 'builtin') return 'builtin'
  if (sharpPath() !== undefined) return 'sharp'
  if (option === 'auto') return 'builtin'
  throw new Error(`${op}: decoder 'sharp' needs the package of that name: npm install sharp`)
}

let thread: SharpThread | undefined

/** The thread that decodes, started once. Throws, whatever the option was, when sharp is installed and does not load. */
export function sharpThread(): SharpThread {
  try {
    thread ??= new SharpThread(sharpPath()!)
    return thread
  } catch (error) {
    const reason = `sharp is installed and does not load: ${(error as Error).message}`
    throw new Error(`imageDecoder: ${reason}\n(decoder: 'builtin' reads PNG and JPEG without it)`)
  }
}

/** Red, green and blue of what sharp decoded; alpha is dropped, 16 bits become 8, CMYK as the builtin decoder has it. */
export function imageOf(answer: Answer, maxPixels: number): StoredImage {
  const { height, width, channels, data, cmyk, error } = answer
  if (error !== undefined) throw new Error(error.split('\n')[0])
  checkPixels(height, width, maxPixels)
  if (data === undefined) throw new UnsupportedImage('no pixels')
  const scale = data instanceof Uint16Array ? 257 : 1
  const orientation = turn(answer)
  const rgb = new Uint8Array(3 * height * width)
  if (scale === 1 && channels === 3 && !cmyk) {
    rgb.set(data)
    return { height, width, rgb, orientation }
  }
  for (let i = 0, from = 0; i < rgb.length; i += 3, from += channels) {
    // What white keeps of the black.
    const white = cmyk ? 255 - data[from + 3] : 255
    for (let c = 0; c < 3; c++) {
      const v = data[from + (channels < 3 ? 0 : c)]
      rgb[i + c] = cmyk ? Math.round(((255 - v) * white) / 255) : Math.round(v / scale)
    }
  }
  return { height, width, rgb, orientation }
}

/** A JPEG's by our reader of Exif, so that both decoders agree. An AVIF has none: libheif has turned it. */
function turn({ format, exif, orientation }: Answer): number {
  if (format !== 'jpeg') return orientation ?? 1
  return orientationOf(exif && exifIn(exif))
}
