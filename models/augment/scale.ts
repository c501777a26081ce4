import { checkOptions } from '../../engine/check.ts'
import { checkAtLeast0 } from '../optim/groups.ts'
import type { Augmentation } from './augmentation.ts'

/**
 * z[h,w] = x[c + (h - c) / f, c' + (w - c') / f], (c, c') the middle, f = e^u with u uniform in -most..most: the image
 * larger or smaller by as much; bilinear between pixels, 0 outside. Throws unless `most` >= 0.
 */
export function scale(options: { most?: number } = {}): Augmentation {
  checkOptions('scale', options, { most: true })
  const { most = 0.1 } = options
  checkAtLeast0('scale', { most })
  return (image, [height, width, channels], rng) => {
    const factor = Math.exp(rng.uniform(-most, most))
    // Bilinear is linear along one axis, and then along the other: the rows, and the pixels of each.
    resample(image, { size: height, stride: width * channels, groups: 1, factor })
    resample(image, { size: width, stride: channels, groups: height, factor })
  }
}

interface Axis {
  readonly size: number
  /** From one place of the axis to the next. */
  readonly stride: number
  /** How often the axis lies in the image, one after another. */
  readonly groups: number
  readonly factor: number
}

/** Along one axis. */
function resample(image: Float32Array, { size, stride, groups, factor }: Axis): void {
  const before = image.slice()
  const middle = (size - 1) / 2
  for (let k = 0; k < size; k++) {
    // Between `low` and the next, `part` of the way.
    const at = middle + (k - middle) / factor
    const low = Math.floor(at)
    const part = at - low
    const [a, b] = [low >= 0 && low < size ? 1 - part : 0, low + 1 >= 0 && low + 1 < size ? part : 0]
    // What a weight of 0 takes is of no account, but must be a number.
    const [from, next] = [a === 0 ? 0 : low, b === 0 ? 0 : low + 1]
    for (let g = 0; g < groups; g++) {
      const base = g * size * stride
      for (let s = 0; s < stride; s++) {
        image[base + k * stride + s] =
          a * before[base + from * stride + s] + b * before[base + next * stride + s]
      }
    }
  }
}
