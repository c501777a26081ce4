import { checkBackend } from '../engine/check.ts'
import type { Backend, State } from '../engine/index.ts'
import { checkState } from '../engine/state.ts'

/**
 * The same state with its tensors on another backend: what `saveCheckpoint` takes of a training on a backend that answers
 * later, `saveCheckpoint(await moveState(trainer.state(), backend('auto')))`. `loadCheckpoint` is told where to.
 */
export async function moveState(state: State, backend: Backend): Promise<State> {
  checkState('moveState', state)
  checkBackend('moveState', backend)
  const { tensors, values } = state
  const moved = Object.entries(tensors).map(async ([name, t]) => [name, await t.to(backend)] as const)
  return { tensors: Object.fromEntries(await Promise.all(moved)), values }
}
