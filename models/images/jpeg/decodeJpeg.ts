import jpeg from 'jpeg-js'
import { checkPixels, type StoredImage, UnsupportedImage } from '../image.ts'
import { orientationOf } from '../orientation.ts'
import { checkCmyk, colorsOf, interpolate, toRgb } from './components.ts'
import { type Markers, readMarkers } from './markers.ts'

/** As libvips: programs write some ten, and each costs a pass over the whole image. */
const MOST_SCANS = 100

/**
 * A JPEG's colours, and how its Exif segment turns it: grey, YCbCr, RGB, and CMYK as Adobe writes it, by R = C K / 255 of the
 * stored values. Profiles are not applied. Throws on more than `maxPixels` before memory is taken for them.
 */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): StoredImage {
  const markers = readMarkers(bytes)
  const { height, width, components, exif } = markers
  checkPixels(height, width, maxPixels)
  checkData(bytes, markers)
  if (markers.scans.length > MOST_SCANS) {
    throw new UnsupportedImage(`at most ${MOST_SCANS} scans expected, got ${markers.scans.length}`)
  }
  const colors = colorsOf(markers)
  checkCmyk(markers)
  const { data: rgb } = jpeg.decode(colors === 'CMYK' ? bytes : withoutAdobe(bytes, markers), {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    // The components as they are: what they mean is ours to say. It takes Adobe's transform 0 for none.
    colorTransform: colors === 'CMYK' ? undefined : false,
    // What is left to it was checked here.
    maxResolutionInMP: Number.POSITIVE_INFINITY,
    maxMemoryUsageInMB: Number.POSITIVE_INFINITY,
  })
  const [h, v] = [Math.max(...components.map(c => c.h)), Math.max(...components.map(c => c.v))]
  if (components.length === 3) {
    components.forEach((component, c) => {
      const [across, down] = [h / component.h, v / component.v]
      if (across * down > 1 && across <= 2 && down <= 2 && Number.isInteger(across * down)) {
        interpolate(rgb, height, width, c, across === 2, down === 2)
      }
    })
  }
  if (colors === 'YCbCr') toRgb(rgb)
  return { height, width, rgb, orientation: orientationOf(exif) }
}

/** A copy whose Adobe segments have another name, since they overrule the decoder's options. */
function withoutAdobe(bytes: Uint8Array, { adobe }: Markers): Uint8Array {
  if (adobe.length === 0) return bytes
  const copy = Uint8Array.from(bytes)
  for (const at of adobe) copy[at] = 0
  return copy
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
