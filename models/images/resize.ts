import type { Image } from './image.ts'

/**
 * An image in another size, as floats in 0..255: each axis by a triangle filter as wide as two pixels of the larger
 * grid (bilinear, and when it shrinks an average without aliasing, as Pillow's BILINEAR has it). Pixels are areas:
 * pixel i of n lies at (i + 1/2) / n. An image of that size already stays as it is.  [h,w,3] -> [height,width,3]
 */
export function resize(image: Image, height: number, width: number): Float32Array {
  const rows = weights(image.height, height)
  const columns = weights(image.width, width)
  const narrow = new Float32Array(image.height * width * 3)
  for (let y = 0; y < image.height; y++) {
    columns.forEach(({ first, share }, x) => {
      share.forEach((w, k) => {
        for (let c = 0; c < 3; c++) {
          narrow[(y * width + x) * 3 + c] += w * image.rgb[(y * image.width + first + k) * 3 + c]
        }
      })
    })
  }
  const result = new Float32Array(height * width * 3)
  const line = width * 3
  rows.forEach(({ first, share }, y) => {
    share.forEach((w, k) => {
      for (let i = 0; i < line; i++) result[y * line + i] += w * narrow[(first + k) * line + i]
    })
  })
  return result
}

interface Weights {
  readonly first: number
  /** What each input pixel from `first` on adds; they sum to 1. */
  readonly share: readonly number[]
}

/** For each of `to` output pixels the weights of the `from` input pixels along an axis. */
function weights(from: number, to: number): Weights[] {
  const scale = from / to
  const reach = Math.max(scale, 1)
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale
    const first = Math.max(0, Math.floor(center - reach))
    const last = Math.min(from - 1, Math.ceil(center + reach) - 1)
    const raw = Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / reach),
    )
    const total = raw.reduce((a, b) => a + b)
    return { first, share: raw.map(w => w / total) }
  })
}
