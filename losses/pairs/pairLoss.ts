import { checkGiven, type OptionNames } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkTensor } from '../../engine/tensor.ts'
import { type ClassIndices, checkLabels, type Labels } from '../labels.ts'
import { callable, type EmbeddingLoss } from '../loss.ts'
import { type Pairs, pairsOf, type References } from './pairs.ts'

/** A loss of pairs, which can take the second of each from elsewhere, such as from earlier batches. */
export interface PairLoss extends EmbeddingLoss {
  /** Of pairs of x_i and r_j.  x[N,D] y[N] r[M,D] -> [] */
  against(x: Tensor, y: Labels, references: References): Tensor
}

type Compute = (pairs: Pairs, x: Tensor, y: ClassIndices) => Tensor

/** A loss out of what it computes of pairs: it has no parameters, no state, and no classes. */
export function pairLoss(name: string, compute: Compute): PairLoss {
  const against = (x: Tensor, y: Labels, references: References): Tensor => {
    const labels = checkSamples(name, x, y)
    return compute(pairsOf(x, labels, references), x, labels)
  }
  return Object.defineProperty(batchLoss(name, compute), 'against', { value: against }) as PairLoss
}

/** The same of a loss whose pairs are all of one batch. */
export function batchLoss(name: string, compute: Compute): EmbeddingLoss {
  const of = (x: Tensor, y: Labels): Tensor => {
    const labels = checkSamples(name, x, y)
    return compute(pairsOf(x, labels), x, labels)
  }
  return callable(of, {
    name,
    parameters: {},
    reduction: 'mean',
    update() {},
    updateAfter: undefined,
    refreshEvery: 0,
    refresh() {},
    state: () => ({ tensors: {}, values: {} }),
    load(state) {
      checkNone(name, state)
    },
  })
}

function checkSamples(name: string, x: Tensor, y: Labels): Int32Array {
  checkTensor(name, 'x', x)
  if (x.rank !== 2) throw new Error(`${name}: x[N,D] expected, got shape [${x.shape}]`)
  if (x.shape[0] === 0) throw new Error(`${name}: at least one sample expected, got an empty batch`)
  return checkLabels(name, y, x.shape[0])
}

function checkNone(name: string, { tensors, values }: { tensors: object; values: object }): void {
  const odd = [...Object.keys(tensors), ...Object.keys(values)]
  if (odd.length > 0) throw new Error(`${name}: load: nothing expected, got ${odd.join(', ')}`)
}

/** Options of a loss, by default none; throws on unknown ones. */
export function optionsOf<T extends object>(op: string, options: T | undefined, known: OptionNames<T>): T {
  const given = options ?? ({} as T)
  checkGiven(op, given, known)
  return given
}
