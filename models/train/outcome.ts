import type { Stateful, Tensor } from '../../engine/index.ts'
import { snapshotOf } from '../../engine/snapshots.ts'
import { joinNames, mapRecord, only, type Snapshot, snapshot } from '../../engine/state.ts'
import { placeOfRows } from '../../engine/tableRows.ts'
import type { EmbeddingLoss, Forces } from '../../losses/loss.ts'
import { allFinite, byName, checkGradients, checkLeft, oddSamples, sumsOf, suspects } from '../finite.ts'
import type { Layer } from '../layers/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Reading } from '../reading.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** What a step has computed and is yet to be judged: all of it must be finite, and `sums` tell, the loss first. */
export interface Outcome {
  readonly watched: { readonly loss: Tensor; readonly x: Tensor }
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
  const watched = snapshot({ loss, x })
  const sums = sumsOf([watched.loss, watched.x, ...Object.values(grads), ...Object.values(left)])
  return { watched, sums, grads, left, samples, forces }
}

/** What the next steps depend on, each tensor once. Tables look themselves at what they are given. */
export function stateLeft(net: Layer, loss: EmbeddingLoss, optimizer: Optimizer): Tensors {
  const now = mapRecord<string, Stateful, Snapshot>({ net, loss, optimizer }, snapshotOf)
  const buffers = (tensors: Tensors, { parameters }: Layer | EmbeddingLoss): Tensors =>
    only(tensors, (_, name) => !Object.hasOwn(parameters, name))
  const parts = {
    net: buffers(now.net.tensors, net),
    loss: buffers(now.loss.tensors, loss),
    optimizer: now.optimizer.tensors,
  }
  const left = snapshot({ ...joinNames<Tensor>(parts), ...ownValues(optimizer) })
  for (const part of Object.values(now)) part.release()
  return left
}

/** The parameters, but for those that only stand for rows of a table. */
export const ownValues = ({ parameters }: Optimizer): Tensors =>
  only(parameters, p => placeOfRows(p) === undefined)

/**
 * The loss. Throws when it, the batch, a gradient or what is left is not finite; looks once more where only a sum is not.
 * `at` ends the errors.
 */
export function* checkOutcome(
  { watched, sums: unread, grads, left, samples }: Outcome,
  at: string,
): Reading<number> {
  const read = yield unread
  if (allFinite(read)) return read[0][0]
  const sums = byName({ ...watched, ...joinNames<Tensor>({ grads, left }) }, read)
  const doubtful = suspects(sums)
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
  outcome && { ...outcome.watched },
  outcome?.sums,
  outcome?.grads,
  outcome?.left,
  outcome?.forces && { ...outcome.forces },
]
