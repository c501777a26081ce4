import { createRequire } from 'node:module'

/** Of the package sharp what tests use: the other opinion on what a file holds, and the writer of its kinds. */
interface Sharp {
  removeAlpha(): Sharp
  autoOrient(): Sharp
  withMetadata(options: { orientation: number }): Sharp
  toColourspace(name: string): Sharp
  raw(): Sharp
  toFormat(kind: string, options?: object): Sharp
  toBuffer(): Promise<Buffer>
  toBuffer(options: { resolveWithObject: true }): Promise<{ data: Buffer; info: Size }>
}

interface Size {
  readonly height: number
  readonly width: number
}

const sharp: (file: Uint8Array, options?: object) => Sharp = createRequire(import.meta.url)('sharp')

/** The colours of a file as sharp reads it: alpha dropped, profiles not applied. */
export async function readBySharp(
  file: Uint8Array,
  { autoOrient = false } = {},
): Promise<Size & { rgb: Uint8Array }> {
  const read = sharp(file, { ignoreIcc: true })
  const turned = autoOrient ? read.autoOrient() : read
  const colors = turned.removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await colors.toBuffer({ resolveWithObject: true })
  return { height: info.height, width: info.width, rgb: data }
}

/** A file of a kind (jpeg, webp, avif, gif, tiff), of pixels of three or four values, with an orientation. */
export const writtenBySharp = (
  kind: string,
  pixels: Uint8Array,
  { height, width }: Size,
  options: object = {},
  orientation = 1,
): Promise<Buffer> => {
  const raw = { width, height, channels: pixels.length / width / height }
  return sharp(pixels, { raw }).withMetadata({ orientation }).toFormat(kind, options).toBuffer()
}
