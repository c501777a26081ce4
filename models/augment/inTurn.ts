import { checkMade } from '../made.ts'
import type { Augmentation } from './augmentation.ts'
import { erase } from './erase.ts'
import { noise } from './noise.ts'
import { scale } from './scale.ts'
import { shift } from './shift.ts'

/** One after another. */
export function inTurn(...steps: readonly Augmentation[]): Augmentation {
  steps.forEach((step, i) => {
    checkAugmentation('inTurn', `step ${i}`, step)
  })
  return (image, size, rng) => {
    for (const step of steps) step(image, size, rng)
  }
}

/** Throws unless `value` is an augmentation, and not what makes one. */
export const checkAugmentation = (op: string, name: string, value: unknown): void =>
  checkMade(op, name, value, { shift, scale, noise, erase, inTurn })
