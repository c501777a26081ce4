import { describe, expect, test } from 'vitest'
import { tensor } from '../../engine/index.ts'
import * as evaluation from '../../models/evaluation/index.ts'

const x = tensor([
  [1, 0],
  [2, 1],
  [0, 3],
])
const y = [0, 1, 1]
const pairs = [0, 1, 2].map(p => ({ a: p, b: 2 - p, same: p === 1 }))
const scores = { same: Float64Array.of(0, 1), different: Float64Array.of(-1) }
const rates = [0, 1].map(vr => ({ vr, dir: 1 - vr }))
const people = { x, ids: [1, 2, 2], cameras: [0, 1, 2] }

/** Arguments that are right; those in `optional` may be left out, and the last of `options` is an object of options. */
interface Call {
  readonly right: readonly unknown[]
  readonly optional?: number
  readonly options?: readonly string[]
}

const CALLS: Readonly<Record<string, Call>> = {
  anglesBetween: { right: [x, x] },
  auc: { right: [scores] },
  averagePrecision: { right: [[1, 2]] },
  blufr: { right: [rates] },
  blufrTrial: {
    right: [x, y, { gallery: [0], probes: [1, 2] }, { rank: 2 }],
    optional: 1,
    options: ['verificationFar', 'identificationFar', 'rank', 'threshold', 'ties'],
  },
  bySize: { right: [[0.5, 1], [7, 1], { few: 5, medium: 6 }], optional: 1, options: ['few', 'medium'] },
  classMeans: { right: [x, y, 2] },
  classSizes: { right: [y, 2] },
  closedSet: { right: [y, y, 2] },
  degrees: { right: [1] },
  flatIndex: { right: [x] },
  foldAccuracy: { right: [[1, 2, 3], pairs, y] },
  identification: { right: [x, y, x, { ranks: 2 }], optional: 1, options: ['sizes', 'ranks', 'far'] },
  meanOver: { right: [[0.5, 1], [1]] },
  multipleQueries: { right: [people, { pool: 'max' }], optional: 1, options: ['pool', 'normalize'] },
  nearestClassMean: { right: [x, x] },
  openSetIdentification: {
    right: [x, y, x, y, { withinRank: 2 }],
    optional: 1,
    options: ['fpirs', 'withinRank', 'ranks', 'ties'],
  },
  pairCosines: { right: [x, pairs] },
  pairScores: { right: [x, y, y], optional: 1 },
  predict: { right: [x] },
  reid: { right: [people, people, { ranks: 2 }], optional: 1, options: ['ranks', 'ties', 'rerank'] },
  rerank: { right: [x, x, { k1: 2 }], optional: 1, options: ['k1', 'k2', 'lambda', 'distance'] },
  retrieval: { right: [x, y, { ranks: 2 }], optional: 1, options: ['cameras', 'exclude', 'ranks'] },
  roc: { right: [scores] },
  search: { right: [x, x, { k: 2 }], optional: 1, options: ['k', 'tile'] },
  similarities: { right: [x, x, 9], optional: 1 },
  smallestClasses: { right: [[3, 1], 1] },
  splitScores: { right: [[1, 2, 3], pairs] },
  tarAtFar: { right: [scores, 0.5] },
  tarAtFars: { right: [scores, [0.5]], optional: 1 },
  templateMeans: { right: [x, y, y, { normalize: true }], optional: 1, options: ['weights', 'normalize'] },
  trapezoidalPrecision: { right: [[1, 2]] },
  verificationReport: { right: [[1, 2, 3], pairs, y, { fars: [0.5] }], optional: 1, options: ['fars'] },
}

type Function = (...args: readonly unknown[]) => unknown

/** What becomes of a call, generators drained. */
async function outcome(name: string, args: readonly unknown[]): Promise<unknown> {
  const result = await (evaluation as unknown as Record<string, Function>)[name](...args)
  if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return result
  for await (const block of result as AsyncIterable<unknown>) return block
}

const WRONG: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a promise', Promise.resolve(x)],
  ['a text', 'cat'],
  ['an array of texts', ['a', 'b', 'c']],
  ['an array of nothing', [undefined, undefined, undefined]],
  ['an array of nulls', [null, null]],
  ['nested arrays', [[['1']], [['2']], [['3']]]],
  ['an object', { length: 3, width: 2 }],
  ['a function', () => x],
  ['a vector', tensor([1, 2, 3])],
  ['a cube', tensor([[[1]], [[2]], [[3]]])],
  ['a tensor without rows', tensor([], { shape: [0, 2] })],
  ['integers', tensor([[1, 2]], { dtype: 'int32' })],
  ['true', true],
  ['a bigint', 2n],
  ['a set', new Set([0, 1])],
  ['a view', new DataView(new ArrayBuffer(12))],
]

describe('arguments of another kind', () => {
  test('have a row here for every function', () => {
    const functions = Object.entries(evaluation).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    )
    expect(Object.keys(CALLS)).toEqual(functions.sort())
  })

  test.each(Object.entries(CALLS))('%s refuses them by its name', async (name, { right, optional = 0 }) => {
    await outcome(name, right)
    await outcome(name, right.slice(0, right.length - optional))
    for (let i = 0; i < right.length; i++) {
      for (const [kind, value] of WRONG) {
        const args = right.map((arg, k) => (k === i ? value : arg))
        await expect(outcome(name, args), `argument ${i}: ${kind}`).rejects.toThrow(
          new RegExp(`^${name}: .*, (got|known:) `),
        )
      }
      if (i >= right.length - optional) continue
      const none = right.map((arg, k) => (k === i ? undefined : arg))
      await expect(outcome(name, none), `argument ${i}: undefined`).rejects.toThrow(
        new RegExp(`^${name}: .*, got `),
      )
    }
  })

  test.each(Object.entries(CALLS).filter(([, { options }]) => options))(
    '%s refuses options that it does not know, and says which it means',
    async (name, { right, options = [] }) => {
      for (const option of options) {
        const args = [...right.slice(0, -1), { [`${option}s`]: 1 }]
        // One letter is near to none.
        const hint = option.length > 1 ? `did you mean ${option}?` : 'known: '
        await expect(outcome(name, args)).rejects.toThrow(`${name}: there is no option ${option}s, ${hint}`)
      }
    },
  )

  test('scores that were not awaited are said to be a promise', async () => {
    const later = evaluation.pairScores(x, y) as unknown as evaluation.PairScores
    expect(() => evaluation.auc(later)).toThrow(
      'auc: scores as { same, different } expected, got a Promise (await it)',
    )
    await later
  })
})
