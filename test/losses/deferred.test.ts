import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  classBalancedWeights,
  cosFace,
  irCosFace,
  type Loss,
  lossByName,
  trainingLoss,
} from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { draw, drawCase, MARGINS, named, seeds, values } from './support.ts'

onReference()

const STEPS = 6
const counts = fc.integer({ min: 1, max: STEPS - 1 })

/** Batches of one case, and losses over them that differ in what they make of the class weights. */
function setUp(seed: number, create: (options: object) => Loss) {
  const { rng, classes, dim } = drawCase(seed)
  const sizes = Array.from({ length: classes }, () => rng.integer(1, 500))
  const options = { classes, dim, seed, dtype: 'float64' }
  const weight = classBalancedWeights(sizes, { beta: 0.99 })
  const batches = Array.from({ length: STEPS }, () => ({
    x: draw(rng, [5, dim]),
    y: Array.from({ length: 5 }, () => rng.integer(0, classes - 1)),
  }))
  const loss = (own: object) => create({ ...options, ...own })
  return { weight, batches, loss }
}

describe.each(named(MARGINS))('%s', (_, row) => {
  it('counts all classes alike for as many updates, and then by weight, bit for bit', () => {
    fc.assert(
      fc.property(seeds, counts, fc.boolean(), (seed, deferredSteps, usePreviousCenters) => {
        const own = row.prototypes === 'learned' ? {} : { usePreviousCenters }
        const { weight, batches, loss } = setUp(seed, options => row.create({ ...options, ...own } as never))
        const [deferred, plain, weighted] = [{ weight, deferredSteps }, {}, { weight }].map(loss)
        batches.forEach(({ x, y }, i) => {
          const [a, b, c] = [deferred, plain, weighted].map(each => values(trainingLoss(each, x, y)))
          expect(a).toEqual(i + 1 <= deferredSteps ? b : c)
        })
        expect(deferred.state().values.t).toBe(STEPS)
      }),
      { numRuns: 8 },
    )
  })
})

describe('deferredSteps', () => {
  it('goes on from its state, in either phase', () => {
    fc.assert(
      fc.property(seeds, counts, fc.nat(STEPS - 1), (seed, deferredSteps, stop) => {
        const { weight, batches, loss } = setUp(seed, options => irCosFace(options as never))
        const whole = loss({ weight, deferredSteps })
        let half: Loss = loss({ weight, deferredSteps })
        batches.forEach(({ x, y }, i) => {
          if (i === stop) {
            const other = loss({ weight, deferredSteps, seed: seed + 1 })
            other.load(half.state())
            half = other
          }
          expect(values(trainingLoss(half, x, y))).toEqual(values(trainingLoss(whole, x, y)))
        })
      }),
    )
  })

  it('changes what pushes and pulls with it', () => {
    const { weight, batches, loss } = setUp(3, options => cosFace(options as never))
    const [deferred, plain, weighted] = [{ weight, deferredSteps: 1 }, {}, { weight }].map(loss)
    for (const [i, other] of [plain, weighted].entries()) {
      const { x, y } = batches[i]
      deferred.update(x, y)
      expect(values(deferred.forces!(x, y).push)).toEqual(values(other.forces!(x, y).push))
    }
  })

  it('of 0, the default, counts no updates, and is refused without a weight or as no integer', () => {
    const sizes = { classes: 2, dim: 2 }
    expect(cosFace({ ...sizes, weight: [1, 2] }).state().values).toEqual({})
    expect(cosFace({ ...sizes, weight: [1, 2] }).updateAfter).toBeUndefined()
    const wrong: [object, string][] = [
      [{ deferredSteps: 3 }, 'cosFace: deferredSteps goes with weight, got none'],
      [{ deferredSteps: 1.5, weight: [1, 2] }, 'cosFace: deferredSteps as an integer >= 0 expected, got 1.5'],
      [{ drw: 3, weight: [1, 2] }, 'cosFace: there is no option drw, did you mean deferredSteps?'],
    ]
    for (const [options, message] of wrong) {
      expect(() => cosFace({ ...sizes, ...options } as never)).toThrow(message)
    }
    const loss = lossByName('cosFace').create({ ...sizes, weight: [1, 2], deferredSteps: 3 })
    expect(() => loss.load({ ...loss.state(), values: {} })).toThrow('the number t of updates expected')
  })
})
