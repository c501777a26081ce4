import { checkFinite, checkInteger, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import {
  add,
  type Backend,
  concat,
  keep,
  mul,
  noGrad,
  slice,
  stopGradient,
  type Tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { checkNames, checkTensors, snapshot } from '../../engine/state.ts'
import { refuseOddState } from '../finite.ts'
import { batchLabels, checkLabels, type Labels, MOST_CLASSES } from '../labels.ts'
import { callable, checkInput, type EmbeddingLoss } from '../loss.ts'
import type { PairLoss } from './pairLoss.ts'

export interface CrossBatchMemoryOptions {
  /** How many embeddings are remembered, an integer >= 1. Default 1024, that of pytorch-metric-learning; 8192 in the authors' code. */
  size?: number
  /** D */
  dim: number
  /** What the pairs with the memory count beside those of the batch, > 0. Default 1. */
  weight?: number
  /**
   * Steps before the memory counts, an integer >= 0: embeddings of an untrained net move too fast. Default 1000, as in the sample configuration of
   * the authors' published code (MalongTech/research-xbm), whose own default is 2000.
   */
  start?: number
  /** Default float32. */
  dtype?: 'float32' | 'float64'
  /** Default: the one set by `setBackend`. */
  backend?: Backend
}

export const CROSS_BATCH_MEMORY_OPTIONS = {
  size: ['memorySize'],
  dim: ['embeddingSize', 'embeddingDim'],
  weight: ['xbmWeight'],
  start: ['startIteration'],
  dtype: true,
  backend: ['device'],
} satisfies OptionNames<CrossBatchMemoryOptions>

/**
 * L(batch) + weight L(pairs of the batch and a memory), the memory being the last `size` embeddings, of this batch and those before, as
 * constants: cross-batch memory, Wang 2020, arXiv:1912.06798.  x[N,D] y[N] -> []
 *
 * `loss` is any of pairs: contrastive, triplet, supCon, multiSimilarity, circle. The memory takes a batch in at `update`, after its
 * loss, which sees it all the same. pytorch-metric-learning's counts the memory's pairs alone, without those of the batch on their own.
 */
export function crossBatchMemory(loss: PairLoss, options: CrossBatchMemoryOptions): EmbeddingLoss {
  const op = 'crossBatchMemory'
  if (typeof loss?.against !== 'function') throw refusal(op, 'a loss of pairs, such as contrastive(),', loss)
  if (options === undefined) throw refusal(op, 'options as an object, { dim, .. },', options)
  checkOptions(op, options, CROSS_BATCH_MEMORY_OPTIONS)
  const { size = 1024, dim, weight = 1, start = 1000, dtype = 'float32', backend } = options
  checkInteger(op, 'size', size, 1)
  checkInteger(op, 'dim', dim, 1)
  checkFinite(op, 'weight', weight)
  checkInteger(op, 'start', start, 0)
  const name = `${op}(${loss.name})`
  /** The newest last, after places that are empty yet. */
  const tensors = { memory: keep(zeros([size, dim], { dtype, backend })) }
  let labels: readonly number[] = []
  let steps = 0

  function check(x: Tensor): void {
    checkInput(name, { classes: size, dim }, x)
    const { memory } = tensors
    if (x.dtype === memory.dtype && x.backend === memory.backend) return
    const kind = (t: Tensor): string => `${t.dtype} on ${t.backend.name}`
    throw new Error(`${name}: x of ${kind(memory)} expected, got ${kind(x)}`)
  }

  function of(x: Tensor, y: Labels): Tensor {
    check(x)
    const batch = loss(x, y)
    if (steps < start) return batch
    const own = [...checkLabels(name, y, x.shape[0])]
    const before = Math.min(labels.length, Math.max(0, size - own.length))
    const memory = slice(tensors.memory, [size - before, 0], [size, dim])
    const references = {
      r: concat([memory, stopGradient(x)], 0),
      y: [...labels.slice(labels.length - before), ...own],
      own: own.map((_, i) => before + i),
    }
    return add(batch, mul(loss.against(x, y, references), weight))
  }
  return callable(of, {
    name,
    reduction: 'mean',
    parameters: loss.parameters,
    update(x, y) {
      check(x)
      const given = batchLabels(name, y, x.shape[0], MOST_CLASSES)
      const n = Math.min(given.length, size)
      noGrad(() =>
        tidy(() => {
          const kept = slice(tensors.memory, [n, 0], [size, dim])
          const fresh = slice(x, [given.length - n, 0], [given.length, dim])
          tensors.memory.assign(concat([kept, fresh], 0))
        }),
      )
      labels = [...labels, ...given].slice(-size)
      steps++
    },
    updateAfter: true,
    refreshEvery: 0,
    refresh() {},
    state: () => ({ tensors: snapshot(tensors), values: { labels: [...labels], steps } }),
    load({ tensors: given, values }) {
      checkTensors(name, tensors, given)
      refuseOddState(name, given)
      checkNames(name, ['labels', 'steps'], Object.keys(values))
      const { labels: known, steps: taken } = values
      checkInteger(`${name}: load`, 'steps', taken, 0)
      // Of every step there is a label at least, and none before the first.
      const [least, most] = [Math.min(taken, size), taken === 0 ? 0 : size]
      if (!Array.isArray(known) || known.length < least || known.length > most) {
        throw refusal(`${name}: load`, `${least} to ${most} labels at ${taken} steps`, known)
      }
      labels = [...checkLabels(name, known as number[])]
      steps = taken
      tensors.memory.assign(given.memory)
    },
  })
}
