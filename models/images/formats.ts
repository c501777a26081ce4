import type { Decoder } from './sharp/decoder.ts'

/** A format of image files that are read, told by its first bytes; `endings` are what their names end in. */
export interface Format {
  readonly name: string
  readonly endings: readonly string[]
  /** Read without sharp. */
  readonly builtin: boolean
  readonly is: (bytes: Uint8Array) => boolean
}

const text = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to))

/** In the order in which errors name them. */
const FORMATS: readonly Format[] = [
  {
    name: 'TIFF',
    endings: ['.tif', '.tiff'],
    builtin: false,
    is: b => ['II*\0', 'MM\0*'].includes(text(b, 0, 4)),
  },
  { name: 'GIF', endings: ['.gif'], builtin: false, is: b => /^GIF8[79]a$/.test(text(b, 0, 6)) },
  {
    name: 'AVIF',
    endings: ['.avif'],
    builtin: false,
    is: b => ['ftypavif', 'ftypavis'].includes(text(b, 4, 12)),
  },
  {
    name: 'WebP',
    endings: ['.webp'],
    builtin: false,
    is: b => text(b, 0, 4) === 'RIFF' && text(b, 8, 12) === 'WEBP',
  },
  { name: 'PNG', endings: ['.png'], builtin: true, is: b => text(b, 0, 4) === '\x89PNG' },
  {
    name: 'JPEG',
    endings: ['.jpg', '.jpeg', '.jpe', '.jfif'],
    builtin: true,
    is: b => text(b, 0, 3) === '\xff\xd8\xff',
  },
]

/** Endings of images of formats that are not read. */
const OTHER_ENDINGS: readonly string[] = ['.bmp', '.heic', '.heif', '.jp2', '.jxl', '.svg', '.psd', '.dng']

export const formatOf = (bytes: Uint8Array): Format | undefined => FORMATS.find(format => format.is(bytes))

const readBy = (decoder: Decoder): Format[] => FORMATS.filter(format => format.builtin || decoder === 'sharp')

/** The endings of files that are read. */
export const endingsReadBy = (decoder: Decoder): Set<string> =>
  new Set(readBy(decoder).flatMap(format => format.endings))

/** The endings of files that are images, read or not. */
export const IMAGE_ENDINGS: ReadonlySet<string> = new Set([...endingsReadBy('sharp'), ...OTHER_ENDINGS])

/** What is read, for errors: `PNG or JPEG`, `TIFF, GIF, AVIF, WebP, PNG or JPEG`. */
export function namesReadBy(decoder: Decoder): string {
  const names = readBy(decoder).map(format => format.name)
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
