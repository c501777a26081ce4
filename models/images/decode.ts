import { checkFlag, checkInteger, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import { type Bytes, bytesOf } from '../files.ts'
import { type Format, formatOf } from './formats.ts'
import { type Image, MAX_PIXELS, type StoredImage, UnsupportedImage } from './image.ts'
import { checkCmyk } from './jpeg/cmyk.ts'
import { decodeJpeg, UNSOUND_SCANS } from './jpeg/decodeJpeg.ts'
import { type Component, type Markers, readMarkers, withSoundScans } from './jpeg/markers.ts'
import { upright } from './orientation.ts'
import { decodePng } from './png/decodePng.ts'
import { type Decoder, type DecoderOption, decoderFor, imageOf, sharpThread } from './sharp/decoder.ts'
import type { Answer } from './sharp/thread.ts'

export interface DecodeOptions {
  /**
   * `sharp`, the package of that name, which also reads WebP, AVIF, GIF and TIFF, or `builtin`, which is part of this one and
   * reads PNG and JPEG. Default `auto`: sharp where it is installed, and by the builtin one all the same JPEGs of up to 512 x 512
   * pixels, in a third of the time; `imageDecoder()` says which that is here. Both give the same pixels to the last bit, but those of
   * CMYK and of 4:4:0 (chroma of half the rows), which are within a few levels of 255.
   */
  readonly decoder?: DecoderOption
  /** The most pixels that an image may declare; it is refused before memory is taken for them. Default 100,000,000. */
  readonly maxPixels?: number
  /** Turn photos upright as their Exif says. Default true. */
  readonly autoOrient?: boolean
}

export const DECODE_OPTIONS = {
  decoder: true,
  maxPixels: true,
  autoOrient: true,
} satisfies OptionNames<DecodeOptions>

/** The options, checked and complete. */
export interface DecodeSettings {
  readonly decoder: Decoder
  /** The most pixels of a JPEG that is not sharp's. */
  readonly smallJpeg: number
  readonly maxPixels: number
  readonly autoOrient: boolean
}

/** From some so many pixels on sharp is faster: a small image costs it more to begin than to decode. */
const SMALL_JPEG = 512 * 512

export function decodeSettings(op: string, options: DecodeOptions): DecodeSettings {
  const { decoder, maxPixels = MAX_PIXELS, autoOrient = true } = options
  checkInteger(op, 'maxPixels', maxPixels, 1)
  checkFlag(op, 'autoOrient', autoOrient)
  const smallJpeg = decoder === 'sharp' ? 0 : SMALL_JPEG
  return { decoder: decoderFor(op, decoder), smallJpeg, maxPixels, autoOrient }
}

/**
 * The image in a file's bytes, told apart by the first of them and not by its name: upright, colours as they are stored. Grey
 * images have three equal channels; alpha and colour keys are dropped, and the colours under them stay; profiles are not applied,
 * as by Pillow and OpenCV; 16 bits become the nearest 8; of an animation the first image. Throws, with `file`, on other
 * bytes, on an image that breaks off or is damaged, and on one that is too large.
 */
export function decodeImage(bytes: Bytes, file = 'image', options: DecodeOptions = {}): Image {
  checkOptions('decodeImage', options, DECODE_OPTIONS)
  if (typeof file !== 'string') throw refusal('decodeImage', 'file as a name, for errors,', file)
  const read = { file, bytes: bytesOf('decodeImage', bytes) }
  const [image] = decodeImages([read], decodeSettings('decodeImage', options))
  if (image instanceof Error) throw new Error(`decodeImage: ${image.message}`)
  return image
}

/** A file and what is in it. */
export interface FileBytes {
  readonly file: string
  readonly bytes: Uint8Array
}

/** The images of several files, at once where sharp decodes; in place of each that cannot be read an error with its name. */
export function decodeImages(files: readonly FileBytes[], settings: DecodeSettings): (Image | Error)[] {
  const { maxPixels, autoOrient } = settings
  const headers = files.map(({ bytes }) => headerOf(bytes))
  const bySharp = files.filter((_, i) => isForSharp(headers[i], settings))
  const answers = bySharp.length === 0 ? [] : sharpThread().decode(bySharp, maxPixels)
  return files.map((entry, i) => {
    const answer = answers[bySharp.indexOf(entry)]
    try {
      const read =
        answer === undefined
          ? decodeAlone(entry.bytes, headers[i], settings)
          : imageOf(answerOf(entry.bytes, answer, maxPixels), maxPixels)
      return autoOrient ? upright(read) : read
    } catch (error) {
      const { message } = error as Error
      const { format } = headers[i]
      const got =
        error instanceof UnsupportedImage ? message : `a whole ${format?.name} expected, got "${message}"`
      return new Error(`${entry.file}: ${got}`)
    }
  })
}

interface Header {
  readonly format: Format | undefined
  /** Of a JPEG that our decoder reads, unless it is damaged. */
  readonly markers?: Markers
}

function headerOf(bytes: Uint8Array): Header {
  const format = formatOf(bytes)
  if (format?.name !== 'JPEG') return { format }
  try {
    return { format, markers: readMarkers(bytes) }
  } catch {
    return { format }
  }
}

/** PNG is exact, and our decoder holds its data against its size where sharp does not: it reads them, whatever the option. */
function isForSharp({ format, markers }: Header, { decoder, smallJpeg }: DecodeSettings): boolean {
  if (decoder !== 'sharp' || format === undefined || format.name === 'PNG') return false
  if (markers === undefined) return true
  const { height, width, components } = markers
  return height * width > smallJpeg || !isSameBySharp(components)
}

/** Is a JPEG with these components read to sharp's bits by our decoder? */
function isSameBySharp(components: readonly Component[]): boolean {
  const [first, second] = components
  if (components.length === 1) return true
  return components.length === 3 && !(first.h === second.h && first.v === 2 * second.v)
}

/** What sharp says of a file, where both decoders are to agree on it. */
function answerOf(bytes: Uint8Array, answer: Answer, maxPixels: number): Answer {
  if (answer.error?.includes(UNSOUND_SCANS)) {
    return sharpThread().decode([{ bytes: withSoundScans(bytes) }], maxPixels)[0]
  }
  if (answer.format === 'jpeg' && answer.cmyk) checkCmyk(readMarkers(bytes))
  return answer
}

function decodeAlone(
  bytes: Uint8Array,
  { format, markers }: Header,
  { decoder, maxPixels }: DecodeSettings,
): StoredImage {
  if (format?.name === 'PNG') return decodePng(bytes, maxPixels)
  if (format?.name === 'JPEG') return decodeJpeg(bytes, maxPixels, markers)
  const hex = Array.from(bytes.subarray(0, 4), byte => byte.toString(16).padStart(2, '0')).join(' ')
  const got = format?.name ?? `a file that begins with [${hex}]`
  const more = decoder === 'sharp' ? 'read too' : 'read by sharp, npm install sharp'
  throw new UnsupportedImage(`a PNG or JPEG expected, got ${got} (WebP, AVIF, GIF and TIFF are ${more})`)
}
