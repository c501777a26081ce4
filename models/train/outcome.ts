import type { Tensor } from '../../engine/index.ts'
import { joinNames, snapshot } from '../../engine/state.ts'
import type { EmbeddingLoss, Forces } from '../../losses/loss.ts'
import { byName, checkGradients, checkLeft, oddSamples, sumsOf, suspects } from '../finite.ts'
import type { Layer } from '../layers/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Reading } from '../reading.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** What a step has computed and is yet to be judged: `watched` must be finite, and `sums` tell. */
export interface Outcome {
  readonly watched: Tensors
  readonly sums: readonly Tensor[]
  readonly grads: Tensors
  readonly left: Tensors
  readonly samples: Int32Array
  readonly forces?: Forces
}

export function outcomeOf(
  loss: Tensor,
  x: Tensor,
  samples: Int32Array,
  grads: Tensors,
  left: Tensors,
  forces?: Forces,
): Outcome {
  const watched = { ...snapshot({ loss, x }), ...joinNames<Tensor>({ grads, left }) }
  return { watched, sums: sumsOf(watched), grads, left, samples, forces }
}

/** What the next steps depend on, each tensor once. */
export function stateLeft(net: Layer, loss: EmbeddingLoss, optimizer: Optimizer): Tensors {
  const buffers = (part: Layer | EmbeddingLoss): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(part.state().tensors).filter(([name]) => !Object.hasOwn(part.parameters, name)),
    )
  const parts = { net: buffers(net), loss: buffers(loss), optimizer: optimizer.state().tensors }
  return snapshot({ ...joinNames<Tensor>(parts), ...optimizer.parameters })
}

/**
 * The loss. Throws when it, the batch, a gradient or what is left is not finite; looks once more where only a sum is not.
 * `at` ends the errors.
 */
export function* checkOutcome(
  { watched, sums: unread, grads, left, samples }: Outcome,
  at: string,
): Reading<number> {
  const sums = byName(watched, yield unread)
  const doubtful = suspects(sums)
  if (doubtful.length === 0) return sums.loss
  const odd = doubtful.includes('x') ? oddSamples((yield [watched.x])[0], samples) : ''
  if (!Number.isFinite(sums.loss)) {
    throw new Error(`Trainer: a finite loss expected, got ${sums.loss}${at}${odd && `, ${odd}`}`)
  }
  if (odd !== '') throw new Error(`Trainer: finite samples expected, got ${odd}${at}`)
  const namesOf = (kind: string, tensors: object): string[] =>
    Object.keys(tensors).filter(name => doubtful.includes(`${kind}.${name}`))
  yield* checkGradients('Trainer', grads, namesOf('grads', grads), at)
  yield* checkLeft('Trainer', left, namesOf('left', left), at)
  return sums.loss
}

/** All its tensors, to dispose of. */
export const outcomeTensors = (outcome: Outcome | undefined) => [
  outcome?.watched,
  outcome?.sums,
  outcome?.grads,
  outcome?.left,
  outcome?.forces && { ...outcome.forces },
]
