import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { type TensorOptions, tensor } from './create.ts'
import type { Shape } from './shape.ts'
import { checkShape, sizeOf } from './shape.ts'
import type { Tensor } from './tensor.ts'

/** Outputs to pass over after seeding: neighbouring seeds start in neighbouring states. */
const WARM_UP = 32

/**
 * A stream of random numbers: the same seed gives the same numbers, and `state` and `restore` let it go on where
 * it was. Whoever needs chance takes one of these; nothing in the library draws from a hidden source.
 */
export class Generator {
  #source

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new Error(`Generator: the seed is an integer, got ${seed}`)
    this.#source = xoroshiro128plus(seed | 0)
    for (let i = 0; i < WARM_UP; i++) this.#source.next()
  }

  /** A float64 in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniformFloat64(this.#source)
  }

  /** An integer from low to high, both included. */
  integer(low: number, high: number): number {
    return uniformInt(this.#source, low, high)
  }

  /** From N(0, 1), by Box and Muller's transform. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    return radius * Math.cos(2 * Math.PI * this.uniform())
  }

  /** 0..n-1 in random order, by Fisher and Yates' shuffle. */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i)
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(0, i)
      const kept = order[i]
      order[i] = order[j]
      order[j] = kept
    }
    return order
  }

  /** A seed for another generator. */
  seed(): number {
    return this.integer(0, 2 ** 31 - 1)
  }

  state(): readonly number[] {
    return this.#source.getState()
  }

  restore(state: readonly number[]): this {
    if (state.length !== 4 || !state.every(Number.isInteger)) {
      throw new Error(`Generator: a state of 4 integers expected, got [${state}]`)
    }
    this.#source = xoroshiro128plusFromState(state)
    return this
  }
}

export const generator = (seed: number): Generator => new Generator(seed)

/** Elements from N(mean, std^2); mean 0 and std 1 by default. */
export function randn(
  shape: Shape,
  rng: Generator,
  { mean = 0, std = 1, ...options }: TensorOptions & { mean?: number; std?: number } = {},
): Tensor {
  return draw(shape, options, () => mean + std * rng.normal())
}

/** Elements uniform in [low, high); 0 and 1 by default. */
export function uniform(
  shape: Shape,
  rng: Generator,
  { low = 0, high = 1, ...options }: TensorOptions & { low?: number; high?: number } = {},
): Tensor {
  return draw(shape, options, () => rng.uniform(low, high))
}

function draw(shape: Shape, options: TensorOptions, next: () => number): Tensor {
  checkShape('random', shape)
  const values = Float64Array.from({ length: sizeOf(shape) }, next)
  return tensor(values, { ...options, dtype: options.dtype ?? 'float32', shape })
}
