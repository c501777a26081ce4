import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  centerBlend,
  classCenters,
  cosFace,
  softmaxLoss,
  sphereFace,
  trainingLoss,
} from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { dot, draw, drawCase, farthest, length, rowsOf, seeds, unit, values } from './support.ts'

onReference()

/** A rule of random sizes, and the same centres beside it, after some batches. */
function drawRule(seed: number) {
  const { rng, classes, dim, n } = drawCase(seed)
  const sizes = Array.from({ length: classes }, () => rng.integer(1, 40))
  const k = rng.uniform(0.1, 60)
  const options = { classes, dim, seed, dtype: 'float64' } as const
  const rule = centerBlend('own', options, { sizes, k })
  const centers = classCenters('own', {
    ...options,
    alpha: 0.3,
    cumulativeMean: true,
    usePreviousCenters: true,
    subtractMean: false,
  })
  for (let t = 0; t < 3; t++) {
    const y = Int32Array.from({ length: n }, () => rng.integer(0, classes - 1))
    const x = draw(rng, [n, dim])
    rule.update(x, y)
    centers.update(x, y)
  }
  return { rng, classes, dim, n, sizes, k, options, rule, centers }
}

describe('centerBlend', () => {
  it('is normalize(a W / ‖W‖ + (1 - a) c / ‖c‖), a = n / (n + k), c the centres of moving averages from plain means', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rule, centers, sizes, k } = drawRule(seed)
        const [W, c] = [rule.parameters.W, centers.W].map(rowsOf)
        const expected = W.map((w, j) => {
          const a = sizes[j] / (sizes[j] + k)
          return unit(unit(w).map((v, d) => a * v + (1 - a) * unit(c[j])[d]))
        })
        // A few roundings of float64, longer where both are nearly opposite.
        expect(farthest(rule.W, expected.flat())).toBeLessThan(1e-9)
      }),
    )
  })

  it('starts as the learned weights are, in their directions', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { classes, dim } = drawCase(seed)
        const options = { classes, dim, seed, dtype: 'float64' } as const
        const rule = centerBlend('own', options, { sizes: Array.from({ length: classes }, (_, j) => j + 1) })
        const W = rowsOf(rule.parameters.W)
        for (const [j, w] of rowsOf(rule.W).entries()) {
          expect(length(w)).toBeCloseTo(1, 12)
          expect(dot(w, W[j]) / length(W[j])).toBeCloseTo(1, 12)
        }
      }),
    )
  })

  it('comes to the learned weights for small k, and to the centres for large k', () => {
    const { classes, dim, sizes, options, centers, rule } = drawRule(7)
    const state = rule.state()
    const at = (k: number) => {
      const other = centerBlend('own', options, { sizes, k })
      other.load(state)
      return rowsOf(other.W)
    }
    const ends = [
      [at(1e-9), rowsOf(rule.parameters.W)],
      [at(1e12), rowsOf(centers.W)],
    ] as const
    for (const [rows, to] of ends) {
      for (let j = 0; j < classes; j++) expect(farthest(rows[j], unit(to[j]))).toBeLessThan(1e-6)
    }
    expect(rule.W.shape).toEqual([classes, dim])
  })

  it('goes on from its state to the same bits', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, classes, dim, n } = drawCase(seed)
        const sizes = Array.from({ length: classes }, () => rng.integer(1, 9))
        const make = (seed: number) =>
          sphereFace({ classes, dim, seed, dtype: 'float64', s: 8, centerBlend: { sizes } })
        const [one, other] = [make(1), make(2)]
        const batch = () =>
          [draw(rng, [n, dim]), Array.from({ length: n }, () => rng.integer(0, classes - 1))] as const
        for (let t = 0; t < 3; t++) trainingLoss(one, ...batch())
        other.load(one.state())
        const [x, y] = batch()
        for (const loss of [one, other]) trainingLoss(loss, x, y)
        expect(values(other.prototypes)).toEqual(values(one.prototypes))
        expect(values(other(x, y))).toEqual(values(one(x, y)))
      }),
      { numRuns: 30 },
    )
  })

  it('sees the centres from before its batch', () => {
    const { classes, dim, rng, n } = drawCase(3)
    const loss = softmaxLoss({
      classes,
      dim,
      dtype: 'float64',
      centerBlend: { sizes: new Array(classes).fill(2) },
    })
    expect(loss.updateAfter).toBe(true)
    const x = draw(rng, [n, dim])
    const y = Array.from({ length: n }, (_, i) => i % classes)
    const before = loss(x, y).item()
    expect(trainingLoss(loss, x, y).item()).toBe(before)
    expect(loss(x, y).item()).not.toBe(before)
  })

  it.each([
    [{ sizes: [1, 2] }, 'cosFace: centerBlend: sizes'],
    [{ sizes: [1, 0, 2] }, 'cosFace: centerBlend: sizes'],
    [{ sizes: [1, 2, 3], k: 0 }, 'cosFace: centerBlend: k'],
    [{ sizes: [1, 2, 3], kappa: 3 }, 'did you mean k?'],
    [true, 'cosFace: centerBlend'],
  ])('%j is refused', (centerBlend, message) => {
    expect(() => cosFace({ classes: 3, dim: 2, centerBlend: centerBlend as never })).toThrow(message)
  })

  it('goes alone', () => {
    const sizes = { classes: 3, dim: 2 }
    const centerBlend = { sizes: [1, 2, 3] }
    expect(() => softmaxLoss({ ...sizes, centerBlend, blend: true })).toThrow(
      'softmax: blend or centerBlend expected, got both',
    )
    expect(() => softmaxLoss({ ...sizes, centerBlend, simplex: true, blend: true })).toThrow(
      'softmax: blend or centerBlend or simplex expected, got all',
    )
  })
})
