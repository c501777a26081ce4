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
  cosFace: losses.cosFace,
  arcFace: losses.arcFace,
  combinedMargin: losses.combinedMargin,
}

function crossEntropy(c: Case): void {
  replay(c, ({ z }) => losses.crossEntropy(z, c.inputs.y.data, c.options))
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
  const cases = readCases<Case | MarginCase>('losses')
  test.each(cases.map(c => [title(c), c] as const))('%s', (_, c) => {
    if ('updates' in c) withLearned(c)
    else crossEntropy(c)
  })
})
