import { type OptionNames, shown } from './check.ts'
import { Generator } from './random.ts'

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
