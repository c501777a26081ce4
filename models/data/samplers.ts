import { checkInteger, checkOptions } from '../../engine/check.ts'
import { type Generator, generator, type Json } from '../../engine/index.ts'
import { recorded } from '../../engine/recipe.ts'
import { checkNames } from '../../engine/state.ts'
import { checkLabels, type Labels } from '../../losses/labels.ts'
import { rowsByLabel } from '../labels.ts'
import { count, generatorState } from '../state.ts'

/** Draws the samples of a batch. Its state is all that the next draws depend on. */
export interface Sampler {
  /** Indices of the next batch. */
  next(): Int32Array
  state(): Readonly<Record<string, Json>>
  load(values: Readonly<Record<string, Json>>): void
}

/** A sampler for samples with these labels, in batches of `size`; the same seed draws the same. */
export type Sampling = (y: Int32Array, size: number, seed: number) => Sampler

/**
 * Every sample alike: all of them in a new random order each epoch. The last of an epoch that do not fill a batch are left
 * out of that epoch. With `window` the order is that of the data, shuffled as far as a buffer of so many samples shuffles it: each draw
 * takes one of the buffer at random, and the next of the data takes its place. Reads of one large file then stay near each other.
 */
export function instances(options: { window?: number } = {}): Sampling {
  checkOptions('instances', options, { window: ['shuffle', 'bufferSize', 'buffer_size'] })
  const { window } = options
  if (window !== undefined) checkInteger('instances', 'window', window, 1)
  return recorded<Sampling>(
    (y, size, seed) => {
      const n = y.length
      const rng = generator(seed)
      // The order of an epoch follows from where its random numbers began.
      let epoch: readonly number[]
      const shuffle = (): Int32Array => {
        epoch = rng.state()
        return window === undefined ? rng.permutation(n) : throughWindow(n, window, rng)
      }
      const known: Readonly<Record<string, Json>> = window === undefined ? {} : { window }
      let order = shuffle()
      let at = 0
      return {
        next() {
          if (at + size > n) {
            order = shuffle()
            at = 0
          }
          at += size
          return order.subarray(at - size, at)
        },
        state: () => ({ samples: n, at, epoch: [...epoch], ...known }),
        load(values) {
          checkNames('Batches', ['samples', 'at', 'epoch', ...Object.keys(known)], Object.keys(values))
          const samples = count('Batches', values, 'samples')
          if (samples !== n) throw new Error(`Batches: samples is ${n}, got ${samples}`)
          if (values.window !== window) throw new Error(`Batches: window is ${window}, got ${values.window}`)
          const position = count('Batches', values, 'at')
          if (position > n) throw new Error(`Batches: at is at most ${n}, got ${position}`)
          rng.load(generatorState('Batches', 'epoch', values.epoch))
          order = shuffle()
          at = position
        },
      }
    },
    'instances',
    options,
  )
}

/** 0..n-1 as they come out of a buffer of `window` of them. */
function throughWindow(n: number, window: number, rng: Generator): Int32Array {
  const buffer = Int32Array.from({ length: Math.min(window, n) }, (_, i) => i)
  return Int32Array.from({ length: n }, (_, i) => {
    const left = Math.min(buffer.length, n - i)
    const j = rng.integer(0, left - 1)
    const sample = buffer[j]
    // Once there is no next one, the last of the buffer moves up.
    buffer[j] = i + buffer.length < n ? i + buffer.length : buffer[left - 1]
    return sample
  })
}

/**
 * Every class alike (Shen 2016, "class-aware sampling"): for each place of the batch a class with the same probability,
 * then one of its samples; drawn with replacement, so that the samples of a small class come often.
 */
export function classAware(options?: Readonly<Record<string, never>>): Sampling {
  checkOptions('classAware', options, {})
  return recorded<Sampling>(
    (y, size, seed) => {
      const classes = samplesByClass('classAware', y)
      return drawing(seed, rng =>
        Int32Array.from({ length: size }, () => {
          const samples = classes[rng.integer(0, classes.length - 1)]
          return samples[rng.integer(0, samples.length - 1)]
        }),
      )
    },
    'classAware',
    {},
  )
}

/**
 * P classes with K samples each, P K the size of the batch (Hermans 2017, "PK batches"): different classes, and different
 * samples of a class as far as it has them; a class of fewer gives some of them again. Throws when K does not divide the
 * batch, or there are fewer than P classes.
 */
export function identityBalanced(options: { samples?: number } = {}): Sampling {
  checkOptions('identityBalanced', options, { samples: true })
  const { samples = 4 } = options
  checkInteger('identityBalanced', 'samples', samples, 1)
  return recorded<Sampling>(
    (y, size, seed) => {
      const count = size / samples
      if (!Number.isInteger(count)) {
        throw new Error(`identityBalanced: samples that divide the batch of ${size} expected, got ${samples}`)
      }
      const classes = samplesByClass('identityBalanced', y)
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
    },
    'identityBalanced',
    { samples },
  )
}

/** A sampler whose draws depend on nothing but its random numbers. */
function drawing(seed: number, next: (rng: Generator) => Int32Array): Sampler {
  const rng = generator(seed)
  return {
    next: () => next(rng),
    state: () => ({ rng: [...rng.state()] }),
    load(values) {
      checkNames('Batches', ['rng'], Object.keys(values))
      rng.load(generatorState('Batches', 'rng', values.rng))
    },
  }
}

/** k of `all`, different ones, in random order: the first turns of Fisher and Yates' shuffle. */
function choose<T>(all: readonly T[], k: number, rng: Generator): T[] {
  const left = [...all]
  for (let i = 0; i < k; i++) {
    const j = rng.integer(i, left.length - 1)
    ;[left[i], left[j]] = [left[j], left[i]]
  }
  return left.slice(0, k)
}

/** The samples of each class that has any, by ascending class. */
const samplesByClass = (op: string, y: Labels): number[][] =>
  [...rowsByLabel(checkLabels(op, y))].sort(([a], [b]) => a - b).map(([, rows]) => rows)
