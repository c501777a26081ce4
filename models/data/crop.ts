import { checkNumber, checkOptions } from '../../engine/check.ts'
import { type Augmentation, augmentation } from './augmentation.ts'
import { type Axis, resample } from './resample.ts'

/** With `probability`, z[h,w] = x[h,W-1-w]: left and right change places. Throws unless it is from 0 to 1. */
export function flip(options: { probability?: number } = {}): Augmentation {
  checkOptions('flip', options, { probability: true })
  const { probability = 0.5 } = options
  checkNumber('flip', 'probability', probability, 0, 1)
  return augmentation('flip', (image, [height, width, channels], rng) => {
    if (rng.uniform() >= probability) return
    const line = width * channels
    for (let row = 0; row < height * line; row += line) {
      for (let w = 0; w < width >> 1; w++) {
        const [left, right] = [row + w * channels, row + (width - 1 - w) * channels]
        for (let c = 0; c < channels; c++) {
          ;[image[left + c], image[right + c]] = [image[right + c], image[left + c]]
        }
      }
    }
  })
}

export interface CropOptions {
  /** The least share of the image's area, above 0. Default 0.8. */
  area?: number
  /** How many times as wide, for its height, or as narrow, as the image, at most; at least 1. Default 4/3. */
  ratio?: number
}

/**
 * A rectangle of the image, made as large as the image, bilinear between pixels: its area a share, uniform between `area` and 1,
 * its aspect e^u times the image's, u uniform in -ln ratio..ln ratio, sides no longer than the image's, its place uniform. After the
 * random resized crop of Szegedy 2015, arXiv:1409.4842, section 6, whose aspect is of width to height, whatever the
 * image's. Throws unless 0 < area <= 1 and ratio >= 1.
 */
export function crop(options: CropOptions = {}): Augmentation {
  checkOptions('crop', options, { area: true, ratio: true })
  const { area = 0.8, ratio = 4 / 3 } = options
  checkNumber('crop', 'area', area, Number.MIN_VALUE, 1)
  checkNumber('crop', 'ratio', ratio, 1, Number.MAX_VALUE)
  return augmentation('crop', (image, [height, width, channels], rng) => {
    const share = rng.uniform(area, 1)
    const aspect = Math.exp(rng.uniform(-1, 1) * Math.log(ratio))
    const [down, across] = [rng.uniform(), rng.uniform()]
    const within = (axis: Axis, part: number, draw: number): void => {
      const side = Math.min(1, part) * axis.size
      const first = draw * (axis.size - side)
      // Pixels are squares, whose middles are half a pixel from the image's edge; the outermost reach up to it.
      const place = (k: number): number => first + ((k + 0.5) * side) / axis.size - 0.5
      resample(image, axis, k => Math.min(Math.max(place(k), 0), axis.size - 1))
    }
    within({ size: height, stride: width * channels, groups: 1 }, Math.sqrt(share / aspect), down)
    within({ size: width, stride: channels, groups: height }, Math.sqrt(share * aspect), across)
  })
}
