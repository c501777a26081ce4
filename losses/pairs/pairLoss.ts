import { checkGiven, type OptionNames, refusal } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkTensor } from '../../engine/tensor.ts'
import { type ClassIndices, checkLabels, checkRows, type Labels } from '../labels.ts'
import { checkLengths } from '../lengths.ts'
import { callable, type EmbeddingLoss } from '../loss.ts'
import { checkEqualLengths, type MinedPairs } from './mined.ts'
import { type Pairs, pairsOf, type References } from './pairs.ts'

/**
 * A loss of pairs, which can take the second of each from elsewhere, such as from earlier batches. Where there is nothing that it compares,
 * it is 0, and so is its gradient.
 */
export interface PairLoss extends EmbeddingLoss {
  /** Of pairs of x_i and r_j.  x[N,D] y[N] r[M,D] -> [] */
  against(x: Tensor, y: Labels, references: References): Tensor
  /** Of those pairs of the batch alone that a miner found.  x[N,D] y[N] -> [] */
  among(x: Tensor, y: Labels, pairs: MinedPairs): Tensor
}

type Compute = (pairs: Pairs, x: Tensor, y: ClassIndices) => Tensor

interface Lengths {
  /** Are lengths left out? Of others, embeddings must not be too long. */
  readonly normalized: boolean
}

/** A loss out of what it computes of pairs: it has no parameters, no state, and no classes. */
export function pairLoss(name: string, compute: Compute, lengths: Lengths = { normalized: true }): PairLoss {
  const against = (x: Tensor, y: Labels, references: References): Tensor => {
    const labels = checkSamples(name, x, y)
    if (!lengths.normalized) for (const t of [x, references.r]) checkLengths(name, t)
    return compute(pairsOf(x, labels, references), x, labels)
  }
  const among = (x: Tensor, y: Labels, pairs: MinedPairs): Tensor => {
    const labels = checkSamples(name, x, y)
    if (!lengths.normalized) checkLengths(name, x)
    return compute(pairsOf(x, labels, undefined, checkMined(name, pairs, labels)), x, labels)
  }
  return Object.defineProperties(batchLoss(name, compute, lengths), {
    against: { value: against },
    among: { value: among },
  }) as PairLoss
}

/** The same of a loss whose pairs are all of one batch. */
export function batchLoss(name: string, compute: Compute, { normalized }: Lengths): EmbeddingLoss {
  const of = (x: Tensor, y: Labels): Tensor => {
    const labels = checkSamples(name, x, y)
    if (!normalized) checkLengths(name, x)
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

/** Throws unless these are pairs of samples: of one class but not the same, and of two. */
function checkMined(name: string, pairs: MinedPairs, y: ClassIndices): MinedPairs {
  if (typeof pairs !== 'object' || pairs === null) {
    throw refusal(name, 'pairs as an object, { a1, p, a2, n },', pairs)
  }
  const [a1, p, a2, n] = (['a1', 'p', 'a2', 'n'] as const).map(key =>
    checkRows(name, key, pairs[key], y.length),
  )
  checkEqualLengths(name, a1, p, a2, n)
  const odd = a1.findIndex((a, k) => a === p[k] || y[a] !== y[p[k]])
  if (odd >= 0) throw new Error(`${name}: two samples of one class expected, got ${a1[odd]} and ${p[odd]}`)
  const same = a2.findIndex((a, k) => y[a] === y[n[k]])
  if (same >= 0) throw new Error(`${name}: samples of two classes expected, got ${a2[same]} and ${n[same]}`)
  return { a1, p, a2, n }
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
