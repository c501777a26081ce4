import { describe, expect, test } from 'vitest'
import { batchNorm, dropout, Generator, layerNorm, mean, ones, variance, zeros } from '../../engine/index.ts'
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
