import type { NDArray, SgdState, SgdStep } from './backends/backend.ts'
import { checkNaN } from './debug.ts'
import { noteRead } from './effects.ts'
import { Tensor } from './tensor.ts'

/**
 * p, and its momentum where it has one, after a step of SGD by the gradient g. To the bits of what ops make of it, in one pass
 * over memory; undefined on a backend that has no kernel for it.
 */
export function sgdStep(state: SgdState<Tensor>, g: Tensor, step: SgdStep): SgdState<Tensor> | undefined {
  const { p, b } = state
  const { backend } = p
  // What lies on another backend ops refuse by name.
  if (backend.sgd === undefined || g.backend !== backend) return undefined
  for (const t of [p, g, b]) if (t !== undefined) noteRead(t)
  const moved = backend.sgd({ p: p.array, ...(b && { b: b.array }) }, g.array, step)
  const made = (array: NDArray): Tensor => {
    checkNaN('sgd', backend, array)
    return new Tensor(array, backend)
  }
  return { p: made(moved.p), ...(moved.b && { b: made(moved.b) }) }
}
