import { describe, expect, test } from 'vitest'
import { grad } from '../../engine/index.ts'
import * as losses from '../../losses/index.ts'
import { expectAgreement, type Packed, readCases, unpack, unpackAll } from './cases.ts'
import { type Case, replay, title } from './replay.ts'

interface Run {
  readonly op: keyof typeof PAIRED
  readonly options: object
  readonly memory: losses.CrossBatchMemoryOptions
  readonly steps: readonly (Readonly<Record<'x' | 'z' | 'grad', Packed>> & {
    readonly y: readonly number[]
  })[]
}

/** Of pairs alone. */
const FACTORIES: Readonly<Record<string, (options: never) => losses.EmbeddingLoss>> = {
  contrastive: losses.contrastive,
  triplet: losses.triplet,
  supCon: losses.supCon,
  nPair: losses.nPair,
  multiSimilarity: losses.multiSimilarity,
  circle: losses.circle,
  range: losses.range,
}

const PAIRED = { contrastive: losses.contrastive, triplet: losses.triplet } as const

/** JSON has no Infinity. */
const optionsOf = (options: object): never =>
  Object.fromEntries(Object.entries(options).map(([k, v]) => [k, v === 'Infinity' ? Infinity : v])) as never

const rows = readCases<Case | Run>('pairs')

describe('losses of pairs, over lists of indices in PyTorch', () => {
  const cases = rows.filter((row): row is Case => 'inputs' in row)
  test.each(cases.map(c => [title(c), c] as const))('%s', (_, c) => {
    const { W, y, x } = c.inputs
    if (c.op !== 'proxyAnchor') {
      const loss = FACTORIES[c.op](optionsOf(c.options))
      replay(c, ({ x }) => loss(x, y.data))
      return
    }
    const [classes, dim] = W.shape
    const loss = losses.proxyAnchor({ ...c.options, classes, dim, dtype: 'float64' })
    loss.load({ tensors: { W: unpack(W) }, values: {} })
    replay(c, ({ x }) => loss(x, y.data), { ...unpackAll({ x }, ['x']), ...loss.parameters })
  })

  test('every one is compared', () => {
    const compared = new Set(cases.map(c => c.op))
    expect([...compared].sort()).toEqual(losses.PAIR_LOSSES.map(row => row.name).sort())
  })

  test.each(rows.filter((row): row is Run => 'steps' in row).map(c => [c.op, c] as const))(
    'crossBatchMemory of %s, step by step',
    (_, { op, options, memory, steps }) => {
      const loss = losses.crossBatchMemory(PAIRED[op](options as never), { ...memory, dtype: 'float64' })
      steps.forEach((step, t) => {
        const x = unpack(step.x, true)
        const z = losses.trainingLoss(loss, x, step.y)
        expectAgreement(`step ${t}: loss`, z, step.z)
        expectAgreement(`step ${t}: gradient`, grad(z, x), step.grad)
      })
    },
  )
})
