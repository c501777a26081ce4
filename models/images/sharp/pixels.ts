import type { Stored } from '../image.ts'
import { exifIn, orientationOf } from '../orientation.ts'
import { checkPixels, Refusal } from '../refusal.ts'
import type { Answer } from './thread.ts'

/** Red, green and blue of what sharp decoded; alpha is dropped, 16 bits become 8, CMYK as the builtin decoder has it. */
export function imageOf(answer: Answer, maxPixels: number): Stored {
  const { height, width, channels, data, cmyk, error } = answer
  if (error !== undefined) throw new Error(error.split('\n')[0])
  checkPixels(height, width, maxPixels)
  if (data === undefined) throw new Refusal('no pixels')
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
