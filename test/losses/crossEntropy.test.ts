import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, tensor } from '../../engine/index.ts'
import { crossEntropy } from '../../losses/index.ts'
import { draw, drawCase, farthest, rowsOf, seeds, values } from './support.ts'

/** The formula as it stands, for logits where it is exact enough. */
const naive = (z: readonly number[], y: number): number =>
  -z[y] + Math.log(z.reduce((total, v) => total + Math.exp(v), 0))

const setUp = (seed: number) => {
  const { rng, n, classes, y } = drawCase(seed)
  const weight = Array.from({ length: classes }, () => rng.uniform(0.1, 3))
  return { rng, n, classes, y, weight, z: draw(rng, [n, classes]) }
}

describe('crossEntropy', () => {
  // |z| <= 2 and at most 6 classes: a few roundings of numbers below 5, 1e-14 is ten times their sum.
  it('is -z_y + ln sum e^z_j, weighted by class', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { z, y, weight } = setUp(seed)
        const each = rowsOf(z).map((row, i) => naive(row, y[i]))
        const weighted = each.map((loss, i) => loss * weight[y[i]])
        const total = (v: readonly number[]) => v.reduce((a, b) => a + b)
        const weights = total(y.map(label => weight[label]))
        expect(farthest(crossEntropy(z, y, { reduction: 'none' }), each)).toBeLessThan(1e-14)
        expect(farthest(crossEntropy(z, y, { reduction: 'none', weight }), weighted)).toBeLessThan(1e-14)
        expect(farthest(crossEntropy(z, y, { reduction: 'sum', weight }), [total(weighted)])).toBeLessThan(
          1e-13,
        )
        expect(farthest(crossEntropy(z, y), [total(each) / y.length])).toBeLessThan(1e-14)
        expect(farthest(crossEntropy(z, y, { weight }), [total(weighted) / weights])).toBeLessThan(1e-14)
      }),
    )
  })

  it('has the gradient (softmax z - onehot y) for the cotangent of each sample', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, z: values, y, n, classes } = setUp(seed)
        const z = tensor(values.toArray(), { dtype: 'float64', requiresGrad: true })
        const dz = draw(rng, [n])
        const expected = rowsOf(values).flatMap((row, i) => {
          const total = row.reduce((sum, v) => sum + Math.exp(v), 0)
          const u = dz.dataSync()[i]
          return row.map((v, j) => u * (Math.exp(v) / total - (j === y[i] ? 1 : 0)))
        })
        expect(expected.length).toBe(n * classes)
        // Probabilities and cotangents are at most 2, so a handful of roundings of 2.
        expect(farthest(grad(crossEntropy(z, y, { reduction: 'none' }), z, dz), expected)).toBeLessThan(1e-14)
      }),
    )
  })

  it('does not change when all logits of a sample move together', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, z, y, n } = setUp(seed)
        const shifted = z.add(draw(rng, [n, 1]).mul(100))
        // Logits near 200 are rounded to 3e-14; two of them enter each difference.
        expect(farthest(crossEntropy(shifted, y), crossEntropy(z, y))).toBeLessThan(2e-13)
      }),
    )
  })

  it('keeps the digits of a small loss', () => {
    const z = tensor([[40, 0]], { dtype: 'float64' })
    const exact = Math.log1p(Math.exp(-20))
    // 1 + 2e-9 is rounded to 1e-16, 5e-8 of the loss.
    expect(crossEntropy(tensor([[40, 20]], { dtype: 'float64' }), [0]).item() / exact).toBeCloseTo(1, 6)
    expect(crossEntropy(z, [1]).item()).toBe(40)
  })

  it('stays finite at the ends of the range', () => {
    const z = tensor([[1e30, -1e30, 0]], { requiresGrad: true })
    for (const y of [0, 1, 2]) {
      const loss = crossEntropy(z, [y])
      expect(Number.isFinite(loss.item())).toBe(true)
      expect(values(grad(loss, z)).every(Number.isFinite)).toBe(true)
    }
  })

  it('refuses what does not fit', () => {
    const z = draw(generator(0), [2, 3])
    expect(() => crossEntropy(z, [0])).toThrow('crossEntropy: 2 labels expected, one a row of x, got 1')
    expect(() => crossEntropy(z, [0, 3])).toThrow('labels are integers from 0 to 2, got 3 for sample 1')
    expect(() => crossEntropy(z, [0, -1])).toThrow('got -1')
    expect(() => crossEntropy(z, [0.5, 1])).toThrow('got 0.5 for sample 0')
    expect(() => crossEntropy(z, [Number.NaN, 1])).toThrow('got NaN')
    expect(() => crossEntropy(draw(generator(0), [0, 3]), [])).toThrow('got an empty batch')
    expect(() => crossEntropy(draw(generator(0), [3]), [0])).toThrow(
      'z[N,C] or z[N,C,d1,..] expected, got shape [3]',
    )
    expect(() => crossEntropy(z, [0, 1], { weight: [1, 2] })).toThrow(
      '3 numbers expected, one a class, got 2',
    )
    expect(() => crossEntropy(z, [0, 1], { weight: [1, -2, 1] })).toThrow('got -2 for class 1')
    expect(() => crossEntropy(z, [0, 1], { weight: [1, Infinity, 1] })).toThrow('got Infinity')
    expect(() => crossEntropy(z, [0, 1], { weight: [0, 0, 1] })).toThrow('weight above 0 expected')
    expect(() => crossEntropy(z, [0, 1], { reduction: 'max' as 'mean' })).toThrow(
      'reduction is mean, sum or none, got max',
    )
  })
})
