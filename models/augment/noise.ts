import { checkOptions } from '../../engine/check.ts'
import { checkAtLeast0 } from '../optim/groups.ts'
import type { Augmentation } from './augmentation.ts'

/** z = x + e, each e from N(0, std^2); nothing is cut off at 0 or 1. Throws unless std >= 0. */
export function noise(options: { std?: number } = {}): Augmentation {
  checkOptions('noise', options, { std: true })
  const { std = 0.05 } = options
  checkAtLeast0('noise', { std })
  return (image, _, rng) => {
    // Box and Muller's transform gives two at a time; a batch has a hundred thousand.
    for (let k = 0; k < image.length; k += 2) {
      const radius = std * Math.sqrt(-2 * Math.log(1 - rng.uniform()))
      const angle = 2 * Math.PI * rng.uniform()
      image[k] += radius * Math.cos(angle)
      if (k + 1 < image.length) image[k + 1] += radius * Math.sin(angle)
    }
  }
}
