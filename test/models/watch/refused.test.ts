import { expect, test } from 'vitest'
import { ones } from '../../../engine/index.ts'
import type { Report } from '../../../models/train/progress.ts'
import { averageWeights } from '../../../models/watch/averageWeights.ts'
import { eventLog } from '../../../models/watch/eventLog.ts'
import { jsonLog } from '../../../models/watch/jsonLog.ts'
import { keepBest } from '../../../models/watch/keepBest.ts'
import { lrRangeTest } from '../../../models/watch/lrRangeTest.ts'
import { build } from '../training.ts'

const report: Report = { step: 3, loss: 1, lr: 0.1, samples: 4 }

test('a histogram of what is no array, and scalars of nothing, are refused and not written', () => {
  const parts: Uint8Array[] = []
  const log = eventLog(bytes => parts.push(bytes))
  const begun = parts.length
  for (const [values, got] of [
    [ones([3]), 'a Tensor'],
    [1, '1'],
    [undefined, 'undefined'],
  ] as const)
    expect(() => log.histogram('w', values as never, 1)).toThrow(
      `eventLog.histogram: values, such as tensor.dataSync(), in an array expected, got ${got}`,
    )
  expect(() => log.scalars(undefined as never, 1)).toThrow(
    'eventLog.scalars: values as an object of numbers expected, got undefined',
  )
  expect(parts.length).toBe(begun)
})

test('jsonLog refuses a promise of more, also one that fails, and another step', () => {
  const lines: string[] = []
  const log = (more: unknown) => jsonLog(line => lines.push(line), more as never)(report)
  const failing = async () => {
    throw new Error('unheard')
  }
  for (const more of [async () => ({ rank1: 1 }), failing])
    expect(() => log(more)).toThrow('jsonLog: more is synchronous, got a Promise')
  expect(() => log(() => ({ step: 4 }))).toThrow('jsonLog: step 3 left to the report by more expected, got 4')
  expect(lines).toEqual([])
  log(() => ({ step: 3, rank1: 1 }))
  expect(JSON.parse(lines[0])).toEqual({ ...report, rank1: 1 })
})

test('keepBest refuses what has no parameters, and says how often it looks', () => {
  const options = { metric: () => 1 }
  expect(() => keepBest({} as never, options)).toThrow('keepBest: part as a net or a trainer expected, got {')
  expect(() => keepBest({ state: () => ({ tensors: {}, values: {} }), load() {} }, options)).toThrow(
    'keepBest: part as a net or a trainer with parameters expected, got one of none',
  )
  expect(() => keepBest(build().net, options).restore()).toThrow(
    'a look at the metric before expected, got none (every is 100)',
  )
})

test('nothing in place of a net or of a training', async () => {
  expect(() => averageWeights(undefined as never)).toThrow(
    'averageWeights: net as a net expected, got undefined',
  )
  await expect(lrRangeTest(undefined as never)).rejects.toThrow(
    'lrRangeTest: what Trainer takes, { net, loss, optimizer, x, y }, expected, got undefined',
  )
})
