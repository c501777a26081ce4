import { checkOptions } from '../../engine/check.ts'
import { checkAtLeast0 } from '../optim/groups.ts'
import type { Augmentation } from './augmentation.ts'

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
  return (image, [height, width, channels], rng) => {
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
  }
}

export interface EraseOptions {
  probability?: number
  most?: number
}
