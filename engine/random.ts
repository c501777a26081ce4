import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { DType } from './backends/backend.ts'
import { checkInteger, checkNumber, checkOptions, type OptionNames, refusal, shown } from './check.ts'
import { placeOf, type TensorOptions, tensorFor } from './create.ts'
import { below, roundedBelow, roundedUp } from './rounding.ts'
import { checkShape, format, type Shape, sizeOf } from './shape.ts'
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
    if (!Number.isSafeInteger(seed)) throw new Error(`Generator: the seed is an integer, got ${shown(seed)}`)
    // The library seeds by 32 bits; those above them stand where it leaves zeros.
    const low = seed | 0
    this.#source = xoroshiro128plusFromState([-1, ~low, low, (seed - low) / 2 ** 32])
    for (let i = 0; i < WARM_UP; i++) this.#source.next()
  }

  /** A float64 in [low, high), or `low` where both are the same. Throws unless both are finite and low <= high. */
  uniform(low = 0, high = 1): number {
    const u = uniformFloat64(this.#source)
    const x = low + (high - low) * u
    return x < high && typeof x === 'number' ? x : atEdge(low, high, u)
  }

  /** An integer from low to high, both included. */
  integer(low: number, high: number): number {
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high)) {
      throw new Error(`integer: integers low <= high expected, got ${shown(low)} and ${shown(high)}`)
    }
    return uniformInt(this.#source, low, high)
  }

  /** From N(0, 1). */
  normal(): number {
    return this.normalPair()[0]
  }

  /** Two of them, independent, from N(0, std^2), by Box and Muller's transform. */
  normalPair(std = 1): [number, number] {
    const radius = std * Math.sqrt(-2 * Math.log(1 - this.uniform()))
    const angle = 2 * Math.PI * this.uniform()
    return [radius * Math.cos(angle), radius * Math.sin(angle)]
  }

  /** 0..n-1 in random order, by Fisher and Yates' shuffle. */
  permutation(n: number): Int32Array {
    checkInteger('permutation', 'n', n, 0, 2 ** 31 - 1)
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
    // A state of zeros would stay there.
    if (!Array.isArray(state) || state.length !== 4 || !state.every(isInt32) || state.every(n => n === 0)) {
      throw refusal('Generator', 'a state of 4 integers, as state() gives them,', state)
    }
    this.#source = xoroshiro128plusFromState(state)
    return this
  }
}

export const generator = (seed: number): Generator => new Generator(seed)

const isInt32 = (n: number): boolean => (n | 0) === n

/** What `uniform` gives where low + (high - low) u is no number below `high`: rounding led there, or the arguments. */
function atEdge(low: number, high: number, u: number): number {
  checkRange('uniform', low, high)
  if (low === high) return low
  // The difference of the two may be beyond the largest number.
  const x = low * (1 - u) + high * u
  return x < high ? Math.max(x, low) : below(high)
}

function checkRange(op: string, low: number, high: number, dtype?: DType): void {
  for (const [name, value] of Object.entries({ low, high })) checkFinite(op, name, value, dtype)
  if (low > high) throw new Error(`${op}: low <= high expected, got ${low} and ${high}`)
}

/** Throws unless `value` is a number that float64 holds, or `dtype`. */
function checkFinite(op: string, name: string, value: number, dtype: DType = 'float64', low?: number): void {
  const most = dtype === 'float32' ? MOST_FLOAT32 : Number.MAX_VALUE
  checkNumber(op, name, value, low ?? -most, most)
}

const MOST_FLOAT32 = 2 ** 128 - 2 ** 104

type NormalOptions = TensorOptions & { mean?: number; std?: number }
type UniformOptions = TensorOptions & { low?: number; high?: number }
const PLACE = { dtype: true, backend: true, requiresGrad: true } as const
const NORMAL = { ...PLACE, mean: true, std: true } as const satisfies OptionNames<NormalOptions>
const UNIFORM = { ...PLACE, low: true, high: true } as const satisfies OptionNames<UniformOptions>

/** Elements from N(mean, std^2); mean 0 and std 1 by default. */
export function randn(shape: Shape, rng: Generator, options: NormalOptions = {}): Tensor {
  checkOptions('randn', options, NORMAL)
  const { mean = 0, std = 1, ...place } = options
  checkFinite('randn', 'mean', mean, place.dtype ?? 'float32')
  checkFinite('randn', 'std', std, place.dtype ?? 'float32', 0)
  return draw('randn', shape, rng, place, () => mean + std * rng.normal())
}

/** Elements uniform in [low, high) as the dtype holds them; 0 and 1 by default. Throws when it holds none of them. */
export function uniform(shape: Shape, rng: Generator, options: UniformOptions = {}): Tensor {
  checkOptions('uniform', options, UNIFORM)
  const { low = 0, high = 1, ...place } = options
  const { dtype = 'float32' } = place
  checkRange('uniform', low, high, dtype)
  if (dtype !== 'float32' || low === high) {
    return draw('uniform', shape, rng, place, () => rng.uniform(low, high))
  }
  // Rounding may leave the range at either end.
  const [first, last] = [roundedUp(low), roundedBelow(high)]
  if (first > last) throw new Error(`uniform: a float32 in [low, high) expected, got ${low} and ${high}`)
  const within = (x: number): number => Math.min(Math.max(Math.fround(x), first), last)
  return draw('uniform', shape, rng, place, () => within(rng.uniform(low, high)))
}

export function checkGenerator(op: string, rng: unknown): asserts rng is Generator {
  if (!(rng instanceof Generator)) throw refusal(op, 'a generator, as generator(seed) makes one,', rng)
}

function reserve(op: string, shape: Shape): Float64Array {
  try {
    return new Float64Array(sizeOf(shape))
  } catch (cause) {
    throw new Error(`${op}: out of memory: numbers for shape ${format(shape)} asked for`, { cause })
  }
}

function draw(op: string, shape: Shape, rng: Generator, options: TensorOptions, next: () => number): Tensor {
  checkShape(op, shape)
  checkGenerator(op, rng)
  const { dtype, backend } = placeOf(op, options, 'float32')
  if (dtype === 'int32') throw refusal(op, 'dtype float32 or float64', dtype)
  const values = reserve(op, shape)
  for (let i = 0; i < values.length; i++) values[i] = next()
  return tensorFor(op, values, { ...options, dtype, backend, shape })
}
