import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import type { Generator } from '../../engine/index.ts'
import type { Part, Place } from './differentiated.ts'
import { noisy } from './noisy.ts'
import { type Accuracy, expectParity } from './parity.ts'

/**
 * Fails unless what `run` computes in float32 on the backend is as near to the same in float64 as `expectParity`
 * asks, part by part. Gives the parts in float64.
 */
export async function expectAsInFloat64(
  run: (place: Place) => Promise<Part[]>,
  { backend, ...accuracy }: Accuracy & { backend: Backend },
  rng: Generator,
): Promise<Part[]> {
  const exact = await run({ backend: reference, dtype: 'float64' })
  const actual = await run({ backend, dtype: 'float32' })
  const names = (parts: readonly Part[]): string => parts.map(part => part.name).join()
  if (names(actual) !== names(exact)) throw new Error(`${names(exact)} expected, got ${names(actual)}`)
  const disturbed = noisy(accuracy.tolerance, rng)
  const tries: Part[][] = []
  for (const [i, { name, values }] of exact.entries()) {
    const attempt = async (turn: number): Promise<Float64Array> => {
      tries[turn] ??= await run({ backend: disturbed, dtype: 'float64' })
      return tries[turn][i].values
    }
    await expectParity(actual[i].values, { exact: values, noisy: attempt }, accuracy, name)
  }
  return exact
}
