import type { Image, StoredImage } from './image.ts'

const TAG = 0x0112
const SHORT = 3

/**
 * How an image is to be turned, 1 to 8, as Exif says it; 1, as it is, where there is none or it is damaged: what a camera notes
 * beside the picture never makes the picture unreadable.
 * Source: CIPA DC-008 (Exif), Orientation; TIFF 6.0, section 2, for the bytes.
 */
export function orientationOf(exif: Uint8Array | undefined): number {
  if (exif === undefined || exif.length < 14) return 1
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength)
  const little = view.getUint16(0) === 0x4949
  if ((!little && view.getUint16(0) !== 0x4d4d) || view.getUint16(2, little) !== 42) return 1
  const directory = view.getUint32(4, little)
  if (directory + 2 > exif.length) return 1
  const entries = view.getUint16(directory, little)
  for (let i = 0, at = directory + 2; i < entries && at + 12 <= exif.length; i++, at += 12) {
    if (view.getUint16(at, little) !== TAG) continue
    const value = view.getUint16(at + 8, little)
    return view.getUint16(at + 2, little) === SHORT && value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

const EXIF = [...'Exif\0\0'].map(c => c.charCodeAt(0))

/** The Exif block in a segment of a JPEG; undefined where it is another's. */
export const exifIn = (content: Uint8Array): Uint8Array | undefined =>
  EXIF.every((byte, i) => content[i] === byte) ? content.subarray(EXIF.length) : undefined

/**
 * The image upright. Orientation o says where the first row and column of what is stored belong: 1 top and left, 2 top and right,
 * 3 bottom and right, 4 bottom and left, 5 left and top, 6 right and top, 7 right and bottom, 8 left and bottom.
 */
export function upright({ height: h, width: w, rgb, orientation }: StoredImage): Image {
  if (orientation === 1) return { height: h, width: w, rgb }
  const exchanged = orientation >= 5
  const [height, width] = exchanged ? [w, h] : [h, w]
  const fromRight = [2, 3, 7, 8].includes(orientation) // columns of the stored image run backwards
  const fromBottom = [3, 4, 6, 7].includes(orientation) // rows do
  const turned = new Uint8Array(rgb.length)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const [i, j] = exchanged ? [x, y] : [y, x]
      const from = 3 * ((fromBottom ? h - 1 - i : i) * w + (fromRight ? w - 1 - j : j))
      turned[to] = rgb[from]
      turned[to + 1] = rgb[from + 1]
      turned[to + 2] = rgb[from + 2]
    }
  }
  return { height, width, rgb: turned }
}
