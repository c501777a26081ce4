import { checkPixels, type StoredImage, UnsupportedImage } from '../image.ts'
import { orientationOf } from '../orientation.ts'
import { decodeCmyk } from './cmyk.ts'
import { rgbaOf } from './libjpeg.ts'
import { type Markers, readMarkers, withSoundScans } from './markers.ts'

/** As libvips: programs write some ten, and each costs a pass over the whole image. */
const MOST_SCANS = 100

/** libjpeg's word for what `withSoundScans` mends. */
export const UNSOUND_SCANS = 'Invalid SOS parameters for sequential JPEG'

/** Bytes between the last pixel and the end of the file are harmless, and cameras write them. */
export const BYTES_BEFORE_END = /extraneous bytes before marker 0xd9/

/**
 * A JPEG's colours, and how its Exif segment turns it: grey, YCbCr, RGB, and CMYK as Adobe writes it. Profiles are not applied.
 * Throws on more than `maxPixels` before memory is taken for them. `markers` are the file's, where they were read already.
 */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number, markers = readMarkers(bytes)): StoredImage {
  const { height, width, components, exif } = markers
  checkPixels(height, width, maxPixels)
  checkData(bytes, markers)
  if (markers.scans.length > MOST_SCANS) {
    throw new UnsupportedImage(`at most ${MOST_SCANS} scans expected, got ${markers.scans.length}`)
  }
  const rgb = components.length === 4 ? decodeCmyk(bytes, markers) : withoutAlpha(decoded(bytes))
  return { height, width, rgb, orientation: orientationOf(exif) }
}

function decoded(bytes: Uint8Array): Uint8ClampedArray {
  try {
    return rgbaOf(bytes, warning => BYTES_BEFORE_END.test(warning))
  } catch (error) {
    // It tells its first warning only: what is mended must not hide another.
    if (!(error as Error).message.includes(UNSOUND_SCANS)) throw error
    return rgbaOf(withSoundScans(bytes), warning => BYTES_BEFORE_END.test(warning))
  }
}

/** Does the first byte of a word hold its lowest bits? */
const LOW_FIRST = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Red, green and blue of each pixel: of four at a time, three words from four. */
function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const count = rgba.length / 4
  const whole = LOW_FIRST ? count - (count % 4) : 0
  const rgb = new Uint8Array(3 * count)
  const from = new Uint32Array(rgba.buffer, rgba.byteOffset, whole)
  const to = new Uint32Array(rgb.buffer, 0, (3 * whole) / 4)
  for (let i = 0, k = 0; i < whole; i += 4, k += 3) {
    const second = from[i + 1]
    const third = from[i + 2]
    to[k] = (from[i] & 0xffffff) | (second << 24)
    to[k + 1] = ((second >>> 8) & 0xffff) | (third << 16)
    to[k + 2] = ((third >>> 16) & 0xff) | (from[i + 3] << 8)
  }
  for (let i = whole; i < count; i++) for (let c = 0; c < 3; c++) rgb[3 * i + c] = rgba[4 * i + c]
  return rgb
}

/** Throws when the file is too short for its size: a block of 8 x 8 samples takes a bit at the least. */
function checkData(bytes: Uint8Array, { height, width, components }: Markers): void {
  const [h, v] = [Math.max(...components.map(c => c.h)), Math.max(...components.map(c => c.v))]
  const blocks = components
    .map(c => Math.ceil((width * c.h) / (8 * h)) * Math.ceil((height * c.v) / (8 * v)))
    .reduce((a, b) => a + b)
  if (blocks > 8 * bytes.length) {
    throw new Error(`${width} x ${height} pixels declared, and ${bytes.length} bytes, which cannot hold them`)
  }
}
