import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { DType } from './backends/backend.ts'
import { checkInteger, checkNumber, type OptionNames, refusal, shown } from './check.ts'
import { noteDraw } from './effects.ts'

/** Outputs to pass over after seeding: neighbouring seeds start in neighbouring states. */
const WARM_UP = 32

/**
 * A stream of random numbers: the same seed gives the same numbers, and `state` and `load` let it go on where
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
    noteDraw(this)
    const u = uniformFloat64(this.#source)
    const x = low + (high - low) * u
    return x < high && typeof x === 'number' ? x : atEdge(low, high, u)
  }

  /** An integer from low to high, both included. */
  integer(low: number, high: number): number {
    if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low <= high)) {
      throw new Error(`integer: integers low <= high expected, got ${shown(low)} and ${shown(high)}`)
    }
    noteDraw(this)
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

  /** Takes over a state. Throws unless it is one as `state` gives it. */
  load(state: readonly number[]): void {
    // A state of zeros would stay there.
    if (
      !Array.isArray(state) ||
      state.length !== 4 ||
      !Array.from(state).every(isInt32) ||
      state.every(n => n === 0)
    ) {
      throw refusal('Generator', 'a state of 4 integers, as state() gives them,', state)
    }
    noteDraw(this)
    this.#source = xoroshiro128plusFromState(state)
  }
}

export const generator = (seed: number): Generator => new Generator(seed)

const isInt32 = (n: unknown): boolean => typeof n === 'number' && (n | 0) === n

/** What `uniform` gives where low + (high - low) u is no number below `high`: rounding led there, or the arguments. */
function atEdge(low: number, high: number, u: number): number {
  checkRange('uniform', low, high)
  if (low === high) return low
  // The difference of the two may be beyond the largest number.
  const x = low * (1 - u) + high * u
  return x < high ? Math.max(x, low) : below(high)
}

const float64 = new Float64Array(1)
const bits64 = new BigInt64Array(float64.buffer)

/** The largest float64 below the finite `x`. */
export function below(x: number): number {
  if (x === 0) return -Number.MIN_VALUE
  float64[0] = x
  bits64[0] += x > 0 ? -1n : 1n
  return float64[0]
}

/** Throws unless low and high are numbers that float64 holds, or `dtype`, and low <= high. */
export function checkRange(op: string, low: number, high: number, dtype?: DType): void {
  for (const [name, value] of Object.entries({ low, high })) checkFinite(op, name, value, dtype)
  if (low > high) throw new Error(`${op}: low <= high expected, got ${low} and ${high}`)
}

/** Throws unless `value` is a number that float64 holds, or `dtype`. */
export function checkFinite(
  op: string,
  name: string,
  value: number,
  dtype: DType = 'float64',
  low?: number,
): void {
  const most = dtype === 'float32' ? MOST_FLOAT32 : Number.MAX_VALUE
  checkNumber(op, name, value, low ?? -most, most)
}

const MOST_FLOAT32 = 2 ** 128 - 2 ** 104

export function checkGenerator(op: string, rng: unknown): asserts rng is Generator {
  if (!(rng instanceof Generator)) throw refusal(op, 'a generator, as generator(seed) makes one,', rng)
}

/** Where whatever draws has its random numbers from, everywhere: a seed, or a generator; one of the two. */
export interface Chance {
  /** An integer: the same seed draws the same. */
  seed?: number
  /** A generator to draw from, in place of a seed: `generator(0)`. */
  rng?: Generator
}

export const CHANCE = {
  seed: ['randomState', 'randomSeed'],
  rng: ['generator', 'random'],
} satisfies OptionNames<Chance>

/**
 * The generator to draw from; `otherwise` is the seed where none is given. Throws unless there is one source, and it is
 * what its name says.
 */
export function generatorOf(op: string, { seed, rng }: Chance, otherwise?: number): Generator {
  if (rng === undefined) return new Generator(checkSeed(op, seed, otherwise))
  if (seed !== undefined) throw new Error(`${op}: seed or rng expected, got both`)
  if (rng instanceof Generator) return rng
  const hint = typeof rng === 'number' ? '; a number is a seed' : ''
  throw new Error(`${op}: rng as a generator, such as generator(0), expected, got ${shown(rng)}${hint}`)
}

/** A seed for what keeps a generator of its own: the one given, or one drawn from `rng`. */
export const seedOf = (op: string, chance: Chance, otherwise?: number): number =>
  chance.rng === undefined ? checkSeed(op, chance.seed, otherwise) : generatorOf(op, chance).seed()

function checkSeed(op: string, given: unknown, otherwise: number | undefined): number {
  const seed = given === undefined ? otherwise : given
  if (seed === undefined)
    throw new Error(`${op}: seed, an integer, or rng, a generator, expected, got neither`)
  if (Number.isSafeInteger(seed)) return seed as number
  const hint = seed instanceof Generator ? '; a generator is an rng' : ''
  throw new Error(`${op}: the seed is an integer, got ${shown(seed)}${hint}`)
}
