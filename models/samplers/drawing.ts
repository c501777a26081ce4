import { type Generator, generator } from '../../engine/index.ts'
import { checkNames } from '../../engine/state.ts'
import { words } from '../layers/layer.ts'
import type { Sampler } from './sampler.ts'

/** A sampler whose draws depend on nothing but its random numbers. */
export function drawing(seed: number, next: (rng: Generator) => Int32Array): Sampler {
  const rng = generator(seed)
  return {
    next: () => next(rng),
    state: () => ({ rng: [...rng.state()] }),
    load(values) {
      checkNames('Batches', ['rng'], Object.keys(values))
      rng.restore(words('Batches', 'rng', values.rng))
    },
  }
}

/** k of `all`, different ones, in random order: the first turns of Fisher and Yates' shuffle. */
export function choose<T>(all: readonly T[], k: number, rng: Generator): T[] {
  const left = [...all]
  for (let i = 0; i < k; i++) {
    const j = rng.integer(i, left.length - 1)
    ;[left[i], left[j]] = [left[j], left[i]]
  }
  return left.slice(0, k)
}
