import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp, generator, tensor } from '../../engine/index.ts'
import { adjustedLogits, normFace, softmaxLoss, tauNormalized } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { draw, drawCase, f64, farthest, length, rowsOf, seeds, values } from './support.ts'

onReference()

const taus = fc.double({ min: 0, max: 3, noNaN: true })

describe('tauNormalized', () => {
  it('divides each row by the power tau of its length', () => {
    fc.assert(
      fc.property(seeds, taus, (seed, tau) => {
        const { W } = drawCase(seed)
        const expected = rowsOf(W).map(w => w.map(v => v / length(w) ** tau))
        // Two roundings of a power and a product; relative to 1, short rows of a large tau are the largest.
        expect(farthest(tauNormalized(W, tau), expected.flat())).toBeLessThan(1e-13)
      }),
    )
  })

  it('leaves the directions, so that no cosine changes; by default all lengths are 1', () => {
    fc.assert(
      fc.property(seeds, taus, (seed, tau) => {
        const { x, W, classes, dim } = drawCase(seed)
        const loss = normFace({ classes, dim, dtype: 'float64' })
        const logits = (w: typeof W) => {
          loss.load({ tensors: { W: w }, values: {} })
          return loss.logits(x)
        }
        // s = 30 times the rounding of unit vectors.
        expect(farthest(logits(tauNormalized(W, tau)), logits(W))).toBeLessThan(1e-13)
        for (const w of rowsOf(tauNormalized(W))) expect(length(w)).toBeCloseTo(1, 14)
      }),
    )
  })

  it('keeps a row of 0, and with tau = 0 all rows', () => {
    const W = f64([0, 0, 3, 4], [2, 2])
    for (const tau of [0, 0.5, 1, 2]) expect(values(tauNormalized(W, tau)).slice(0, 2)).toEqual([0, 0])
    expect(farthest(tauNormalized(W, 0), W)).toBeLessThan(1e-15)
    expect(farthest(tauNormalized(W, 0.5), [0, 0, 3 / Math.sqrt(5), 4 / Math.sqrt(5)])).toBeLessThan(1e-15)
  })

  it('refuses what is no matrix, and a tau below 0', () => {
    expect(() => tauNormalized([[1, 2]] as never)).toThrow('tauNormalized: W as a tensor')
    expect(() => tauNormalized(tensor([1, 2]))).toThrow('tauNormalized: W[C,D] -> [C,D]: W has rank 2')
    expect(() => tauNormalized(tensor([[1, 2]]), -1)).toThrow(
      'tauNormalized: tau is a finite number >= 0, got -1',
    )
  })
})

describe('adjustedLogits', () => {
  it('takes tau ln pi_j off; tau is 1 by default', () => {
    fc.assert(
      fc.property(seeds, taus, (seed, tau) => {
        const rng = generator(seed)
        const [n, classes] = [rng.integer(1, 5), rng.integer(1, 6)]
        const z = draw(rng, [n, classes])
        const sizes = Array.from({ length: classes }, () => rng.integer(1, 500))
        const total = sizes.reduce((a, b) => a + b)
        const expected = rowsOf(z).map(row => row.map((v, j) => v - tau * Math.log(sizes[j] / total)))
        expect(farthest(adjustedLogits(z, { sizes, tau }), expected.flat())).toBeLessThan(1e-14)
        expect(values(adjustedLogits(z, { sizes }))).toEqual(values(adjustedLogits(z, { sizes, tau: 1 })))
      }),
    )
  })

  it('takes off what the loss adds in training: the two together are the plain loss', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, classes, dim } = drawCase(seed)
        const sizes = Array.from({ length: classes }, () => rng.integer(1, 500))
        const options = { classes, dim, dtype: 'float64', reduction: 'none' } as const
        const [plain, trained] = [
          softmaxLoss(options),
          softmaxLoss({ ...options, logitAdjustment: { sizes } }),
        ]
        // Probabilities under pi over pi are those of equally frequent classes, up to a factor.
        const z = plain.logits(x)
        const odds = rowsOf(exp(adjustedLogits(z, { sizes })))
        rowsOf(exp(z)).forEach((p, i) => {
          const ratios = p.map((v, j) => v / sizes[j] / odds[i][j])
          for (const ratio of ratios) expect(ratio / ratios[0]).toBeCloseTo(1, 12)
        })
        // The loss of class 0 is ln sum_j e^z_j - z_0 of the logits that it sees.
        const adjusted = rowsOf(z).map(row => row.map((v, j) => v + Math.log(sizes[j])))
        const losses = adjusted.map(row => Math.log(row.reduce((s, v) => s + Math.exp(v), 0)) - row[0])
        expect(
          farthest(
            trained(
              x,
              losses.map(() => 0),
            ),
            losses,
          ),
        ).toBeLessThan(1e-13)
      }),
    )
  })

  it('keeps the dtype, and refuses what does not fit', () => {
    const z = tensor([[1, 2, 3]])
    expect(adjustedLogits(z, { sizes: [1, 2, 3] }).dtype).toBe('float32')
    const wrong: [() => unknown, string][] = [
      [() => adjustedLogits([1] as never, { sizes: [1] }), 'adjustedLogits: z as a tensor'],
      [() => adjustedLogits(tensor([1]), { sizes: [1] }), 'adjustedLogits: z[N,C] -> [N,C]: z has rank 2'],
      [() => adjustedLogits(z, undefined as never), 'adjustedLogits: options as an object, { sizes, tau }'],
      [() => adjustedLogits(z, { sizes: [1, 2] }), '3 numbers expected, one a class'],
      [() => adjustedLogits(z, { sizes: [1, 2, 0] }), 'finite numbers > 0 expected, got 0 for class 2'],
      [() => adjustedLogits(z, { sizes: [1, 2, 3], tau: -1 }), 'tau is a finite number >= 0, got -1'],
      [() => adjustedLogits(z, { priors: [1] } as never), 'there is no option priors, did you mean sizes?'],
      [() => adjustedLogits(z.astype('int32'), { sizes: [1, 2, 3] }), 'z as float32 or float64 expected'],
    ]
    for (const [call, message] of wrong) expect(call).toThrow(message)
  })
})
