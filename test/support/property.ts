import * as fc from 'fast-check'

/** Seeded, so that a run repeats; `FC_SEED=n` looks elsewhere. */
const SEED = Number(process.env.FC_SEED ?? 20201111)

/** Asserts a property on random cases; a failure prints the seed and the path that bring it back. */
export function check<T>(property: fc.IProperty<T>, runs = 50): void {
  fc.assert(property, { seed: SEED, numRuns: runs })
}
