import jpeg from 'jpeg-js'
import { UnsupportedImage } from '../image.ts'
import type { Markers } from './markers.ts'

/** Throws on CMYK without Adobe's segment: whether its values are of ink or of what ink leaves, nothing tells. */
export function checkCmyk({ components, transform }: Markers): void {
  if (components.length !== 4 || transform !== undefined) return
  throw new UnsupportedImage('CMYK as Adobe writes it expected, got four components without its segment')
}

/** The colours of CMYK as Adobe writes it: R = C K / 255 of the stored values. libjpeg gives no colours of it, jpeg-js does. */
export function decodeCmyk(bytes: Uint8Array, markers: Markers): Uint8Array {
  checkCmyk(markers)
  return jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    // What is left to it was checked before.
    maxResolutionInMP: Number.POSITIVE_INFINITY,
    maxMemoryUsageInMB: Number.POSITIVE_INFINITY,
  }).data
}
