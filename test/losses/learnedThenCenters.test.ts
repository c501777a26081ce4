import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad } from '../../engine/index.ts'
import { irSphereFace, type Loss, sphereFace, trainingLoss } from '../../losses/index.ts'
import { classCenters } from '../../losses/prototypes/classCenters.ts'
import { learnedThenCenters } from '../../losses/prototypes/learnedThenCenters.ts'
import { learned } from '../../losses/prototypes/prototypes.ts'
import { onReference } from '../support/onReference.ts'
import { draw, drawCase, seeds, values } from './support.ts'

onReference()

const float64 = { dtype: 'float64', s: 8 } as const
const counts = fc.integer({ min: 1, max: 4 })
const STEPS = 7

/** The same batches for several losses: after each update, `look` at them. */
function follow(
  seed: number,
  learnedSteps: number,
  look: (losses: Losses, step: number, batch: Batch) => void,
): void {
  const { rng, classes, dim, n } = drawCase(seed)
  const options = { ...float64, classes, dim, seed }
  const losses = {
    both: irSphereFace({ ...options, learnedSteps }),
    learned: sphereFace(options),
    centers: irSphereFace(options),
  }
  for (let step = 1; step <= STEPS; step++) {
    const batch = { x: draw(rng, [n, dim]), y: Array.from({ length: n }, () => rng.integer(0, classes - 1)) }
    for (const loss of Object.values(losses)) loss.update(batch.x, batch.y)
    look(losses, step, batch)
  }
}

type Losses = Readonly<Record<'both' | 'learned' | 'centers', Loss>>
type Batch = { x: ReturnType<typeof draw>; y: number[] }

describe('prototypes that are learned at first', () => {
  it('are those of the learned loss for as many updates, and then class centres that saw them all, bit for bit', () => {
    fc.assert(
      fc.property(seeds, counts, (seed, learnedSteps) => {
        follow(seed, learnedSteps, ({ both, learned, centers }, step, { x, y }) => {
          const [same, other] = step <= learnedSteps ? [learned, centers] : [centers, learned]
          expect(values(both(x, y))).toEqual(values(same(x, y)))
          expect(values(both.prototypes)).toEqual(values(same.prototypes))
          expect(values(both.logits(x))).toEqual(values(same.logits(x)))
          expect(values(both.prototypes)).not.toEqual(values(other.prototypes))
        })
      }),
    )
  })

  it('have a gradient while they are learned, and none when they are not', () => {
    fc.assert(
      fc.property(seeds, counts, (seed, learnedSteps) => {
        follow(seed, learnedSteps, ({ both, learned }, step, { x, y }) => {
          const { W } = both.parameters
          const z = x.add(W.sum().mul(0))
          const dW = values(grad(both(z, y), W))
          if (step > learnedSteps) expect(dW.every(g => g === 0)).toBe(true)
          else expect(dW).toEqual(values(grad(learned(x, y), learned.parameters.W)))
        })
      }),
    )
  })

  it('cost in each step what the ones in turn cost, also where the centres are the previous ones', () => {
    fc.assert(
      fc.property(seeds, counts, (seed, learnedSteps) => {
        const { rng, classes, dim, n } = drawCase(seed)
        const options = { ...float64, classes, dim, seed, usePreviousCenters: true }
        const [both, learned] = [
          irSphereFace({ ...options, learnedSteps }),
          sphereFace({ ...float64, classes, dim, seed }),
        ]
        const centers = irSphereFace(options)
        for (let step = 1; step <= STEPS; step++) {
          const x = draw(rng, [n, dim])
          const y = Array.from({ length: n }, () => rng.integer(0, classes - 1))
          const [a, b, c] = [both, learned, centers].map(loss => values(trainingLoss(loss, x, y)))
          expect(a).toEqual(step <= learnedSteps ? b : c)
        }
      }),
    )
  })

  it('go on bit for bit from their state, in either phase', () => {
    fc.assert(
      fc.property(seeds, counts, fc.integer({ min: 1, max: STEPS - 1 }), (seed, learnedSteps, stop) => {
        let restored: Loss | undefined
        follow(seed, learnedSteps, ({ both }, step, { x, y }) => {
          if (restored !== undefined) {
            restored.update(x, y)
            expect(values(restored(x, y))).toEqual(values(both(x, y)))
          }
          if (step !== stop) return
          const [classes, dim] = both.prototypes.shape
          restored = irSphereFace({ ...float64, classes, dim, seed: seed + 1, learnedSteps })
          restored.load(both.state())
        })
      }),
    )
  })

  it('follow the whole training set where the centres are exact ones', () => {
    fc.assert(
      fc.property(seeds, counts, (seed, learnedSteps) => {
        const { rng, classes, dim } = drawCase(seed)
        const options = { ...float64, classes, dim, seed, estimator: 'exact', refreshEvery: 3 } as const
        const loss = irSphereFace({ ...options, learnedSteps })
        const centers = irSphereFace(options)
        expect(loss.refreshEvery).toBe(3)
        const y = Array.from({ length: 3 * classes }, (_, i) => i % classes)
        for (let step = 0; step < STEPS; step++) {
          const x = draw(rng, [y.length, dim])
          for (const each of [loss, centers]) {
            if (step % each.refreshEvery === 0) each.refresh(x, y)
            each.update(x, y)
          }
          const same = values(loss.prototypes).every((w, i) => w === values(centers.prototypes)[i])
          expect(same).toBe(step >= learnedSteps)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('refuse a state that does not fit, and keep their own', () => {
    const loss = irSphereFace({ ...float64, classes: 3, dim: 2, learnedSteps: 2 })
    const before = JSON.stringify(values(loss.prototypes))
    const { tensors, values: numbers } = irSphereFace({
      ...float64,
      classes: 3,
      dim: 2,
      learnedSteps: 2,
      seed: 5,
    }).state()
    expect(() => loss.load({ tensors, values: { ...numbers, updates: -1 } })).toThrow(
      'a number of updates expected, got -1',
    )
    const { W, ...rest } = tensors
    expect(() => loss.load({ tensors: rest, values: numbers })).toThrow('missing: W')
    expect(JSON.stringify(values(loss.prototypes))).toBe(before)
  })

  it.each([-1, 1.5, Number.NaN])('throw on %d updates', learnedSteps => {
    expect(() => irSphereFace({ classes: 3, dim: 2, learnedSteps })).toThrow(
      `irSphereFace: learnedSteps is an integer >= 0, got ${learnedSteps}`,
    )
  })
})

describe('two rules in turn', () => {
  const sizes = { classes: 3, dim: 2, normalized: false } as const
  const plain = () => classCenters('plain', sizes)
  const previous = () => classCenters('previous', { ...sizes, usePreviousCenters: true })
  const trained = () => learned('learned', { classes: 3, dim: 2 })

  it('are updated when the one that has updates wants it', () => {
    expect(learnedThenCenters('a', trained(), previous(), 2).updateAfter).toBe(true)
    expect(learnedThenCenters('a', previous(), trained(), 2).updateAfter).toBe(true)
    expect(learnedThenCenters('a', plain(), trained(), 2).updateAfter).toBe(false)
    expect(learnedThenCenters('a', plain(), plain(), 2).updateAfter).toBe(false)
  })

  it('are refused when one wants it before the loss and one after', () => {
    expect(() => learnedThenCenters('a', plain(), previous(), 2)).toThrow('a: prototypes that are updated')
    expect(() => learnedThenCenters('a', previous(), plain(), 2)).toThrow('a: prototypes that are updated')
  })
})
