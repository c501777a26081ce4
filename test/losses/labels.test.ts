import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn, tensor } from '../../engine/index.ts'
import { classCenters, cosFace, crossEntropy, encodeLabels, LOSSES } from '../../losses/index.ts'
import { checkIdentities, checkLabels, type Labels } from '../../losses/labels.ts'
import {
  Batches,
  classAware,
  classSizes,
  identityBalanced,
  pairScores,
  retrieval,
} from '../../models/index.ts'
import { check } from '../support/property.ts'

const KINDS: readonly ((y: number[]) => Labels)[] = [
  y => y,
  y => Int8Array.from(y),
  y => Uint8Array.from(y),
  y => Uint8ClampedArray.from(y),
  y => Int16Array.from(y),
  y => Uint16Array.from(y),
  y => Int32Array.from(y),
  y => Uint32Array.from(y),
  y => BigInt64Array.from(y, BigInt),
  y => BigUint64Array.from(y, BigInt),
]

const unusual = (value: unknown): Labels => value as Labels

describe('labels of every kind', () => {
  const SIZES = { classes: 4, dim: 3, weight: [1, 2, 3, 4] }

  test('mean the same to every loss and sampler', () => {
    const classes = fc.array(fc.nat(3), { minLength: 4, maxLength: 12 })
    check(
      fc.property(classes, fc.constantFrom(...KINDS), (y, kind) => {
        const x = randn([y.length, 3], generator(1))
        const given = kind([...y])
        expect(Array.from(checkLabels('labels', given, y.length, 4))).toEqual(y)
        expect(classSizes(given, 4)).toEqual(classSizes(y, 4))
        for (const { create } of LOSSES) {
          const [a, b] = [create(SIZES), create(SIZES)]
          a.update(x, y)
          b.update(x, given)
          expect(b(x, given).item()).toBe(a(x, y).item())
          a.refresh(x, y)
          b.refresh(x, given)
          expect(b.prototypes.dataSync()).toEqual(a.prototypes.dataSync())
        }
        for (const sampling of [classAware(), identityBalanced({ samples: 1 })]) {
          const size = new Set(y).size
          const [a, b] = [y, given].map(labels => new Batches(x, labels, size, 3, sampling).next())
          expect(b.y).toEqual(a.y)
          expect(b.x.toArray()).toEqual(a.x.toArray())
        }
      }),
      20,
    )
  })

  test('only what is an integer in range passes, and the error names value and sample', () => {
    const odd = fc.constantFrom<unknown>(
      0.5,
      Number.NaN,
      Infinity,
      -1,
      4,
      2 ** 32 + 1,
      '1',
      null,
      undefined,
      1n,
      [1],
    )
    check(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 9 }), fc.nat(), odd, (y, at, bad) => {
        const i = at % y.length
        const labels = unusual(y.map((label, k) => (k === i ? bad : label)))
        const place = new RegExp(`^${'op'}: labels are integers from 0 to 3, got .* for sample ${i}`)
        expect(() => checkLabels('op', labels, y.length, 4)).toThrow(place)
        const loss = cosFace({ classes: 4, dim: 2 })
        expect(() => loss(randn([y.length, 2], generator(1)), labels)).toThrow(`for sample ${i}`)
        expect(() => loss.update(randn([y.length, 2], generator(1)), labels)).toThrow(`for sample ${i}`)
      }),
    )
  })

  test('anything else is said to be what it is', () => {
    for (const [value, got] of [
      [Float32Array.of(0, 1), 'got a Float32Array'],
      [Float64Array.of(0.5, 1), 'got a Float64Array'],
      [tensor([0, 1], { dtype: 'int32' }), 'got a Tensor'],
      [Promise.resolve([0, 1]), 'got a Promise (await it)'],
      ['01', 'got "01"'],
      [{ length: 2, 0: 0, 1: 1 }, 'got { 0, 1, length }'],
      [new Set([0, 1]), 'got a Set'],
      [undefined, 'got undefined'],
      [2, 'got 2'],
      [['cat', 'dog'], 'got "cat" for sample 0 (encodeLabels makes labels of names'],
      [[[0], [1]], 'got [0] for sample 0'],
    ] as const) {
      const x = randn([2, 3], generator(1))
      const y = unusual(value)
      expect(() => crossEntropy(x, y)).toThrow(got)
      expect(() => new Batches(x, y, 1, 1)).toThrow(got)
      expect(() => classSizes(y, 2)).toThrow(got)
      expect(() => checkIdentities('op', 'ids', y, 2)).toThrow(got)
    }
  })
})

describe('prototype rules that are called by themselves', () => {
  test('take no label that is no class', () => {
    const rule = classCenters('rule', { classes: 2, dim: 2, normalized: true })
    const x = randn([2, 2], generator(1))
    const before = rule.W.toArray()
    for (const y of [
      [0.5, 1],
      [0, 2 ** 32],
      [0, 2],
      [-1, 0],
      ['0', '1'],
    ]) {
      expect(() => rule.update(x, y as number[])).toThrow(/labelIndex|scatterAdd/)
      expect(rule.W.toArray()).toEqual(before)
    }
  })
})

describe('identities that int32 cannot tell apart', () => {
  const far = [1, 1 + 2 ** 32, 1, 1 + 2 ** 32]
  const x = tensor([
    [1, 0],
    [1, 0.1],
    [0, 1],
    [0.1, 1],
  ])

  test.each([
    ['numbers', far],
    ['bigints', BigInt64Array.from(far, BigInt)],
  ] as const)('as %s are two where they are only compared', async (_, y) => {
    const cameras = y
    expect(await retrieval(x, y)).toEqual(await retrieval(x, [0, 1, 0, 1]))
    expect(await pairScores(x, y)).toEqual(await pairScores(x, [0, 1, 0, 1]))
    expect(await pairScores(x, [0, 0, 1, 1], cameras)).toEqual(
      await pairScores(x, [0, 0, 1, 1], [0, 1, 0, 1]),
    )
  })

  test('are refused where they are classes, by sample', () => {
    expect(() => new Batches(x, far, 2, 1)).toThrow(
      'Batches: labels are integers from 0 to 2147483647, got 4294967297 for sample 1 (encodeLabels makes labels',
    )
    expect(() => new Batches(x, [0, 2 ** 31, 0, 0], 2, 1)).toThrow('got 2147483648 for sample 1')
    expect(() => crossEntropy(x, BigInt64Array.of(0n, 1n, 0n, 2n ** 32n))).toThrow(
      'got 4294967296n for sample 3',
    )
    expect(() => checkIdentities('op', 'ids', BigUint64Array.of(2n ** 53n), 1)).toThrow(
      'got 9007199254740992n',
    )
  })
})

describe('encodeLabels', () => {
  const values = fc.oneof(
    fc.array(fc.string()),
    fc.array(fc.maxSafeInteger()),
    fc.array(fc.bigInt()),
  ) as fc.Arbitrary<(string | number | bigint)[]>

  test('gives classes without gaps, and the names back', () => {
    check(
      fc.property(values, y => {
        const { labels, names } = encodeLabels(y)
        expect(Array.from(labels, k => names[k])).toEqual(y.map(name => (Object.is(name, -0) ? 0 : name)))
        expect(names.length).toBe(new Set(y).size)
        expect(names.every((name, k) => k === 0 || names[k - 1] < name)).toBe(true)
        expect(new Set(labels).size).toBe(names.length)
      }),
    )
  })

  test('does not depend on the order of the samples, and takes names over', () => {
    check(
      fc.property(fc.array(fc.string(), { minLength: 1 }), y => {
        const { labels, names } = encodeLabels(y)
        const back = encodeLabels([...y].reverse())
        expect(back.names).toEqual(names)
        expect(Array.from(back.labels).reverse()).toEqual(Array.from(labels))
        expect(encodeLabels(y.slice(0, 1), { names }).labels[0]).toBe(labels[0])
      }),
    )
    expect(encodeLabels(BigInt64Array.of(-5n, 2n ** 60n, -5n))).toEqual({
      labels: Int32Array.of(0, 1, 0),
      names: [-5n, 2n ** 60n],
    })
    expect(encodeLabels([1 + 2 ** 32, 1]).labels).toEqual(Int32Array.of(1, 0))
  })

  test('refuses what has no name', () => {
    const encode = (y: unknown, more?: object) => () => encodeLabels(y as string[], more)
    expect(encode(['a', undefined])).toThrow(
      'encodeLabels: y: a string like the first expected, got undefined at 1',
    )
    expect(encode(['1', 1])).toThrow('got 1 at 1')
    expect(encode([0.5])).toThrow('a name or an integer expected, got 0.5 at 0')
    expect(encode([Number.NaN])).toThrow('got NaN at 0')
    expect(encode('abc')).toThrow('an array of names or integers expected, got "abc"')
    expect(encode(Promise.resolve([]))).toThrow('got a Promise (await it)')
    expect(encode(['c'], { names: ['a', 'b'] })).toThrow('one of the names expected, got "c" for sample 0')
    expect(encode(['a'], { names: ['a', 'a'] })).toThrow('names that differ expected, got "a" twice')
    expect(encode(['a'], { classes: ['a'] })).toThrow('encodeLabels: there is no option classes')
    expect(encode(['a'], { names: [1] })).toThrow('one of the names expected, got "a"')
  })
})
