import type { AdamConstants, AdamState, AdamStep, NDArray } from './backends/backend.ts'
import { checkNaN } from './debug.ts'
import { noteRead } from './effects.ts'
import { Tensor } from './tensor.ts'

/**
 * p and its moments after these steps of Adam, each by the gradient g, or by 0 without one; with `first`, row i of p[R,D] takes those
 * from number first[i] on. To the bits of what ops make of it, in one pass over memory; undefined on a backend that has no kernel
 * for it.
 */
export function adamSteps(
  state: AdamState<Tensor>,
  g: Tensor | undefined,
  constants: AdamConstants,
  steps: readonly AdamStep[],
  first?: Int32Array,
): AdamState<Tensor> | undefined {
  const { p, m, v, largest } = state
  const { backend } = p
  // What lies on another backend ops refuse by name.
  if (backend.adam === undefined || (g !== undefined && g.backend !== backend)) return undefined
  for (const t of [p, g, m, v, largest]) if (t !== undefined) noteRead(t)
  const arrays = { p: p.array, m: m.array, v: v.array, ...(largest && { largest: largest.array }) }
  const moved = backend.adam(arrays, g?.array, constants, steps, first)
  const made = (array: NDArray): Tensor => {
    checkNaN('adam', backend, array)
    return new Tensor(array, backend)
  }
  const next = { p: made(moved.p), m: made(moved.m), v: made(moved.v) }
  return moved.largest === undefined ? next : { ...next, largest: made(moved.largest) }
}
