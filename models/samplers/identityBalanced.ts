import { checkInteger, checkOptions } from '../../engine/check.ts'
import { byClass } from './byClass.ts'
import { choose, drawing } from './drawing.ts'
import type { Sampling } from './sampler.ts'

/**
 * P classes with K samples each, P K the size of the batch (Hermans 2017, "PK batches"): different classes, and different
 * samples of a class as far as it has them; a class of fewer gives some of them again. Throws when K does not divide the
 * batch, or there are fewer than P classes.
 */
export function identityBalanced(options: { samples?: number } = {}): Sampling {
  checkOptions('identityBalanced', options, { samples: true })
  const { samples = 4 } = options
  checkInteger('identityBalanced', 'samples', samples, 1)
  return (y, size, seed) => {
    const count = size / samples
    if (!Number.isInteger(count)) {
      throw new Error(`identityBalanced: samples that divide the batch of ${size} expected, got ${samples}`)
    }
    const classes = byClass('identityBalanced', y)
    if (classes.length < count) {
      throw new Error(`identityBalanced: at least ${count} classes expected, got ${classes.length}`)
    }
    return drawing(seed, rng =>
      Int32Array.from(
        choose(classes, count, rng).flatMap(own => {
          const different = choose(own, Math.min(samples, own.length), rng)
          return Array.from({ length: samples }, (_, i) =>
            i < own.length ? different[i] : own[rng.integer(0, own.length - 1)],
          )
        }),
      ),
    )
  }
}
