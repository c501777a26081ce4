import { UnsupportedImage } from '../image.ts'
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
  throw new UnsupportedImage('CMYK as Adobe writes it expected, got four components without its segment')
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

/**
 * Component `c` of three, of half the samples across, down or both, which the decoder has repeated: interpolated in place, as
 * libjpeg does by default. Of two samples the nearer weighs 3/4, along each axis; the image's edge repeats.
 * Source: libjpeg-turbo, jdsample.c (h2v1_fancy_upsample, h1v2_fancy_upsample, h2v2_fancy_upsample), with its rounding.
 */
export function interpolate(
  pixels: Uint8Array,
  height: number,
  width: number,
  c: number,
  across: boolean,
  down: boolean,
): void {
  const [fx, fy] = [across ? 2 : 1, down ? 2 : 1]
  const [columns, rows] = [Math.ceil(width / fx), Math.ceil(height / fy)]
  // As libjpeg, which interpolates across from three samples on, and otherwise repeats.
  if (across && columns < 3) return
  const small = new Uint8Array(rows * columns)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) small[y * columns + x] = pixels[3 * (y * fy * width + x * fx) + c]
  }
  const sums = new Uint16Array(columns)
  for (let y = 0; y < height; y++) {
    const near = y >> (fy - 1)
    const far = Math.min(rows - 1, Math.max(0, down ? near + ((y & 1) === 0 ? -1 : 1) : near))
    for (let x = 0; x < columns; x++) {
      const [a, b] = [small[near * columns + x], small[far * columns + x]]
      sums[x] = down ? 3 * a + b : a
    }
    for (let x = 0; x < width; x++) pixels[3 * (y * width + x) + c] = at(sums, x, y, across, down)
  }
}

/** Column x of row y, of the sums of its row: rounded up and down in turn, as libjpeg does. */
function at(sums: Uint16Array, x: number, y: number, across: boolean, down: boolean): number {
  if (!across) return (sums[x] + 1 + (y & 1)) >> 2
  const near = x >> 1
  const odd = x & 1
  const other = near + (odd === 0 ? -1 : 1)
  if (down) {
    const far = other < 0 || other >= sums.length ? sums[near] : sums[other]
    return (3 * sums[near] + far + 8 - odd) >> 4
  }
  if (other < 0 || other >= sums.length) return sums[near]
  return (3 * sums[near] + sums[other] + 1 + odd) >> 2
}
