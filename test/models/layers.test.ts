import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConvOptions, conv2d, generator, randn, type Tensor, zeros } from '../../engine/index.ts'
import * as layers from '../../models/layers/index.ts'

const f64 = { dtype: 'float64' } as const
const values = (t: Tensor): number[] => Array.from(t.dataSync())
const seed = fc.integer()

describe('conv2d and linear', () => {
  it('start uniform within 1 / sqrt(fanIn), weight and bias, and fill that range', () => {
    const rng = generator(3)
    const conv = layers.conv2d({ in: 8, out: 32, kernel: [3, 5], groups: 2, rng })
    const fc1 = layers.linear({ in: 100, out: 50, rng })
    for (const [net, shape, fanIn] of [
      [conv, [3, 5, 4, 32], 60],
      [fc1, [100, 50], 100],
    ] as const) {
      const { weight, bias } = net.parameters
      expect(weight.shape).toEqual(shape)
      expect(bias.shape).toEqual(shape.slice(-1))
      const bound = 1 / Math.sqrt(fanIn)
      const largest = (t: Tensor) => Math.max(...values(t).map(Math.abs))
      // float32 rounds the bound by 6e-8; of 1920 draws the largest lies below 0.99 of it once in 2e8 seeds.
      for (const t of [weight, bias]) expect(largest(t)).toBeLessThanOrEqual(bound * (1 + 1e-7))
      expect(largest(weight)).toBeGreaterThan(0.99 * bound)
    }
  })

  it("take padding 'same' where it is of one size, whatever comes in", () => {
    const conv = (padding: ConvOptions['padding']) =>
      layers.conv2d({ in: 2, out: 3, kernel: 5, dilation: 2, padding, rng: generator(1), ...f64 })
    const x = randn([1, 6, 7, 2], generator(2), f64)
    expect(values(conv('same')(x))).toEqual(values(conv(4)(x)))
    const [above, below] = [
      [1, 2],
      [2, 1],
    ] as const
    const odd = (padding: ConvOptions['padding']) =>
      layers.conv2d({ in: 2, out: 3, kernel: [4, 2], padding, rng: generator(1), ...f64 })
    expect(values(odd('same')(x))).toEqual(values(odd([above, [0, 1]])(x)))
    expect(values(odd('sameLower')(x))).toEqual(values(odd([below, [1, 0]])(x)))
    const options = { in: 2, out: 3, rng: generator(1), padding: 'same' } as const
    for (const make of [
      () => layers.conv2d({ ...options, kernel: 3, stride: 2 }),
      () => layers.maxPool2d({ kernel: 2, padding: 'same' }),
    ]) {
      expect(make).toThrow(/^layers\.\w+2d: padding 'same' with stride 1 expected, got kernel/)
    }
  })

  it('take another initialisation by name', () => {
    const { weight } = layers.linear({
      in: 200,
      out: 200,
      rng: generator(4),
      init: layers.kaimingNormal(),
      ...f64,
    }).parameters
    const squares = values(weight).reduce((total, w) => total + w * w, 0) / weight.size
    // The variance of 40,000 normal draws: standard error sqrt(2 / 40000) = 0.7 %, five of them allowed.
    expect(Math.abs(squares / (2 / 200) - 1)).toBeLessThan(0.035)
  })

  it('compute conv2d and x W + b of their own weights', () => {
    const rng = generator(5)
    const conv = layers.conv2d({ in: 2, out: 3, kernel: 3, dilation: 2, rng, ...f64 })
    const x = randn([1, 6, 6, 2], rng, f64)
    const { weight, bias } = conv.parameters
    expect(values(conv(x))).toEqual(values(conv2d(x, weight, { dilation: 2 }).add(bias)))
    const line = layers.linear({ in: 2, out: 3, rng, ...f64 })
    expect(values(line(x))).toEqual(values(x.matmul(line.parameters.weight).add(line.parameters.bias)))
  })

  it('refuse sizes that are none', () => {
    const rng = generator(1)
    expect(() => layers.linear({ in: 0, out: 1, rng })).toThrow(
      'layers.linear: in as an integer >= 1 expected, got 0',
    )
    expect(() => layers.conv2d({ in: 1, out: 1.5, kernel: 3, rng })).toThrow(
      'layers.conv2d: out as an integer >= 1 expected',
    )
    expect(() => layers.conv2d({ in: 3, out: 2, kernel: 3, groups: 2, rng })).toThrow('multiples of groups')
  })
})

describe('batchNorm', () => {
  it('follows its definition, and its running statistics follow the batches', () => {
    fc.assert(
      fc.property(
        seed,
        fc.integer({ min: 2, max: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (s, n, momentum) => {
          const rng = generator(s)
          const net = layers.batchNorm({ channels: 2, momentum, ...f64 })
          net.parameters.gamma.assign(randn([2], rng, f64))
          net.parameters.beta.assign(randn([2], rng, f64))
          const [gamma, beta] = [values(net.parameters.gamma), values(net.parameters.beta)]
          const [mean, variance] = [
            [0, 0],
            [1, 1],
          ]
          const expected = (x: number[], c: number, m: number, v: number) =>
            x.map(value => (gamma[c] * (value - m)) / Math.sqrt(v + 1e-5) + beta[c])
          const channel = (t: Tensor, c: number) => values(t).filter((_, i) => i % 2 === c)
          const close = (actual: number[], wanted: number[]) =>
            actual.forEach((a, i) => {
              // Ten float64 roundings, magnified by at most 1 / sqrt(eps) = 316 where a variance is tiny.
              expect(Math.abs(a - wanted[i])).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(wanted[i])))
            })
          for (let step = 0; step < 3; step++) {
            const x = randn([n, 2, 2, 2], rng, f64)
            const z = net(x, { training: true })
            for (const c of [0, 1]) {
              const xs = channel(x, c)
              const m = xs.reduce((a, b) => a + b) / xs.length
              const squares = xs.reduce((a, b) => a + (b - m) ** 2, 0)
              close(channel(z, c), expected(xs, c, m, squares / xs.length))
              mean[c] += momentum * (m - mean[c])
              variance[c] += momentum * (squares / (xs.length - 1) - variance[c])
            }
          }
          const x = randn([1, 2], rng, f64)
          for (const c of [0, 1]) close(channel(net(x), c), expected(channel(x, c), c, mean[c], variance[c]))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('refuses a batch whose variance means nothing', () => {
    const net = layers.batchNorm({ channels: 2 })
    expect(() => net(zeros([1, 2]), { training: true })).toThrow(
      'more than 1 value a channel expected in training, got 1',
    )
    expect(() => layers.batchNorm({ channels: 2, momentum: 2 })).toThrow(
      'a momentum from 0 to 1 expected, got 2',
    )
  })
})

describe('dropout', () => {
  it('drops a share p, scales the rest by 1 / (1 - p), and leaves x alone outside training', () => {
    const rng = generator(6)
    const net = layers.dropout({ p: 0.25, rng })
    const x = randn([100, 100], rng, f64)
    expect(values(net(x))).toEqual(values(x))
    const [a, b] = [values(net(x, { training: true })), values(net(x, { training: true }))]
    expect(a).not.toEqual(b)
    const kept = a.filter(v => v !== 0).length / a.length
    // Standard error of 10,000 draws: sqrt(.25 * .75 / 1e4) = 0.43 %, five of them allowed.
    expect(Math.abs(kept - 0.75)).toBeLessThan(0.022)
    const xs = values(x)
    a.forEach((v, i) => {
      if (v !== 0) expect(Math.abs(v - xs[i] / 0.75)).toBeLessThanOrEqual(1e-15 * 4 * Math.abs(v))
    })
    expect(() => layers.dropout({ p: 1, rng })).toThrow('layers.dropout: 0 <= p < 1 expected, got 1')
  })
})

describe('sequential', () => {
  it('names parameters by path and keeps layers with equal names apart', () => {
    const rng = generator(7)
    const line = () => layers.linear({ in: 2, out: 2, rng })
    const net = layers.sequential({ a: line(), b: layers.sequential({ a: line() }) })
    expect(Object.keys(net.parameters)).toEqual(['a.weight', 'a.bias', 'b.a.weight', 'b.a.bias'])
    expect(() => layers.sequential({ 'a.b': line() })).toThrow(
      'names without dots, and not numbers, expected, got "a.b"',
    )
    expect(() => layers.sequential({ '0': line() })).toThrow('got "0"')
  })
})
