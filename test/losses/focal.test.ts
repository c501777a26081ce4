import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, tensor } from '../../engine/index.ts'
import { crossEntropy, irCosFace } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import {
  draw,
  drawCase,
  farthest,
  finite,
  lossWith,
  named,
  OF_PSI,
  rowsOf,
  seeds,
  values,
} from './support.ts'

onReference()

const gammas = fc.double({ min: 0.1, max: 5, noNaN: true })

describe('focalGamma', () => {
  it('is -(1 - p_y)^gamma ln p_y, weighted by class', () => {
    fc.assert(
      fc.property(seeds, gammas, (seed, focalGamma) => {
        const { rng, n, classes, y } = drawCase(seed)
        const z = draw(rng, [n, classes])
        const weight = Array.from({ length: classes }, () => rng.uniform(0.1, 3))
        const each = rowsOf(z).map((row, i) => {
          const p = Math.exp(row[y[i]]) / row.reduce((sum, v) => sum + Math.exp(v), 0)
          return -((1 - p) ** focalGamma) * Math.log(p)
        })
        const focal = (options: object) => crossEntropy(z, y, { focalGamma, ...options })
        // |z| <= 2 and at most 6 classes: p is from 0.003 to 0.98, so nothing cancels by more than 2 digits.
        expect(farthest(focal({ reduction: 'none' }), each)).toBeLessThan(1e-13)
        const total = (v: readonly number[]) => v.reduce((a, b) => a + b)
        const weights = total(y.map(label => weight[label]))
        const mean = total(each.map((loss, i) => loss * weight[y[i]])) / weights
        expect(farthest(focal({ weight }), [mean])).toBeLessThan(1e-13)
      }),
    )
  })

  it('never counts a sample more than cross-entropy does, and less the larger gamma', () => {
    fc.assert(
      fc.property(seeds, gammas, gammas, (seed, one, two) => {
        const { rng, n, classes, y } = drawCase(seed)
        const z = draw(rng, [n, classes])
        const losses = [0, Math.min(one, two), Math.max(one, two)].map(focalGamma =>
          values(crossEntropy(z, y, { focalGamma, reduction: 'none' })),
        )
        losses[0].forEach((plain, i) => {
          expect(losses[1][i]).toBeLessThan(plain)
          expect(losses[2][i]).toBeLessThanOrEqual(losses[1][i])
        })
      }),
    )
  })

  it.each([0.1, 0.5, 1, 1.5, 2, 5])(
    'gamma %d has finite gradients of four orders, or two in float32, up to p = 1',
    gamma => {
      fc.assert(
        fc.property(seeds, fc.double({ min: 0, max: 400, noNaN: true }), (seed, gap) => {
          for (const [dtype, orders] of [
            ['float64', 4],
            ['float32', 2],
          ] as const) {
            const rng = generator(seed)
            const z = tensor([[gap, 0, -1]], { dtype, requiresGrad: true })
            let y = crossEntropy(z, [0], { focalGamma: gamma, reduction: 'sum' })
            for (let order = 1; order <= orders; order++) {
              y = grad(y, z)
                .mul(draw(rng, [1, 3]).astype(dtype))
                .sum()
              expect(finite(y), `order ${order} in ${dtype} at ${gap}: ${y}`).toBe(true)
              if (gap > 300) expect(y.item()).toBeCloseTo(0, 12)
            }
          }
        }),
        { numRuns: 8 },
      )
    },
  )

  it('is Infinity for a target that was left out, with the gradient of cross-entropy', () => {
    const z = tensor([[0, Number.NEGATIVE_INFINITY]], { requiresGrad: true })
    const loss = crossEntropy(z, [1], { focalGamma: 2 })
    expect(loss.item()).toBe(Number.POSITIVE_INFINITY)
    expect(grad(loss, z).toArray()).toEqual([[1, -1]])
  })

  it('is finite, with a finite gradient, for samples that are surely right or surely wrong', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const focalGamma of [0.5, 1, 2, 5]) {
        for (const label of [0, 1]) {
          const z = tensor(
            [
              [200, -200],
              [1e30, -1e30],
              [0, 0],
            ],
            { dtype, requiresGrad: true },
          )
          const losses = crossEntropy(z, [label, label, label], { focalGamma, reduction: 'none' })
          const dz = grad(losses, z, tensor([1, -2, 3], { dtype }))
          expect([...values(losses), ...values(dz)].every(Number.isFinite)).toBe(true)
          expect(Math.abs(values(dz)[4])).toBeGreaterThan(0.1)
        }
      }
    }
  })

  it.each(named(OF_PSI))('%s: takes it, sample by sample, and classifies without it', (_, row) => {
    fc.assert(
      fc.property(seeds, gammas, (seed, focalGamma) => {
        const { x, W, y } = drawCase(seed)
        const make = (gamma?: number) => lossWith(row, W, { s: 8, reduction: 'none', focalGamma: gamma })
        const plain = make()
        const expected = values(plain(x, y)).map(loss => (1 - Math.exp(-loss)) ** focalGamma * loss)
        // 1 - e^-L as it stands keeps 1e-16 of 1, of which the power gamma >= 0.1 makes 3e-2 at worst: of a loss of 0.
        expect(farthest(make(focalGamma)(x, y), expected)).toBeLessThan(1e-13)
        expect(values(make(0)(x, y))).toEqual(values(plain(x, y)))
        expect(values(make(focalGamma).logits(x))).toEqual(values(plain.logits(x)))
      }),
      { numRuns: 30 },
    )
  })

  it('below 0 or not finite is refused', () => {
    const z = tensor([[1, 2]])
    expect(() => crossEntropy(z, [0], { focalGamma: -1 })).toThrow(
      'crossEntropy: focalGamma is a finite number >= 0, got -1',
    )
    expect(() => irCosFace({ classes: 2, dim: 2, focalGamma: Number.NaN })).toThrow(
      'irCosFace: focalGamma is a finite number >= 0, got NaN',
    )
  })
})
