import { describe, expect, test, vi } from 'vitest'
import { reference } from '../../engine/backends/reference/index.ts'
import {
  backend,
  batchNorm,
  dropout,
  Generator,
  grad,
  layerNorm,
  mean,
  moments,
  ones,
  randn,
  type Tensor,
  tensor,
  variance,
  zeros,
} from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { f64, random } from '../support/numbers.ts'

describe('standardisation', () => {
  test('batchNorm leaves each channel with mean beta and deviation gamma', () => {
    const z = batchNorm(random([4, 5, 3], 0), f64([1, 2, 3]), f64([0, -1, 1]), { eps: 0 })
    expectClose(mean(z, { axis: [0, 1] }), [0, -1, 1], 1e-14)
    expectClose(variance(z, { axis: [0, 1] }), [1, 4, 9], 1e-13)
  })

  test('batchNorm takes statistics that are given', () => {
    const given = { mean: f64([1]), variance: f64([3]), eps: 1 }
    expectClose(batchNorm(f64([[5]]), f64([2]), f64([7]), given), [[11]], 1e-15)
  })

  test('batchNorm takes the moments of x that are known, and first and second gradients flow through them', () => {
    const xs = { x: random([5, 2, 3], 0), gamma: random([3], 1), beta: random([3], 2) }
    const f = ({ x, gamma, beta }: typeof xs): Tensor => batchNorm(x, gamma, beta, { moments: moments(x) })
    expectClose(f(xs), batchNorm(xs.x, xs.gamma, xs.beta), 0)
    gradcheck(f, xs, { order: 2, name: 'batchNorm with moments' })
  })

  test('batchNorm has a gradient in what its moments are of, whatever that is', () => {
    const xs = { x: random([5, 2, 3], 0), y: random([4, 3], 3), gamma: random([3], 1), beta: random([3], 2) }
    const f = ({ x, y, gamma, beta }: typeof xs): Tensor => batchNorm(x, gamma, beta, { moments: moments(y) })
    const [mean, variance] = [0, 1].map(i =>
      moments(xs.y)
        .slice([i], [i + 1])
        .reshape([3]),
    )
    expectClose(f(xs), batchNorm(xs.x, xs.gamma, xs.beta, { mean, variance }), 0)
    gradcheck(f, xs, { order: 2, name: 'batchNorm with the moments of y' })
    const given = moments(xs.y).slice([0, 0], [2, 3])
    const { x, ...rest } = xs
    gradcheck(
      ({ given, x, gamma, beta }) => batchNorm(x, gamma, beta, { moments: given }),
      { x, given, ...rest },
      { order: 2, name: 'batchNorm with moments given' },
    )
  })

  test('batchNorm with the moments of x costs no kernel more than without', () => {
    const backend = reference
    const kernels = Object.keys(reference).filter(name => typeof reference[name as 'fill'] === 'function')
    const spies = kernels.map(name => vi.spyOn(reference, name as 'fill'))
    const kind = { dtype: 'float64', backend, requiresGrad: true } as const
    const on = (t: Tensor) => tensor(t.dataSync(), { shape: t.shape, ...kind })
    const [x, gamma, beta] = [on(random([5, 2, 3], 0)), on(random([3], 1)), on(random([3], 2))]
    const cost = (f: () => Tensor): number[] => {
      vi.clearAllMocks()
      grad(f().sum(), { x, gamma, beta })
      return spies.map(spy => spy.mock.calls.length)
    }
    const plain = cost(() => batchNorm(x, gamma, beta))
    expect(plain.reduce((a, b) => a + b)).toBeGreaterThan(10)
    expect(cost(() => batchNorm(x, gamma, beta, { moments: moments(x) }))).toEqual(plain)
    vi.restoreAllMocks()
  })

  test.each([
    ['moments of another shape', { moments: zeros([2, 2]) }, 'moments[2,3] expected, got moments[2,2]'],
    ['two statistics', { moments: zeros([2, 3]), mean: zeros([3]) }, 'got both'],
  ])('batchNorm refuses %s', (_, options, message) => {
    expect(() => batchNorm(ones([4, 3]), ones([3]), zeros([3]), options)).toThrow(message)
  })

  // Each x - first is rounded by 2^-24 of itself, which is at most 300 deviations: the variance is off by less than
  // 2 * 300 * 2^-24 = 3.6e-5 of itself, and by E x^2 - (E x)^2 in float32 it would be by 10^6 * 2^-24.
  test.each([
    ['a large mean', 0],
    ['a large mean and a first value far away', 3],
  ])('moments keep the digits of a small variance beside %s', (_, outlier) => {
    const values = randn([90_000, 5], new Generator(1), { dtype: 'float64' }).mul(0.01).add(10).dataSync()
    values.fill(10 + outlier, 0, 5)
    const x = tensor(values, { shape: [90_000, 5], dtype: 'float32', backend: backend('wasm') })
    const right = moments(tensor(x.dataSync(), { shape: x.shape, dtype: 'float64' }))
    const [z, exact] = [moments(x).dataSync(), right.dataSync()]
    z.forEach((v, i) => {
      expect(Math.abs(v / exact[i] - 1)).toBeLessThan(i < 5 ? 1e-7 : 4e-5)
    })
    expect(
      moments(tensor([[1e6], [1e6], [1e6]], { dtype: 'float32', backend: backend('wasm') })).toArray(),
    ).toEqual([[1e6], [0]])
  })

  test('layerNorm does the same for each row', () => {
    const z = layerNorm(
      random([4, 6], 0),
      ones([6], { dtype: 'float64' }),
      zeros([6], { dtype: 'float64' }),
      0,
    )
    expectClose(mean(z, { axis: 1 }), [0, 0, 0, 0], 1e-14)
    expectClose(variance(z, { axis: 1 }), [1, 1, 1, 1], 1e-13)
  })

  // 4000 draws of Bernoulli(0.7): five standard deviations of the share kept are 5 sqrt(.21 / 4000) = 0.036.
  test('dropout keeps its share, scaled so that the mean stays, and repeats with its seed', () => {
    const x = ones([4000])
    const z = dropout(x, 0.3, new Generator(5))
    const kept = z.dataSync().filter(v => v !== 0)
    expect(Math.abs(kept.length / 4000 - 0.7)).toBeLessThan(0.036)
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.7)]))
    expect(dropout(x, 0.3, new Generator(5)).dataSync()).toEqual(z.dataSync())
    expect(() => dropout(x, 1, new Generator(5))).toThrow(/dropout: 0 <= p < 1 expected, got 1/)
  })
})
