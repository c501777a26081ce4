import { checkFlag, checkInteger, type OptionNames, refusal } from '../../engine/check.ts'
import {
  add,
  keep,
  noGrad,
  normalize,
  parameter,
  type Tensor,
  take,
  tensor,
  tidy,
  where,
  zeros,
} from '../../engine/index.ts'
import { LEFT_OUT } from '../../engine/leftOut.ts'
import { checkNames } from '../../engine/state.ts'
import { type ClassIndices, checkLabels } from '../labels.ts'
import { checkLossOptions } from '../loss.ts'
import { checkLossName } from '../lossName.ts'
import { LEARNED_OPTIONS, type LearnedOptions, ofTensors, type Prototypes } from './prototypes.ts'

export interface QueueOptions {
  /** Prototypes are the features of the last so many samples (`featureQueue`), an integer >= 1. Default: none, they are learned. */
  queue?: number
}

export const QUEUE_OPTIONS = {
  queue: ['queueSize', 'featureQueue'],
} satisfies OptionNames<QueueOptions>

/**
 * w_j = x / ‖x‖ of the latest sample of class j, a constant; only the classes of the last `size` samples that `update` was given are told
 * apart, the others are left out of the sum: no class needs a weight, and none grows old. A queue of features as prototypes, as in
 * semi-siamese training (SST, Du 2020, arXiv:2007.08105) and the dynamic class queue (DCQ, Li 2021, arXiv:2105.12858); of a class that stands
 * in it twice the latest counts, as in DCQ.
 *
 * `update` comes before the loss, with features of other images of the classes of its batch: in both papers those of a second net, which
 * follows the first (`averageWeights`): `loss.update(gallery(x2), y)`, then `loss(probe(x1), y)`. In a `Trainer`, and by `trainingLoss`, they are the
 * batch's own, and of samples of one class in a batch the last is the prototype of all: take two or more of a class
 * (`identityBalanced`). `logits` are over all classes, those long out of the queue by their latest feature, those never seen by 0. Throws where a
 * label has no feature in the queue, and unless size is an integer >= 1.
 */
export function featureQueue(op: string, options: LearnedOptions, size: number): Prototypes {
  checkLossName('featureQueue', op)
  checkLossOptions(op, options, LEARNED_OPTIONS)
  checkInteger(op, 'queue', size, 1)
  const { classes, dim, dtype = 'float32', backend, bias = false } = options
  checkFlag(op, 'bias', bias)
  const kind = { dtype, backend }
  const b = bias ? parameter(zeros([classes], kind), kind) : undefined
  const parameters: Record<string, Tensor> = b === undefined ? {} : { b }
  const features = keep(zeros([classes, dim], kind))
  const own = ofTensors(op, { features, ...parameters })
  /** The labels of the last samples, the newest at the end. */
  let labels: readonly number[] = []

  function mask(y: ClassIndices): Tensor {
    const known = new Set(labels)
    const missing = Array.from(y).findIndex(label => !known.has(label))
    if (missing >= 0) {
      throw refusal(`${op}: queue`, 'labels of the last update', `class ${y[missing]} of sample ${missing}`)
    }
    const { dtype, backend } = features
    const out = Float64Array.from({ length: classes }, (_, j) => (known.has(j) ? 0 : LEFT_OUT))
    return tensor(out, { dtype, backend })
  }

  function follow(x: Tensor, y: ClassIndices): void {
    if (y.length > size) throw refusal(`${op}: queue`, `at least the ${y.length} samples of the batch`, size)
    const latest = new Int32Array(classes).fill(-1)
    for (let i = 0; i < y.length; i++) latest[y[i]] = i
    const { dtype, backend } = features
    const absent = Float64Array.from(latest, i => Number(i < 0))
    const rows = take(
      normalize(x),
      tensor(
        latest.map(i => Math.max(i, 0)),
        { backend },
      ),
    )
    features.assign(where(tensor(absent, { shape: [classes, 1], dtype, backend }), features, rows))
    labels = [...labels, ...Array.from(y)].slice(-size)
  }

  return {
    parameters,
    W: features,
    bias: b,
    forBatch: (_, y) => ({ W: features, b: b === undefined ? mask(y) : add(b, mask(y)) }),
    updateAfter: false,
    update: (x, y) => noGrad(() => tidy(() => follow(x, y))),
    refreshEvery: 0,
    refresh() {},
    state: () => ({ ...own.state(), values: { labels: [...labels] } }),
    load({ tensors, values }) {
      const { labels: given, ...more } = values
      checkNames(op, [], Object.keys(more))
      const known = checkLabels(`${op}: load`, given as number[], undefined, classes)
      if (known.length > size) throw refusal(`${op}: load`, `at most ${size} labels`, known.length)
      own.load({ tensors, values: {} })
      labels = [...known]
    },
  }
}
