import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backend, full, generator, randn, tensor } from '../../engine/index.ts'
import {
  anglesBetween,
  auc,
  averagePrecision,
  classMeans,
  classSizes,
  closedSet,
  foldAccuracy,
  identification,
  nearestClassMean,
  type PairScores,
  pairCosines,
  pairScores,
  predict,
  reid,
  retrieval,
  roc,
  search,
  splitScores,
  tarAtFar,
  trapezoidalPrecision,
} from '../../models/evaluation/index.ts'
import { check } from '../support/property.ts'

const nan = (n: number) => full([n, 2], Number.NaN)
const grid = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 })
const scoresOf = (same: readonly number[], different: readonly number[]): PairScores => ({
  same: Float64Array.from(same),
  different: Float64Array.from(different),
})

describe('embeddings that are not numbers earn nothing', () => {
  test('and are refused by every figure', async () => {
    const y = [0, 0, 1, 1]
    await expect(retrieval(nan(4), y)).rejects.toThrow(
      'retrieval: x[N,D] of finite numbers expected, got others in row 0',
    )
    await expect(pairScores(nan(4), y)).rejects.toThrow('pairScores: x[N,D] of finite numbers expected')
    await expect(predict(nan(4))).rejects.toThrow('predict: logits[N,C] of finite numbers expected')
    await expect(nearestClassMean(nan(4), full([2, 2], 1))).rejects.toThrow('nearestClassMean: x[N,D]')
    await expect(nearestClassMean(full([2, 2], 1), nan(4))).rejects.toThrow('nearestClassMean: means[N,D]')
    expect(() => classMeans(nan(4), y, 2)).toThrow('classMeans: x[N,D] of finite numbers expected')
  })

  test('one NaN among the scores ends roc at once', () => {
    expect(() => roc(scoresOf([0.5, Number.NaN], [0.1]))).toThrow(
      'roc: same as finite numbers expected, got NaN at pair 1',
    )
  })

  test('a vector that float32 can hold and whose length it cannot is refused', async () => {
    await expect(retrieval(full([2, 4], 3e38), [0, 0])).rejects.toThrow(
      'row 0: a length that float32 cannot hold',
    )
  })
})

describe('scores of pairs', () => {
  test('in any order give the same figures, and are left as they are', () => {
    check(
      fc.property(grid, grid, fc.nat(), (same, different, seed) => {
        const rng = generator(seed)
        const shuffled = (list: readonly number[]) =>
          Float64Array.from(rng.permutation(list.length), i => list[i])
        const ordered = {
          same: Float64Array.from(same).sort(),
          different: Float64Array.from(different).sort(),
        }
        const mixed = { same: shuffled(same), different: shuffled(different) }
        const before = { same: mixed.same.slice(), different: mixed.different.slice() }
        const far = rng.uniform()
        expect([auc(mixed), roc(mixed), tarAtFar(mixed, far)]).toEqual([
          auc(ordered),
          roc(ordered),
          tarAtFar(ordered, far),
        ])
        expect(mixed).toEqual(before)
      }),
    )
  })

  test('by hand: 2 of 3 lists out of order', () => {
    const scores = scoresOf([3, 1, 2], [2.5, 0, 1.5])
    // 3 beats all, 1 one of three, 2 two of three.
    expect(auc(scores)).toBe(6 / 9)
    expect(tarAtFar(scores, 1 / 3)).toBe(2 / 3)
  })

  test('0 and -0 are one score', () => {
    const scores = scoresOf([-0, 0], [0, -0])
    expect(auc(scores)).toBe(0.5)
    expect(roc(scores).length).toBe(2)
    expect(tarAtFar(scores, 0.5)).toBe(0)
    const folds = foldAccuracy(
      [0, -0, 0, -0],
      [0, 1, 2, 3].map(a => ({ a, b: a, same: a % 2 === 0 })),
      [0, 0, 1, 1],
    )
    expect(folds.folds.map(({ threshold }) => threshold)).toEqual([Infinity, Infinity])
  })

  test('float32 beside float64: each threshold accepts just what it says', () => {
    const value = fc.double({ min: -1, max: 1, noNaN: true })
    check(
      fc.property(fc.array(value, { minLength: 1 }), fc.array(value, { minLength: 1 }), (a, b) => {
        const scores = { same: Float32Array.from(a).sort(), different: Float64Array.from(b).sort() }
        for (const { threshold, far, tar } of roc(scores)) {
          const share = (list: ArrayLike<number>) =>
            Array.from(list).filter(s => s >= threshold).length / list.length
          expect([far, tar]).toEqual([share(scores.different), share(scores.same)])
        }
      }),
    )
  })

  test('neighbours in float32 are told apart by folds', () => {
    const next = new Float32Array(Int32Array.of(new Int32Array(Float32Array.of(0.3).buffer)[0] + 1).buffer)[0]
    const scores = Float32Array.of(0.3, next, 0.3, next)
    const pairs = [0, 1, 2, 3].map(a => ({ a, b: a, same: a % 2 === 1 }))
    expect(foldAccuracy(scores, pairs, [0, 0, 1, 1]).mean).toBe(1)
  })

  test('of one kind only have no figure', () => {
    for (const scores of [scoresOf([], [1]), scoresOf([1], []), scoresOf([], [])]) {
      expect(auc(scores)).toBeNaN()
      expect(tarAtFar(scores, 0.1)).toBeNaN()
    }
    expect(roc(scoresOf([1], []))).toEqual([
      { threshold: Infinity, far: Number.NaN, tar: 0 },
      { threshold: 1, far: Number.NaN, tar: 1 },
    ])
  })
})

describe('pairs that say same by 1 and 0', () => {
  const given = fc.array(fc.record({ s: fc.integer({ min: -4, max: 4 }), same: fc.boolean() }), {
    minLength: 2,
  })

  test('count as true and false', () => {
    check(
      fc.property(given, rows => {
        const scores = rows.map(({ s }) => s)
        const pairs = rows.map(({ same }, a) => ({ a, b: a, same }))
        const numbers = pairs.map(pair => ({ ...pair, same: Number(pair.same) as unknown as boolean }))
        const folds = rows.map((_, p) => p % 2)
        expect(foldAccuracy(scores, numbers, folds)).toEqual(foldAccuracy(scores, pairs, folds))
        expect(splitScores(scores, numbers)).toEqual(splitScores(scores, pairs))
      }),
    )
  })

  test('anything else is refused, by pair', () => {
    for (const same of ['true', undefined, null, 2, Number.NaN, 1n]) {
      const pairs = [true, same].map((same, a) => ({ a, b: a, same: same as boolean }))
      expect(() => splitScores([1, 2], pairs)).toThrow(
        /splitScores: same as true or false expected, got .* in pair 1/,
      )
      expect(() => foldAccuracy([1, 2], pairs, [0, 1])).toThrow(
        'foldAccuracy: same as true or false expected',
      )
    }
  })

  test('lists of two rows are no pairs', async () => {
    await expect(pairCosines(tensor([[1, 2]]), [[0, 0]] as never)).rejects.toThrow(
      'pairCosines: { a, b, same } expected, got [0, 0] as pair 0',
    )
  })

  test('a pair that is listed twice counts twice', async () => {
    const pair = { a: 0, b: 1, same: true }
    const x = tensor([
      [1, 0],
      [3, 4],
    ])
    const scores = await pairCosines(x, [pair, pair, { a: 1, b: 0, same: false }])
    expect(splitScores(scores, [pair, pair, { ...pair, same: false }]).same.length).toBe(2)
    expect(new Set(scores).size).toBe(1)
  })
})

describe('rows of 0 have similarity 0 with all', () => {
  const x = tensor([
    [0, 0],
    [1, 0],
    [-1, 0],
    [0, 2],
  ])

  test('in every figure', async () => {
    expect(await pairScores(x, [0, 0, 1, 2])).toEqual({
      same: Float32Array.of(0),
      different: Float32Array.of(-1, 0, 0, 0, 0),
    })
    // Query 0 ties with all; query 1 finds 3 and 0 equal, of which the other class comes first.
    const { queries, rank1 } = await retrieval(x, [0, 0, 1, 2])
    expect([queries, rank1]).toEqual([2, 0])
    expect(Array.from((await search(x, x, { k: 4 })).indices.subarray(0, 4))).toEqual([0, 1, 2, 3])
    const collapsed = full([4, 2], 0)
    expect((await retrieval(collapsed, [0, 0, 1, 1])).rank1).toBe(0)
    expect(auc(await pairScores(collapsed, [0, 0, 1, 1]))).toBe(0.5)
    expect((await identification(collapsed, [0, 0, 1, 1], x)).curves[0].rank1).toBe(0)
    const people = { x: collapsed, ids: [1, 2, 1, 2], cameras: [1, 1, 2, 2] }
    expect((await reid(people, people, { ties: 'worst' })).rank1).toBe(0)
  })

  test('are of the first class that has a mean, and count in the mean of theirs', async () => {
    const means = tensor([
      [0, 0],
      [-1, 0],
      [0, 1],
    ])
    expect(Array.from(await nearestClassMean(x, means))).toEqual([1, 2, 1, 2])
    expect(classMeans(x, [0, 0, 0, 1], 2).toArray()).toEqual([
      [0, 0],
      [0, 1],
    ])
    await expect(nearestClassMean(x, full([3, 2], 0))).rejects.toThrow('got means of 0 only')
  })
})

describe('logits of masked classes', () => {
  test('are never chosen; a row of nothing else is refused', async () => {
    const row = fc.array(fc.option(fc.integer({ min: -9, max: 9 }), { nil: -Infinity }), {
      minLength: 3,
      maxLength: 3,
    })
    await check(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('float32', 'float64'),
        async (rows, dtype) => {
          const logits = tensor(rows, { dtype })
          const masked = rows.findIndex(row => row.every(z => z === -Infinity))
          if (masked >= 0) {
            await expect(predict(logits)).rejects.toThrow(`got -Infinity in all of row ${masked}`)
            return
          }
          expect(Array.from(await predict(logits))).toEqual(rows.map(row => row.indexOf(Math.max(...row))))
        },
      ),
    )
  })

  test('where none is left there is no guess', async () => {
    await expect(predict(full([2, 3], -Infinity))).rejects.toThrow(
      'predict: logits[N,C]: a class that is not masked expected, got -Infinity in all of row 0',
    )
  })

  test('do not hide a NaN', async () => {
    const logits = tensor([
      [-Infinity, 1],
      [-Infinity, Number.NaN],
    ])
    await expect(predict(logits)).rejects.toThrow('got others in row 1: NaN in column 1')
  })
})

describe('ranks of matches', () => {
  test('in any order give the same precision; one twice is refused', () => {
    const ranks = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
    check(
      fc.property(ranks, ranks => {
        const sorted = [...ranks].sort((a, b) => a - b)
        for (const precision of [averagePrecision, trapezoidalPrecision]) {
          expect(precision(ranks)).toBe(precision(sorted))
          expect(precision(ranks)).toBeLessThanOrEqual(1)
          expect(() => precision([...ranks, ranks[0]])).toThrow(
            `ranks that differ expected, got ${ranks[0]} twice`,
          )
        }
      }),
    )
    expect(averagePrecision([])).toBeNaN()
    expect(() => averagePrecision([0, 1])).toThrow(
      'averagePrecision: a rank as an integer >= 1 expected, got 0',
    )
  })
})

describe('lengths', () => {
  const power = (low: number, high: number) => fc.integer({ min: low, max: high }).map(k => 2 ** k)
  const dtypes = fc.constantFrom(['float32', -115, 115] as const, ['float64', -115, 1000] as const)

  test('however small or large, do not change a figure', async () => {
    await check(
      fc.asyncProperty(dtypes, fc.nat(), async ([dtype, low, high], seed) => {
        const rng = generator(seed)
        const x = randn([8, 3], rng, { dtype })
        const factors = fc.sample(power(low, high), { numRuns: 8, seed })
        const scaled = x.mul(tensor(factors, { shape: [8, 1], dtype }))
        const y = [0, 0, 1, 1, 2, 2, 3, 3]
        expect(await pairScores(scaled, y)).toEqual(await pairScores(x, y))
        expect(await search(scaled, x, { k: 3 })).toEqual(await search(x, x, { k: 3 }))
        expect(classMeans(scaled, y, 4).toArray()).toEqual(classMeans(x, y, 4).toArray())
        expect(await anglesBetween(scaled, x.mul(2))).toEqual(await anglesBetween(x, x.mul(2)))
      }),
      20,
    )
  })

  test('at the ends of float64 still have an angle', async () => {
    const at = (a: number, b: number) => tensor([[a, b]], { dtype: 'float64' })
    for (const length of [5e-324, 1e-300, 1, 1.7e308]) {
      expect((await anglesBetween(at(length, length), at(1, 0)))[0]).toBeCloseTo(Math.PI / 4, 15)
      expect((await anglesBetween(at(length, length), at(-length, -length)))[0]).toBe(Math.PI)
    }
  })

  test('of scores neither: a threshold lies between its neighbours', () => {
    const score = fc.double({ noNaN: true, noDefaultInfinity: true })
    check(
      fc.property(score, score, (a, b) => {
        fc.pre(a !== b)
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        const pairs = [false, true, false, true].map(same => ({ a: 0, b: 0, same }))
        const { folds, mean } = foldAccuracy([low, high, low, high], pairs, [0, 0, 1, 1])
        expect(mean).toBe(1)
        expect(folds.every(({ threshold }) => threshold > low && threshold <= high)).toBe(true)
      }),
      200,
    )
    const pairs = [false, true, false, true].map(same => ({ a: 0, b: 0, same }))
    expect(foldAccuracy([-1.7e308, 1.7e308, -1.7e308, 1.7e308], pairs, [0, 0, 1, 1]).mean).toBe(1)
  })
})

describe('sets that are hardly one', () => {
  const x = randn([3, 4], generator(1))

  test('of one class, or of classes of one image', async () => {
    expect(await retrieval(x, [7, 7, 7])).toMatchObject({ rank1: 1, mAP: 1, queries: 3 })
    expect(await retrieval(x, [7, 8, 9])).toMatchObject({ rank1: Number.NaN, mAP: Number.NaN, queries: 0 })
    expect((await pairScores(x, [7, 7, 7])).different.length).toBe(0)
    expect(closedSet([0, 0], [0, 0], 1)).toMatchObject({ accuracy: 1, balanced: 1 })
  })

  test('cameras and labels that are too few or too many are refused', async () => {
    for (const n of [2, 4]) {
      const y = Array.from({ length: n }, () => 0)
      await expect(retrieval(x, [0, 0, 0], { cameras: y })).rejects.toThrow(
        `retrieval: 3 cameras expected, got ${n}`,
      )
      await expect(pairScores(x, [0, 0, 0], y)).rejects.toThrow(`pairScores: 3 cameras expected, got ${n}`)
      await expect(retrieval(x, y)).rejects.toThrow(`retrieval: 3 labels expected, got ${n}`)
    }
  })

  test('more classes than memory is sure to hold are refused at once', () => {
    for (const count of [classSizes, (y: number[], c: number) => closedSet(y, y, c)]) {
      expect(() => count([0], 2 ** 31)).toThrow(
        /: classes as an integer from 1 to 16777216 expected, got 2147483648/,
      )
    }
  })

  test('rows of numbers go where the tensor beside them is, in its dtype', async () => {
    // In float32 the rows of z are equal, and the first would come first.
    const [x, z] = [
      [[1, 0]],
      [
        [1, 1e-5],
        [1, 0],
      ],
    ]
    const [reference, wasm] = [backend('reference'), backend('wasm')]
    for (const [dtype, on, first] of [
      ['float64', reference, 1],
      ['float32', reference, 0],
      ['float32', wasm, 0],
    ] as const) {
      const of = (rows: number[][]) => tensor(rows, { dtype, backend: on })
      for (const [a, b] of [
        [x, of(z)],
        [of(x), z],
        [of(x), of(z)],
      ]) {
        expect(Array.from((await search(a, b, { k: 1 })).indices)).toEqual([first])
      }
    }
    const [there, here] = [tensor(x, { dtype: 'float64' }), tensor(x)]
    for (const call of [() => search(there, here), () => identification(there, [0], here)]) {
      await expect(call()).rejects.toThrow(
        /^(search: queries|identification: probes)\[N,D\] (gallery|distractors)\[M,D\] of one dtype on one backend expected, got float64 on reference and float32 on wasm$/,
      )
    }
  })

  test('rows and labels of another realm count as ours', async () => {
    const [x, y] = runInNewContext('[[Float32Array.of(1, 0), Float64Array.of(2, 0), [1, 1]], [0, 0, 1]]')
    expect(await retrieval(x, y)).toEqual(
      await retrieval(
        [
          [1, 0],
          [2, 0],
          [1, 1],
        ],
        [0, 0, 1],
      ),
    )
  })

  test('a gallery smaller than 10 is found as a whole', async () => {
    expect((await search(x, x)).k).toBe(3)
    await expect(search(x, x, { k: 4 })).rejects.toThrow(
      "search: k from 1 to 3, the gallery's size, expected, got 4",
    )
  })

  test('folds of a large number are refused at once', () => {
    const pairs = [true, false].map(same => ({ a: 0, b: 0, same }))
    expect(() => foldAccuracy([1, 2], pairs, [0, 2 ** 31 - 1])).toThrow(
      'pairs in every fold expected, got none in 1',
    )
  })
})
