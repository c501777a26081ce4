import { checkInteger, shown } from '../../engine/check.ts'
import type { Image } from './image.ts'

/** 4 GiB of floats. */
const MOST_VALUES = 2 ** 30

/**
 * An image in another size, as floats in 0..255: each axis by a triangle filter as wide as two pixels of the larger
 * grid (bilinear, and when it shrinks an average without aliasing, as Pillow's BILINEAR has it). Pixels are areas:
 * pixel i of n lies at (i + 1/2) / n. An image of that size already stays as it is.  [h,w,3] -> [height,width,3]
 * Throws unless both are integers from 1 on, and the image has three values a pixel.
 */
export function resize(image: Image, height: number, width: number): Float32Array {
  checkInteger('resize', 'height', height, 1)
  checkInteger('resize', 'width', width, 1)
  if (3 * height * width > MOST_VALUES) {
    throw new Error(`resize: a size that fits into memory expected, got ${height} x ${width}`)
  }
  const { height: h, width: w, rgb } = Object(image) as Partial<Image>
  const whole = [h, w].every(side => Number.isInteger(side) && side! > 0)
  if (!(whole && typeof rgb !== 'string' && rgb?.length === 3 * h! * w!)) {
    const got = rgb?.length === undefined ? shown(image) : `${rgb.length} values of ${h} x ${w} pixels`
    throw new Error(`resize: { height, width, rgb }, three values a pixel, expected, got ${got}`)
  }
  if (height === h && width === w) return Float32Array.from(rgb)
  if (height === h) return columnsTo(rgb, height, w!, width)
  if (width === w) return rowsTo(rgb, h!, height, 3 * width)
  // What stands between the two axes is never larger than both what comes in and what goes out.
  if (width > w! && height < h!) return columnsTo(rowsTo(rgb, h!, height, 3 * w!), height, w!, width)
  return rowsTo(columnsTo(rgb, h!, w!, width), h!, height, 3 * width)
}

type Values = Float32Array | Uint8Array

/** The columns of each row to `width` of them. */
function columnsTo(rgb: Values, height: number, from: number, width: number): Float32Array {
  const { starts, first, shares } = taps(from, width)
  const narrow = new Float32Array(height * width * 3)
  for (let y = 0, to = 0; y < height; y++) {
    const row = 3 * y * from
    for (let x = 0; x < width; x++, to += 3) {
      let at = row + 3 * first[x]
      let r = 0
      let g = 0
      let b = 0
      for (let k = starts[x]; k < starts[x + 1]; k++, at += 3) {
        const share = shares[k]
        r += share * rgb[at]
        g += share * rgb[at + 1]
        b += share * rgb[at + 2]
      }
      narrow[to] = r
      narrow[to + 1] = g
      narrow[to + 2] = b
    }
  }
  return narrow
}

/** `from` rows of `line` values to `height` of them. */
function rowsTo(rows: Values, from: number, height: number, line: number): Float32Array {
  const { starts, first, shares } = taps(from, height)
  const result = new Float32Array(height * line)
  for (let y = 0, to = 0; y < height; y++, to += line) {
    for (let k = starts[y], at = first[y] * line; k < starts[y + 1]; k++, at += line) {
      const share = shares[k]
      for (let i = 0; i < line; i++) result[to + i] += share * rows[at + i]
    }
  }
  return result
}

/** What adds to each output pixel along an axis, one pixel after another. */
interface Taps {
  /** For each output pixel its first share, and at the end how many there are. */
  readonly starts: Int32Array
  /** And the input pixel of that; the others follow. */
  readonly first: Int32Array
  /** Those of an output pixel sum to 1. */
  readonly shares: Float64Array
}

/** For each of `to` output pixels the shares of the `from` input pixels along an axis, none of them 0. */
function taps(from: number, to: number): Taps {
  const scale = from / to
  const reach = Math.max(scale, 1)
  const [starts, first] = [new Int32Array(to + 1), new Int32Array(to)]
  const shares = new Float64Array(to * (Math.ceil(2 * reach) + 2))
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale
    const last = Math.min(from - 1, Math.ceil(center + reach) - 1)
    let end = starts[i]
    let total = 0
    for (let pixel = Math.max(0, Math.floor(center - reach)); pixel <= last; pixel++) {
      const share = Math.max(0, 1 - Math.abs(pixel + 0.5 - center) / reach)
      if (share === 0) continue
      if (end === starts[i]) first[i] = pixel
      shares[end++] = share
      total += share
    }
    for (let k = starts[i]; k < end; k++) shares[k] /= total
    starts[i + 1] = end
  }
  return { starts, first, shares }
}
