import type { TypedArray } from './backends/backend.ts'
import { valuesInPlace } from './table.ts'
import type { Tensor } from './tensor.ts'

/**
 * The values of `t` as `t.data()` gives them, but in the memory of `target` where the backend can: for many large reads in
 * turn, new memory for each costs more than the copies. `target` has room for them, and is an array that t's dtype gives.
 */
export async function readInto(t: Tensor, target: TypedArray): Promise<TypedArray> {
  if (t.backend.valuesInPlace === undefined) return t.data()
  target.set(valuesInPlace(t))
  return target.subarray(0, t.size)
}
