import { checkAtLeast0 } from '../optim/groups.ts'
import type { Augmentation } from './augmentation.ts'

/**
 * z[h,w] = x[c + (h - c) / f, c' + (w - c') / f], (c, c') the middle, f = e^u with u uniform in -most..most: the image
 * larger or smaller by as much; bilinear between pixels, 0 outside. Throws unless `most` >= 0.
 */
export function scale({ most = 0.1 }: { most?: number } = {}): Augmentation {
  checkAtLeast0('scale', { most })
  return (image, [height, width, channels], rng) => {
    const factor = Math.exp(rng.uniform(-most, most))
    const before = image.slice()
    const [rows, columns] = [taps(height, factor), taps(width, factor)]
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < channels; c++) {
          const at = (i: number, j: number): number =>
            i >= 0 && i < height && j >= 0 && j < width ? before[(i * width + j) * channels + c] : 0
          const { low: i, part: p } = rows[h]
          const { low: j, part: q } = columns[w]
          const top = (1 - q) * at(i, j) + q * at(i, j + 1)
          const bottom = (1 - q) * at(i + 1, j) + q * at(i + 1, j + 1)
          image[(h * width + w) * channels + c] = (1 - p) * top + p * bottom
        }
      }
    }
  }
}

/** Where each pixel of an axis comes from: between `low` and the next, `part` of the way. */
function taps(size: number, factor: number): { low: number; part: number }[] {
  const middle = (size - 1) / 2
  return Array.from({ length: size }, (_, k) => {
    const at = middle + (k - middle) / factor
    const low = Math.floor(at)
    return { low, part: at - low }
  })
}
