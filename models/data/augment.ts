import { checkOptions } from '../../engine/check.ts'
import { checkAtLeast0, checkCalled } from '../checks.ts'
import { type Augmentation, augmentation, type Size } from './augmentation.ts'
import { colorJitter } from './colorJitter.ts'
import { crop, flip } from './crop.ts'
import { resample } from './resample.ts'

export type { Augmentation, Size }

/** One after another. */
export function inTurn(...steps: readonly Augmentation[]): Augmentation {
  steps.forEach((step, i) => {
    checkAugmentation('inTurn', `step ${i}`, step)
  })
  return augmentation('inTurn', (image, size, rng) => {
    for (const step of steps) step(image, size, rng)
  })
}

/** Throws unless `value` is an augmentation, and not what makes one. */
export const checkAugmentation = (op: string, name: string, value: unknown): void =>
  checkCalled(op, name, value, { shift, flip, crop, scale, colorJitter, noise, erase, inTurn })

/**
 * z[h,w] = x[h - dy, w - dx], dy and dx whole pixels, each uniform in -most..most; 0 where nothing comes from: what a random
 * crop is out of an image with `most` rows and columns of zeros around it.
 * Throws unless `most` is an integer >= 0.
 */
export function shift(options: { most?: number } = {}): Augmentation {
  checkOptions('shift', options, { most: true })
  const { most = 2 } = options
  checkAtLeast0('shift', { most })
  if (!Number.isInteger(most)) throw new Error(`shift: most is a number of whole pixels, got ${most}`)
  return augmentation('shift', (image, [height, width, channels], rng) => {
    const [dy, dx] = [rng.integer(-most, most), rng.integer(-most, most)]
    const before = image.slice()
    image.fill(0)
    if (Math.abs(dx) >= width) return
    const [left, right] = [Math.max(0, dx), Math.min(width, width + dx)]
    for (let h = Math.max(0, dy); h < Math.min(height, height + dy); h++) {
      const from = (h - dy) * width + left - dx
      const row = before.subarray(from * channels, (from + right - left) * channels)
      image.set(row, (h * width + left) * channels)
    }
  })
}

/**
 * z[h,w] = x[c + (h - c) / f, c' + (w - c') / f], (c, c') the middle, f = e^u with u uniform in -most..most: the image
 * larger or smaller by as much; bilinear between pixels, 0 outside. Throws unless `most` >= 0.
 */
export function scale(options: { most?: number } = {}): Augmentation {
  checkOptions('scale', options, { most: true })
  const { most = 0.1 } = options
  checkAtLeast0('scale', { most })
  return augmentation('scale', (image, [height, width, channels], rng) => {
    const factor = Math.exp(rng.uniform(-most, most))
    // Bilinear is linear along one axis, and then along the other: the rows, and the pixels of each.
    const around = (size: number) => (k: number) => (size - 1) / 2 + (k - (size - 1) / 2) / factor
    resample(image, { size: height, stride: width * channels, groups: 1 }, around(height))
    resample(image, { size: width, stride: channels, groups: height }, around(width))
  })
}

/** z = x + e, each e from N(0, std^2); nothing is cut off at 0 or 1. Throws unless std >= 0. */
export function noise(options: { std?: number } = {}): Augmentation {
  checkOptions('noise', options, { std: true })
  const { std = 0.05 } = options
  checkAtLeast0('noise', { std })
  return augmentation('noise', (image, _, rng) => {
    for (let k = 0; k < image.length; k += 2) {
      const [first, second] = rng.normalPair(std)
      image[k] += first
      if (k + 1 < image.length) image[k + 1] += second
    }
  })
}

/**
 * With `probability`, a rectangle of the image becomes 0: its height and width each uniform between 1 and `most` of the
 * image's (rounded down), its place uniform. After random erasing, Zhong 2020, arXiv:1708.04896, which draws area and
 * aspect ratio instead, and fills with noise. Throws unless both lie from 0 to 1.
 */
export function erase(options: EraseOptions = {}): Augmentation {
  checkOptions('erase', options, { probability: true, most: true })
  const { probability = 0.25, most = 0.4 } = options
  checkAtLeast0('erase', { probability, most })
  if (probability > 1 || most > 1) {
    throw new Error(`erase: probability and most are at most 1, got ${probability} and ${most}`)
  }
  return augmentation('erase', (image, [height, width, channels], rng) => {
    const [chance, ...draws] = Array.from({ length: 5 }, () => rng.uniform())
    if (chance >= probability) return
    const whole = (draw: number, low: number, high: number): number =>
      low + Math.floor(draw * (high - low + 1))
    const rows = whole(draws[0], 1, Math.max(1, Math.floor(most * height)))
    const columns = whole(draws[1], 1, Math.max(1, Math.floor(most * width)))
    const [top, left] = [whole(draws[2], 0, height - rows), whole(draws[3], 0, width - columns)]
    for (let h = top; h < top + rows; h++) {
      image.fill(0, (h * width + left) * channels, (h * width + left + columns) * channels)
    }
  })
}

export interface EraseOptions {
  probability?: number
  most?: number
}
