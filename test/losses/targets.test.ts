import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Generator, generator, grad, permute, reshape, type Tensor, tensor } from '../../engine/index.ts'
import { type CrossEntropyOptions, crossEntropy, type TargetOptions } from '../../losses/index.ts'
import { draw, rowsOf, seeds, values } from './support.ts'

const REDUCTIONS = ['mean', 'sum', 'none'] as const

interface Drawn {
  readonly rng: Generator
  /** [N,C,d1,..] */
  readonly z: Tensor
  readonly classes: number
  /** The sizes of samples, [N,d1,..]. */
  readonly sizes: readonly number[]
  readonly y: number[]
  readonly options: CrossEntropyOptions
}

function setUp(seed: number): Drawn {
  const rng = generator(seed)
  const [n, classes] = [rng.integer(1, 4), rng.integer(2, 5)]
  const inner = Array.from({ length: rng.integer(0, 2) }, () => rng.integer(1, 3))
  const sizes = [n, ...inner]
  const count = sizes.reduce((a, b) => a * b)
  const further = [{}, { focalGamma: rng.uniform(0.5, 3) }, { labelSmoothing: rng.uniform(0.1, 0.9) }]
  const weight = Array.from({ length: classes }, () => rng.uniform(0.1, 3))
  return {
    rng,
    z: tensor(draw(rng, [n, classes, ...inner]).toArray(), { dtype: 'float64', requiresGrad: true }),
    classes,
    sizes,
    y: Array.from({ length: count }, () => rng.integer(0, classes - 1)),
    options: {
      ...further[rng.integer(0, 2)],
      ...(rng.uniform() < 0.5 && { weight }),
      reduction: REDUCTIONS[rng.integer(0, 2)],
    },
  }
}

/** z[N,C,d1,..] -> [N d1 ..,C] */
const flat = ({ z, classes }: Drawn): Tensor =>
  reshape(permute(z, [0, ...z.shape.map((_, i) => i).slice(2), 1]), [-1, classes])

describe('crossEntropy of z[N,C,d1,..]', () => {
  it('is that of its N d1 .. samples, and so is its gradient, to the last bit', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const drawn = setUp(seed)
        const { rng, z, y, sizes, options } = drawn
        const loss = crossEntropy(z, y, options)
        const expected = crossEntropy(flat(drawn), y, options)
        expect([...loss.shape]).toEqual(options.reduction === 'none' ? sizes : [])
        expect(values(loss)).toEqual(values(expected))
        const dz = draw(rng, loss.shape)
        expect(values(grad(loss, z, dz))).toEqual(values(grad(expected, z, reshape(dz, expected.shape))))
      }),
    )
  })
})

describe('crossEntropy with ignoreIndex', () => {
  it('is the loss of the other samples, whatever the logits of those left out', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(-100, -1, 0, 1, 9), (seed, ignoreIndex) => {
        const drawn = setUp(seed)
        const { rng, options, classes } = drawn
        const y = drawn.y.map(label => (rng.uniform() < 0.4 ? ignoreIndex : label))
        const kept = y.flatMap((label, i) => (label === ignoreIndex ? [] : [i]))
        fc.pre(kept.length > 0)
        const odd = [Number.NaN, Infinity, 1e300]
        const wild = rowsOf(flat(drawn)).map((row, i) =>
          y[i] === ignoreIndex ? row.map(() => odd[rng.integer(0, 2)]) : row,
        )
        const z = tensor(wild, { dtype: 'float64', requiresGrad: true })
        const loss = crossEntropy(z, y, { ...options, ignoreIndex })
        const dz = draw(rng, loss.shape)
        const own = tensor(
          kept.map(i => wild[i]),
          { dtype: 'float64', requiresGrad: true },
        )
        const expected = crossEntropy(
          own,
          kept.map(i => y[i]),
          options,
        )
        const none = options.reduction === 'none'
        const lossesKept = none ? kept.map(i => values(loss)[i]) : values(loss)
        expect(lossesKept).toEqual(values(expected))
        const given = none ? kept.map(i => values(dz)[i]) : values(dz)
        const slopes = rowsOf(grad(loss, z, dz))
        const cotangent = tensor(given, { shape: expected.shape, dtype: 'float64' })
        expect(kept.map(i => slopes[i])).toEqual(rowsOf(grad(expected, own, cotangent)))
        y.forEach((label, i) => {
          if (label !== ignoreIndex) return
          expect(slopes[i]).toEqual(new Array(classes).fill(0))
          if (none) expect(values(loss)[i]).toBe(0)
        })
      }),
    )
  })

  it('of none at all has the sum 0 and no mean', () => {
    const z = tensor([[1, Number.NaN]], { dtype: 'float64', requiresGrad: true })
    const of = (options: CrossEntropyOptions & TargetOptions) =>
      crossEntropy(z, [-100], { ignoreIndex: -100, ...options })
    for (const reduction of ['sum', 'none'] as const) {
      expect(values(of({ reduction }))).toEqual([0])
      expect(values(grad(of({ reduction }).sum(), z))).toEqual([0, 0])
    }
    expect(() => of({})).toThrow(
      'crossEntropy: mean: a label other than ignoreIndex expected, got none in the batch',
    )
  })

  it('refuses other labels that are no classes, by their places, and what is no integer', () => {
    const z = draw(generator(0), [3, 2])
    expect(() => crossEntropy(z, [-100, 5, 0], { ignoreIndex: -100 })).toThrow(
      'crossEntropy: labels are integers from 0 to 1, got 5 for sample 1',
    )
    expect(() => crossEntropy(z, [-100, 0, 0])).toThrow('got -100 for sample 0')
    expect(() => crossEntropy(z, [0, 0, 0], { ignoreIndex: 0.5 })).toThrow('crossEntropy: ignoreIndex')
    expect(() => crossEntropy(z, Float32Array.of(0, 0, 0) as never, { ignoreIndex: 0 })).toThrow(
      'labels as an array of integers',
    )
    expect(() => crossEntropy(z, tensor([0, 0, 0]) as never)).toThrow(
      'such as its toArray(), expected, got a Tensor',
    )
    expect(
      values(crossEntropy(z, BigInt64Array.of(-1n, 0n, 1n), { ignoreIndex: -1, reduction: 'none' })),
    ).toEqual(values(crossEntropy(z, [-1, 0, 1], { ignoreIndex: -1, reduction: 'none' })))
    expect(() => crossEntropy(draw(generator(0), [3]), [0, 0, 0])).toThrow(
      'crossEntropy: z[N,C] or z[N,C,d1,..] expected, got shape [3]',
    )
  })
})
