import { checkOptions } from '../../engine/check.ts'
import { byClass } from './byClass.ts'
import { drawing } from './drawing.ts'
import type { NoOptions, Sampling } from './sampler.ts'

/**
 * Every class alike (Shen 2016, "class-aware sampling"): for each place of the batch a class with the same probability,
 * then one of its samples; drawn with replacement, so that the samples of a small class come often.
 */
export function classAware(options?: NoOptions): Sampling {
  checkOptions('classAware', options, {})
  return (y, size, seed) => {
    const classes = byClass('classAware', y)
    return drawing(seed, rng =>
      Int32Array.from({ length: size }, () => {
        const samples = classes[rng.integer(0, classes.length - 1)]
        return samples[rng.integer(0, samples.length - 1)]
      }),
    )
  }
}
