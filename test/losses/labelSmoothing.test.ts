import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, tensor } from '../../engine/index.ts'
import { arcFace, crossEntropy, irCosFace } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { draw, drawCase, farthest, lossWith, named, OF_PSI, rowsOf, seeds, values } from './support.ts'

onReference()

const epsilons = fc.double({ min: 0.01, max: 1, noNaN: true })

describe('labelSmoothing', () => {
  it('is the cross-entropy to the smoothed distribution, each class by its weight', () => {
    fc.assert(
      fc.property(seeds, epsilons, fc.boolean(), (seed, labelSmoothing, weighted) => {
        const { rng, n, classes, y } = drawCase(seed)
        const z = draw(rng, [n, classes])
        const v = Array.from({ length: classes }, () => (weighted ? rng.uniform(0.1, 3) : 1))
        const each = rowsOf(z).map((row, i) => {
          const log = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))
          const share = (j: number) => labelSmoothing / classes + (j === y[i] ? 1 - labelSmoothing : 0)
          return row.reduce((sum, value, j) => sum + share(j) * v[j] * (log - value), 0)
        })
        const options = { labelSmoothing, ...(weighted && { weight: v }) }
        // |z| <= 2 and at most 6 classes: sums of a few terms of size 1, which nothing takes away again.
        expect(farthest(crossEntropy(z, y, { ...options, reduction: 'none' }), each)).toBeLessThan(1e-13)
        const total = (list: readonly number[]) => list.reduce((a, b) => a + b)
        const mean = total(each) / total(y.map(label => v[label]))
        expect(farthest(crossEntropy(z, y, options), [mean])).toBeLessThan(1e-13)
      }),
    )
  })

  it('gives the other convention, epsilon / (C - 1) for each other class, by epsilon C / (C - 1)', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (seed, epsilon) => {
        const { rng, n, classes, y } = drawCase(seed)
        const z = draw(rng, [n, classes])
        const each = rowsOf(z).map((row, i) => {
          const log = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))
          const share = (j: number) => (j === y[i] ? 1 - epsilon : epsilon / (classes - 1))
          return row.reduce((sum, value, j) => sum + share(j) * (log - value), 0)
        })
        const labelSmoothing = (epsilon * classes) / (classes - 1)
        expect(farthest(crossEntropy(z, y, { labelSmoothing, reduction: 'none' }), each)).toBeLessThan(1e-13)
      }),
    )
  })

  it.each(named(OF_PSI))('%s: takes it on the logits of its margin, and classifies without it', (_, row) => {
    fc.assert(
      fc.property(seeds, epsilons, (seed, labelSmoothing) => {
        const { x, W, y, classes } = drawCase(seed)
        const make = (more: object) => lossWith(row, W, { s: 8, reduction: 'none', ...more })
        const [plain, smooth] = [make({}), make({ labelSmoothing })]
        // Of the logits z only z_y has a margin; the loss is CE + epsilon (z_y - mean z), and CE tells z_y.
        const expected = values(plain(x, y)).map((loss, i) => {
          const z = rowsOf(plain.logits(x))[i]
          const others = z.filter((_, j) => j !== y[i])
          const log = Math.log(others.reduce((sum, value) => sum + Math.exp(value), 0))
          const target = log - Math.log(Math.expm1(loss))
          const mean = (target + others.reduce((a, b) => a + b)) / classes
          return loss + labelSmoothing * (target - mean)
        })
        // ln(e^L - 1) keeps 1e-16 / L of a small loss.
        if (values(plain(x, y)).every(loss => loss > 1e-4 && loss < 30)) {
          expect(farthest(smooth(x, y), expected)).toBeLessThan(1e-11)
        }
        expect(values(smooth.logits(x))).toEqual(values(plain.logits(x)))
      }),
      { numRuns: 30 },
    )
  })

  it('leaves the loss at 0 as it is, and pulls a sure sample back', () => {
    const z = tensor([[9, 0, -3]], { dtype: 'float64', requiresGrad: true })
    expect(values(crossEntropy(z, [0], { labelSmoothing: 0 }))).toEqual(values(crossEntropy(z, [0])))
    const [own, ...others] = values(grad(crossEntropy(z, [0], { labelSmoothing: 0.3 }), z))
    expect(own).toBeGreaterThan(0)
    expect(Math.max(...others)).toBeLessThan(0)
  })

  it('is refused beyond 0 .. 1, and beside what it does not go with', () => {
    const z = tensor([[1, 2]])
    expect(() => crossEntropy(z, [0], { labelSmoothing: 1.5 })).toThrow(
      /^crossEntropy: labelSmoothing .*1\.5/,
    )
    expect(() => arcFace({ classes: 2, dim: 2, labelSmoothing: -0.1 })).toThrow(
      /^arcFace: labelSmoothing .*-0\.1/,
    )
    expect(() => irCosFace({ classes: 2, dim: 2, labelSmoothing: 0.1, focalGamma: 1 })).toThrow(
      'irCosFace: labelSmoothing or focalGamma expected, got both',
    )
    expect(() => arcFace({ classes: 9, dim: 2, labelSmoothing: 0.1, sampledClasses: { rate: 0.5 } })).toThrow(
      'arcFace: labelSmoothing or sampledClasses expected, got both',
    )
  })
})
