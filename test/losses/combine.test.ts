import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../engine/index.ts'
import { combine, irSphereFace, type Loss, softmaxLoss, trainingLoss } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { draw, drawCase, farthest, seeds, values } from './support.ts'

onReference()

const weight = fc.double({ min: 0, max: 3, noNaN: true })

/** The old code's two heads, alone and as one. */
function heads(seed: number, weights: { softmax?: number; ir?: number } = {}) {
  const { rng, classes, dim, n } = drawCase(seed)
  const sizes = { classes, dim, dtype: 'float64', seed } as const
  const make = () => ({
    softmax: softmaxLoss({ ...sizes, bias: true }),
    ir: irSphereFace({ ...sizes, preset: 'paper' }),
  })
  const batch = () => ({
    x: draw(rng, [n, dim]).add(0),
    y: Array.from({ length: n }, () => rng.integer(0, classes - 1)),
  })
  const parts = make()
  return { parts, both: combine(make(), { weights }), batch }
}

describe('combine', () => {
  it('is the weighted sum of its parts, in value and gradient, through training', () => {
    fc.assert(
      fc.property(seeds, weight, weight, (seed, softmax, ir) => {
        const { parts, both, batch } = heads(seed, { softmax, ir })
        for (let step = 0; step < 3; step++) {
          const { x, y } = batch()
          const watched = x.astype('float64')
          const sum = trainingLoss(parts.softmax, watched, y)
            .mul(softmax)
            .add(trainingLoss(parts.ir, watched, y).mul(ir))
          const value = trainingLoss(both, watched, y)
          // The same terms, each rounded once more.
          expect(farthest(value, sum)).toBeLessThan(1e-14)
          const own = grad(sum, parts.softmax.parameters)
          const joint = grad(value, both.parameters)
          for (const name of ['W', 'b'])
            expect(farthest(joint[`softmax.${name}`], own[name])).toBeLessThan(1e-14)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('classifies by the first part, or by the one that is named', () => {
    const { parts, batch } = heads(1)
    const { x, y } = batch()
    parts.ir.update(x, y)
    expect(values(combine(parts).forces!(x, y).push)).toEqual(values(parts.softmax.forces!(x, y).push))
    const same = (a: Loss, b: Loss) => {
      expect(values(a.logits(x))).toEqual(values(b.logits(x)))
      expect(values(a.prototypes)).toEqual(values(b.prototypes))
    }
    same(combine(parts), parts.softmax)
    same(combine({ softmax: parts.softmax, ir: parts.ir }, { classifier: 'ir' }), parts.ir)
  })

  it('takes names of its parts alone, in types too', () => {
    const [a, b] = [softmaxLoss({ classes: 2, dim: 2 }), softmaxLoss({ classes: 2, dim: 2 })]
    expect(combine({ a, b }, { weights: { b: 0.1 }, classifier: 'b' }).name).toBe('combine(a, b)')
    // @ts-expect-error
    expect(() => combine({ a, b }, { classifier: 'c' })).toThrow('classifier as one of a, b')
    // @ts-expect-error
    expect(() => combine({ a, b }, { weights: { c: 1 } })).toThrow('weights as one of a, b')
  })

  it('keeps its parts and weights, whatever becomes of the records', () => {
    const { parts, batch } = heads(2)
    const { x, y } = batch()
    const weights: Record<string, number> = { ir: 0.5 }
    const both = combine(parts, { weights })
    const before = values(both(x, y))
    weights.ir = 7
    expect(values(both(x, y))).toEqual(before)
  })

  it('goes on exactly from its state', () => {
    const { both: one, batch } = heads(3, { ir: 0.1 })
    const { both: two } = heads(3, { ir: 0.1 })
    const first = batch()
    trainingLoss(one, first.x, first.y)
    two.load(one.state())
    expect(Object.keys(two.state().tensors).sort()).toEqual(['ir.centers', 'softmax.W', 'softmax.b'])
    const { x, y } = batch()
    expect(values(trainingLoss(two, x, y))).toEqual(values(trainingLoss(one, x, y)))
    expect(() => two.load({ tensors: {}, values: {} })).toThrow(
      'combine(softmax, ir): softmax: softmax: other names',
    )
  })

  it('is refreshed as its parts ask for it', () => {
    const sizes = { classes: 2, dim: 2 }
    const exact = (refreshEvery: number) => irSphereFace({ ...sizes, estimator: 'exact', refreshEvery })
    const { softmax } = { softmax: softmaxLoss(sizes) }
    expect(combine({ softmax, a: exact(5) }).refreshEvery).toBe(5)
    expect(() => combine({ a: exact(5), b: exact(6) })).toThrow('combine: parts of one refreshEvery expected')
  })

  const sizes = { classes: 2, dim: 2 }
  const softmax = softmaxLoss(sizes)
  const cases: readonly [string, () => unknown, string][] = [
    ['nothing', () => combine({}), 'combine: losses by name, { softmax: softmaxLoss(..), .. }, expected'],
    ['no losses', () => combine({ a: 1 as unknown as Loss }), 'combine: losses by name'],
    ['a list', () => combine([softmax] as never), 'combine: losses by name'],
    [
      'other classes',
      () => combine({ softmax, b: softmaxLoss({ classes: 3, dim: 2 }) }),
      'combine: losses of one number of classes, one dim and dtype expected',
    ],
    [
      'other dims',
      () => combine({ softmax, b: softmaxLoss({ classes: 2, dim: 3 }) }),
      'combine: losses of one number of classes, one dim and dtype expected',
    ],
    [
      'other reductions',
      () => combine({ softmax, b: softmaxLoss({ ...sizes, reduction: 'sum' }) }),
      'combine: losses of one reduction expected, got ["mean", "sum"]',
    ],
    ['a dot', () => combine({ a: softmax, 'a.b': irSphereFace(sizes) }), 'combine: names without dots'],
    [
      'a number',
      () => combine({ 1: softmax }),
      'combine: names without dots, and not numbers, expected, got "1"',
    ],
    ['no name', () => combine({ '': softmax }), 'combine: names without dots'],
    [
      'one twice',
      () => combine({ a: softmax, b: softmax }),
      'combine: each loss once expected, got one twice',
    ],
    [
      'weights that are no record',
      () => combine({ softmax }, { weights: new Map() as never }),
      'combine: weights as { name: number } expected',
    ],
    [
      'before and after',
      () => combine({ a: irSphereFace(sizes), b: irSphereFace({ ...sizes, usePreviousCenters: true }) }),
      'combine: parts that are updated all before the loss or all after it (usePreviousCenters) expected',
    ],
    [
      'a weight below 0',
      () => combine({ softmax }, { weights: { softmax: -1 } }),
      'combine: weights.softmax is a finite number >= 0',
    ],
    [
      'a weight of none',
      () => combine({ softmax }, { weights: { ir: 1 } as never }),
      'combine: weights as one of softmax expected, got "ir"',
    ],
    [
      'a classifier that is none',
      () => combine({ softmax }, { classifier: 'ir' as never }),
      'combine: classifier as one of softmax expected, got "ir"',
    ],
    ['an option that is none', () => combine({ softmax }, { by: 'a' } as never), 'did you mean classifier?'],
  ]
  it.each(cases)('refuses %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})
