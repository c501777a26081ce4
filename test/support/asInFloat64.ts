import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import { generator } from '../../engine/index.ts'
import type { Part, Place } from './differentiated.ts'
import { noisy } from './noisy.ts'
import { type Accuracy, expectParity } from './parity.ts'

/** A case: a name that no other has, and what it computes in a place. */
export interface Run {
  readonly name: string
  readonly run: (place: Place) => Promise<Part[]>
}

/** What cases come to in float64: once for all backends, which draw the same ones. */
export class InFloat64 {
  readonly #known = new Map<string, Promise<Part[]>>()

  exactly({ name, run }: Run): Promise<Part[]> {
    return this.#once(name, () => run({ backend: reference, dtype: 'float64' }))
  }

  /** With random errors of the size of `tolerance`, others each turn. */
  noisily({ name, run }: Run, tolerance: number, turn: number): Promise<Part[]> {
    const place: Place = { backend: noisy(tolerance, generator(turn)), dtype: 'float64' }
    return this.#once(`${name}, ${tolerance}, ${turn}`, () => run(place))
  }

  #once(key: string, compute: () => Promise<Part[]>): Promise<Part[]> {
    const parts = this.#known.get(key) ?? compute()
    this.#known.set(key, parts)
    return parts
  }
}

/**
 * Fails unless what a case computes in float32 on the backend is as near to the same in float64 as `expectParity`
 * asks, part by part. Gives the parts in float64.
 */
export async function expectAsInFloat64(
  inFloat64: InFloat64,
  of: Run,
  { backend, ...accuracy }: Accuracy & { backend: Backend },
): Promise<Part[]> {
  const exact = await inFloat64.exactly(of)
  const actual = await of.run({ backend, dtype: 'float32' })
  const names = (parts: readonly Part[]): string => parts.map(part => part.name).join()
  if (names(actual) !== names(exact)) throw new Error(`${names(exact)} expected, got ${names(actual)}`)
  for (const [i, { name, values }] of exact.entries()) {
    const again = async (turn: number): Promise<Float64Array> =>
      (await inFloat64.noisily(of, accuracy.tolerance, turn))[i].values
    await expectParity(actual[i].values, { exact: values, noisy: again }, accuracy, name)
  }
  return exact
}
