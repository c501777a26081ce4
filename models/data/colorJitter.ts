import { checkOptions, type OptionNames } from '../../engine/check.ts'
import { checkAtLeast0 } from '../checks.ts'
import { type Augmentation, augmentation } from './augmentation.ts'

export interface ColorJitterOptions {
  /** Each factor f is uniform between 1 less this and 1 and this, and at least 0. Default 0.2 each. */
  brightness?: number
  contrast?: number
  saturation?: number
}

const KNOWN = {
  brightness: true,
  contrast: true,
  saturation: true,
} satisfies OptionNames<ColorJitterOptions>

/**
 * Of images from 0 to 1, one after another: brightness z = f x; contrast z = f x + (1 - f) m, m the mean over the image of the
 * grey values g; saturation z = f x + (1 - f) g, with an f of its own each; cut off at 0 and 1 each time. Of RGB
 * g = 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); an image of one channel is its own grey. As torchvision's ColorJitter, which
 * takes the three in a random order and knows of hue too. Throws unless all are >= 0, and on images of other channels.
 */
export function colorJitter(options: ColorJitterOptions = {}): Augmentation {
  checkOptions('colorJitter', options, KNOWN)
  const { brightness = 0.2, contrast = 0.2, saturation = 0.2 } = options
  checkAtLeast0('colorJitter', { brightness, contrast, saturation })
  return augmentation('colorJitter', (image, [height, width, channels], rng) => {
    if (channels !== 1 && channels !== 3) {
      throw new Error(`colorJitter: images of 1 or 3 channels expected, got ${channels}`)
    }
    const [light, steep, vivid] = [brightness, contrast, saturation].map(most =>
      rng.uniform(Math.max(0, 1 - most), 1 + most),
    )
    blend(image, 0, image.length, light, 0)
    let total = 0
    for (let k = 0; k < image.length; k += channels) total += grey(image, k, channels)
    const mean = total / (height * width)
    blend(image, 0, image.length, steep, mean)
    if (channels === 1) return
    for (let k = 0; k < image.length; k += channels) {
      blend(image, k, k + channels, vivid, grey(image, k, channels))
    }
  })
}

const grey = (image: Float32Array, k: number, channels: number): number =>
  channels === 1 ? image[k] : 0.299 * image[k] + 0.587 * image[k + 1] + 0.114 * image[k + 2]

/** f x + (1 - f) other from `begin` to `end`, cut off at 0 and 1; x as it is where f is 1. */
function blend(image: Float32Array, begin: number, end: number, f: number, other: number): void {
  if (f === 1) return
  for (let k = begin; k < end; k++) image[k] = Math.min(Math.max(f * image[k] + (1 - f) * other, 0), 1)
}
