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
  // What stands between the two axes is never larger than both what comes in and what goes out.
  if (width > w! && height < h!) return columnsTo(rowsTo(rgb, h!, height, 3 * w!), height, w!, width)
  return rowsTo(columnsTo(rgb, h!, w!, width), h!, height, 3 * width)
}

type Values = Float32Array | Uint8Array

/** The columns of each row to `width` of them. */
function columnsTo(rgb: Values, height: number, from: number, width: number): Float32Array {
  const { first, count, share, most } = weights(from, width)
  const narrow = new Float32Array(height * width * 3)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let at = 3 * (y * from + first[x])
      let [r, g, b] = [0, 0, 0]
      for (let k = most * x; k < most * x + count[x]; k++, at += 3) {
        r += share[k] * rgb[at]
        g += share[k] * rgb[at + 1]
        b += share[k] * rgb[at + 2]
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
  const { first, count, share, most } = weights(from, height)
  const result = new Float32Array(height * line)
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < count[y]; k++) {
      const [w, at] = [share[most * y + k], (first[y] + k) * line]
      for (let i = 0; i < line; i++) result[y * line + i] += w * rows[at + i]
    }
  }
  return result
}

interface Weights {
  /** For each output pixel the first input pixel that adds to it, and how many do. */
  readonly first: Int32Array
  readonly count: Int32Array
  /** What each of them adds, `most` places for an output pixel; they sum to 1. */
  readonly share: Float64Array
  readonly most: number
}

/** For each of `to` output pixels the weights of the `from` input pixels along an axis. */
function weights(from: number, to: number): Weights {
  const scale = from / to
  const reach = Math.max(scale, 1)
  const most = Math.ceil(2 * reach) + 2
  const [first, count] = [new Int32Array(to), new Int32Array(to)]
  const share = new Float64Array(to * most)
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale
    first[i] = Math.max(0, Math.floor(center - reach))
    count[i] = Math.min(from - 1, Math.ceil(center + reach) - 1) - first[i] + 1
    const own = share.subarray(i * most, i * most + count[i])
    let total = 0
    for (let k = 0; k < own.length; k++) {
      own[k] = Math.max(0, 1 - Math.abs(first[i] + k + 0.5 - center) / reach)
      total += own[k]
    }
    for (let k = 0; k < own.length; k++) own[k] /= total
  }
  return { first, count, share, most }
}
