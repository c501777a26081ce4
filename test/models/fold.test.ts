import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn, type Tensor, tidy } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { convNet, fold, layers, resNet, sphereFaceNet } from '../../models/index.ts'
import { DRAWN_LAYERS, type Drawn } from '../support/drawnLayers.ts'
import { DRAWN_NETS } from '../support/drawnNets.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'
import { asIfTrained } from '../support/trained.ts'

/** The largest difference, in units of the largest output. */
function difference(a: Tensor, b: Tensor): number {
  const [xs, ys] = [a.dataSync(), b.dataSync()]
  let [most, size] = [0, Number.MIN_VALUE]
  for (let i = 0; i < xs.length; i++) {
    most = Math.max(most, Math.abs(xs[i] - ys[i]))
    size = Math.max(size, Math.abs(xs[i]))
  }
  return most / size
}

/** The kinds of all layers, inner ones too. */
function kinds(layer: layers.Layer): string[] {
  const { description } = layer
  if (description?.kind === 'sequential') return Object.values(description.layers).flatMap(kinds)
  if (description?.kind !== 'residual') return [description?.kind as string]
  const { branch, shortcut } = description
  return [branch, shortcut].flatMap(part => (part === undefined ? [] : kinds(part)))
}

function differs({ build, input }: Pick<Drawn, 'build' | 'input'>, seed: number, dtype?: 'float64'): number {
  const rng = generator(seed)
  const net = asIfTrained(build(rng), rng)
  const x = randn([4, ...input], rng, { dtype })
  return tidy(() => difference(net(x), fold(net)(x)))
}

describe('a folded net computes what the net does', () => {
  // A rounding of 6e-8 in each weight and each sum, of which those of a few layers add up.
  test.each(Object.entries(DRAWN_NETS))('within 1e-6 of its size: %s', (_, nets) => {
    check(
      fc.property(nets as fc.Arbitrary<Drawn>, seeds(), (net, seed) => {
        expect(differs(net, seed)).toBeLessThan(1e-6)
      }),
      3,
    )
  })

  test.each(Object.entries(DRAWN_LAYERS))('within 1e-6 of its size: %s', (_, drawn) => {
    check(
      fc.property(drawn, seeds(), (layer, seed) => {
        expect(differs(layer, seed)).toBeLessThan(1e-6)
      }),
      10,
    )
  })

  describe('in float64', () => {
    onReference()
    const conv = fc.record({
      in: fc.constantFrom(2, 4),
      out: fc.constantFrom(2, 6),
      groups: fc.constantFrom(1, 2),
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 2 }),
      padding: fc.integer({ min: 0, max: 1 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      bias: fc.boolean(),
    })
    // Sums of some hundred products, each rounded to 1.1e-16 of it.
    test('to its rounding: convolutions of all kinds, and a linear layer', () => {
      check(
        fc.property(conv, seeds(), (options, seed) => {
          const dtype = 'float64'
          const build: Drawn['build'] = rng =>
            layers.sequential({
              conv: layers.conv2d({ ...options, rng, dtype }),
              bn: layers.batchNorm({ channels: options.out, dtype, eps: 0.01 }),
              act: layers.prelu({ channels: options.out, dtype }),
              pool: layers.globalAvgPool(),
              fc: layers.linear({ in: options.out, out: 3, rng, dtype }),
              bn1d: layers.batchNorm({ channels: 3, dtype }),
            })
          expect(differs({ build, input: [6, 7, options.in] }, seed, dtype)).toBeLessThan(1e-13)
        }),
      )
    })

    test('to its rounding: nets', () => {
      const input = [8, 9, 2] as const
      const options = { dim: 3, input, dtype: 'float64' as const }
      for (const net of [convNet, resNet, sphereFaceNet]) {
        const build: Drawn['build'] = rng => net({ ...options, rng })
        expect(differs({ build, input }, 1, 'float64')).toBeLessThan(1e-12)
      }
    })
  })
})

describe('fold', () => {
  const rng = generator(1)
  const linear = (to = 2): layers.Layer => layers.linear({ in: 2, out: to, rng })
  const bn = (channels = 2): layers.Layer => asIfTrained(layers.batchNorm({ channels }), rng)

  test.each([
    ['convNet', convNet({ dim: 4, seed: 1 })],
    ['resNet', resNet({ dim: 4, seed: 1 })],
    ['sphereFaceNet', sphereFaceNet({ dim: 4, input: [16, 16, 1], width: 2, seed: 1 })],
  ])('leaves no batch norm, and all other layers: %s', (_, net) => {
    expect(kinds(fold(net))).toEqual(kinds(net).filter(kind => kind !== 'batchNorm'))
  })

  test('takes several, and one after a sequence; one that follows nothing, or a sum, stays', () => {
    const net = layers.sequential({
      first: bn(),
      fc: linear(),
      bn1: bn(),
      bn2: bn(),
      inner: layers.sequential({ act: layers.relu(), fc: linear() }),
      bn3: bn(),
      sum: layers.residual({ branch: layers.sequential({ bn: bn(), fc: linear(), bn4: bn() }) }),
      bn5: bn(),
    })
    const small = fold(net)
    expect(kinds(small)).toEqual([
      'batchNorm',
      'linear',
      'relu',
      'linear',
      'batchNorm',
      'linear',
      'batchNorm',
    ])
    expect(Object.keys(small.parameters).filter(name => name.endsWith('gamma'))).toEqual([
      'first.gamma',
      'sum.branch.bn.gamma',
      'bn5.gamma',
    ])
    const x = randn([5, 2], rng)
    expect(difference(net(x), small(x))).toBeLessThan(1e-6)
  })

  test('copies: neither net reaches the other', () => {
    const net = layers.sequential({ fc: linear(), bn: bn(), act: layers.prelu(), fc2: linear() })
    const small = fold(net)
    const x = randn([3, 2], rng)
    const [before, folded] = [net, small].map(f => f(x).toArray())
    for (const p of Object.values(small.parameters)) p.assign(p.mul(2))
    expect(net(x).toArray()).toEqual(before)
    for (const p of Object.values(net.parameters)) p.assign(p.mul(3))
    expect(fold(net)(x).toArray()).not.toEqual(folded)
  })

  test('takes the values of a state, and refuses what it does not know', () => {
    const net = layers.sequential({ fc: linear(), bn: bn() })
    const other = asIfTrained(layers.sequential({ fc: linear(), bn: bn() }), rng)
    const x = randn([3, 2], rng)
    expect(difference(other(x), fold(net, { state: other.state() })(x))).toBeLessThan(1e-6)
    const custom = layers.sequential({ fc: linear(), own: layers.layer('mine', t => t) })
    expect(() => fold(custom)).toThrow('fold: own: a layer of ir-softmax expected, got mine')
    expect(() => fold(net, { stat: 1 } as object)).toThrow(
      'fold: there is no option stat, did you mean state',
    )
    expect(() => fold(net, { state: 1 as never })).toThrow('fold: state: a state, { tensors, values }')
    expect(() => fold(net, { state: linear().state() })).toThrow('fold: state: other names expected')
  })
})
