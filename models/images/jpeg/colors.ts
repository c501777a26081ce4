import { Refusal } from '../refusal.ts'
import type { Markers } from './markers.ts'

/** What a JPEG's components are. */
export type Colors = 'grey' | 'YCbCr' | 'RGB' | 'CMYK'

/**
 * As libjpeg tells them apart (jdapimin.c, default_decompress_parms): three components are YCbCr where JFIF says so, else what
 * Adobe's transform says, else RGB where that is what they are called.
 */
export function colorsOf({ components, jfif, transform }: Markers): Colors {
  if (components.length === 1) return 'grey'
  if (components.length === 4) return 'CMYK'
  if (jfif) return 'YCbCr'
  if (transform !== undefined) return transform === 0 ? 'RGB' : 'YCbCr'
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB' ? 'RGB' : 'YCbCr'
}

/** Throws on CMYK without Adobe's segment: whether its values are of ink or of what ink leaves, nothing tells. */
export function checkCmyk(markers: Markers): void {
  if (colorsOf(markers) !== 'CMYK' || markers.transform !== undefined) return
  throw new Refusal('CMYK as Adobe writes it expected, got four components without its segment')
}

/** Of 2^16: 1.402, 0.34414, 0.71414 and 1.772, as libjpeg rounds them (jdcolor.c), so that results are its own. */
const [RED_CR, GREEN_CB, GREEN_CR, BLUE_CB] = [91881, 22554, 46802, 116130]
const HALF = 1 << 15

/** YCbCr to RGB in place, as T.871 has it, each rounded to the nearest. */
export function toRgb(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const y = pixels[i]
    const cb = pixels[i + 1] - 128
    const cr = pixels[i + 2] - 128
    pixels[i] = clamped(y + ((RED_CR * cr + HALF) >> 16))
    pixels[i + 1] = clamped(y + ((HALF - GREEN_CB * cb - GREEN_CR * cr) >> 16))
    pixels[i + 2] = clamped(y + ((BLUE_CB * cb + HALF) >> 16))
  }
}

const clamped = (v: number): number => Math.min(255, Math.max(0, v))
