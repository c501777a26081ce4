import type { Backend, State } from '../engine/index.ts'

/**
 * The same state with its tensors on another backend: what `saveCheckpoint` takes of a training on a backend that answers
 * later, `saveCheckpoint(await moveState(trainer.state(), backend('auto')))`. `loadCheckpoint` is told where to.
 */
export async function moveState({ tensors, values }: State, backend: Backend): Promise<State> {
  const moved = Object.entries(tensors).map(async ([name, t]) => [name, await t.to(backend)] as const)
  return { tensors: Object.fromEntries(await Promise.all(moved)), values }
}
