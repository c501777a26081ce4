import { checkAtLeast0 } from '../optim/groups.ts'
import type { Augmentation } from './augmentation.ts'

/** z = x + e, each e from N(0, std^2); nothing is cut off at 0 or 1. Throws unless std >= 0. */
export function noise({ std = 0.05 }: { std?: number } = {}): Augmentation {
  checkAtLeast0('noise', { std })
  return (image, _, rng) => {
    for (let k = 0; k < image.length; k++) image[k] += std * rng.normal()
  }
}
