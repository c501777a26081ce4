import { describe, test } from 'vitest'
import { type Tensor, zeros } from '../../engine/index.ts'
import * as losses from '../../losses/index.ts'
import { expectAgreement, type Packed, readCases, unpack, unpackAll } from './cases.ts'
import { type Case, replay, title } from './replay.ts'

interface MarginCase extends Case {
  /** How often the loss was updated before: what annealing counts. */
  readonly updates: number
  /** What to classify with, free of the margin. */
  readonly logits: Packed
}

/** Each loss by its name in the cases; C and D come from W. */
type Factory = (options: never) => losses.Loss
const FACTORIES: Readonly<Record<string, Factory>> = {
  softmax: losses.softmaxLoss,
  normFace: losses.normFace,
  lSoftmax: losses.lSoftmax,
  sphereFace: losses.sphereFace,
  sphereFaceR: losses.sphereFaceR,
  cosFace: losses.cosFace,
  arcFace: losses.arcFace,
  combinedMargin: losses.combinedMargin,
}

function crossEntropy(c: Case): void {
  replay(c, ({ z }) => losses.crossEntropy(z, c.inputs.y.data, c.options))
}

/** What is made of a classifier after training, by its name in the cases. */
const AFTER: Readonly<Record<string, (c: Case) => (inputs: Record<string, Tensor>) => Tensor>> = {
  tauNormalized: c => {
    const { tau } = c.options as { tau: number }
    return ({ W }) => losses.tauNormalized(W, tau)
  },
  adjustedLogits:
    c =>
    ({ z }) =>
      losses.adjustedLogits(z, c.options as losses.LogitAdjustment),
}

function dotRegression(c: Case): void {
  const { W, y } = c.inputs
  const [classes, dim] = W.shape
  const loss = losses.dotRegression({ ...c.options, classes, dim, dtype: 'float64' })
  loss.load({ tensors: { W: unpack(W) }, values: {} })
  replay(c, ({ x }) => loss(x, y.data))
}

function withLearned(c: MarginCase): void {
  const { x, W, b, y } = c.inputs
  const [classes, dim] = W.shape
  const options = { ...c.options, classes, dim, dtype: 'float64' as const }
  const loss = FACTORIES[c.op](options as never)
  const given: Record<string, Tensor> = b === undefined ? { W: unpack(W) } : { W: unpack(W), b: unpack(b) }
  loss.load({ tensors: given, values: loss.state().values })
  for (let t = 0; t < c.updates; t++) loss.update(zeros(x.shape, { dtype: 'float64' }), y.data)
  expectAgreement('logits', loss.logits(unpack(x)), c.logits)
  replay(c, inputs => loss(inputs.x, y.data), { ...unpackAll({ x }, ['x']), ...loss.parameters })
}

describe('losses, as their equations in PyTorch', () => {
  const cases = ['losses', 'smoothing'].flatMap(family => readCases<Case | MarginCase>(family))
  test.each(cases.map(c => [title(c), c] as const))('%s', (_, c) => {
    if ('updates' in c) withLearned(c)
    else if (c.op === 'dotRegression') dotRegression(c)
    else if (c.op in AFTER) replay(c, AFTER[c.op](c))
    else crossEntropy(c)
  })
})
