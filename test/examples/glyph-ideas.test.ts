import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Generator, generator, grad, type Tensor, tensor } from '../../engine/index.ts'
import { IDEAS, uncertaintyMargins } from '../../examples/glyph-reid/ideas/index.ts'
import { arcFace, cosFace, irArcFace, irCosFace, irNormFace, type Loss } from '../../losses/index.ts'
import { draw, farthest, finite, values } from '../losses/support.ts'
import { onReference } from '../support/onReference.ts'

onReference()

describe('uncertaintyMargins', () => {
  it('by hand: with a spread of 1, 1 image adds 45 degrees and 3 images 30', () => {
    const m = uncertaintyMargins([1, 3], { base: 0.1, share: 0.5, spread: 1 })
    expect(farthest([...m], [0.1 + Math.PI / 8, 0.1 + Math.PI / 12])).toBeLessThan(1e-15)
  })

  it('falls with the size, from base + share pi / 2 to base', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 2, maxLength: 9 }), sizes => {
        const m = uncertaintyMargins(sizes)
        for (const [j, n] of sizes.entries()) {
          expect(m[j]).toBeGreaterThan(0.2)
          expect(m[j]).toBeLessThan(0.2 + (0.25 * Math.PI) / 2)
          expect(Math.sign(m[j] - m[0])).toBe(Math.sign(sizes[0] - n))
        }
      }),
    )
  })

  it('refuses what is out of range', () => {
    expect(() => uncertaintyMargins([1], { share: -1 })).toThrow('share is a finite number >= 0, got -1')
    expect(() => uncertaintyMargins([0])).toThrow('uncertaintyMargins: sizes: finite numbers > 0 expected')
  })
})

describe('IDEAS', () => {
  const sizes = [40, 30, 25, 20, 50, 60, 2, 3]
  const options = { classes: 8, dim: 4, seed: 3, dtype: 'float64', s: 8, m: 0.3, sizes } as const
  const { sizes: _, ...known } = options
  const { m: __, ...unbent } = known
  const batch = (rng: Generator): [Tensor, number[]] => [
    draw(rng, [12, 4]),
    Array.from({ length: 12 }, () => rng.integer(0, 7)),
  ]
  const updated = (loss: Loss): Loss => {
    const rng = generator(9)
    for (let t = 0; t < 5; t++) loss.update(...batch(rng))
    return loss
  }
  const [x, y] = batch(generator(1))

  it.each(Object.entries(IDEAS))(
    '%s: goes on from its state, has a gradient, knows its name',
    (name, make) => {
      const loss = updated(make(options))
      const watched = tensor(x.toArray(), { dtype: 'float64', requiresGrad: true })
      const dx = grad(loss(watched, y), watched)
      expect(finite(dx)).toBe(true)
      expect(Math.max(...values(dx).map(Math.abs))).toBeGreaterThan(1e-3)
      expect(name.startsWith(loss.name)).toBe(true)
      const other = make({ ...options, seed: 5 })
      other.load(loss.state())
      expect(values(other(x, y))).toEqual(values(loss(x, y)))
      expect(values(other.logits(x))).toEqual(values(loss.logits(x)))
    },
  )

  it.each([
    ['irNormFaceShrunk', irNormFace],
    ['irCosFaceShrunk', irCosFace],
    ['irArcFaceShrunk', irArcFace],
  ] as const)('%s: with k = 0 is the loss over class centres, else another', (name, plain) => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), (usePreviousCenters, subtractMean) => {
        const given = { ...options, usePreviousCenters, subtractMean, cumulativeMean: true }
        const own = { usePreviousCenters, subtractMean, cumulativeMean: true }
        const expected = updated(plain({ ...(plain === irNormFace ? unbent : known), ...own }))
        const still = updated(IDEAS[name]({ ...given, shrinkage: { k: 0 } }))
        expect(values(still(x, y))).toEqual(values(expected(x, y)))
        expect(values(still.prototypes)).toEqual(values(expected.prototypes))
        const moved = updated(IDEAS[name]({ ...given, shrinkage: { k: 1 } }))
        expect(farthest(moved(x, y), expected(x, y))).toBeGreaterThan(1e-6)
        // The centres themselves are not moved, so that a shift does not add up.
        expect(values(moved.state().tensors.centers)).toEqual(values(expected.state().tensors.centers))
      }),
    )
  })

  it.each([
    ['cosFaceUncertain', cosFace],
    ['irCosFaceUncertain', irCosFace],
    ['arcFaceUncertain', arcFace],
    ['irArcFaceUncertain', irArcFace],
  ] as const)('%s: with a share of 0 is the loss of the base, else another', (name, plain) => {
    const expected = updated(plain(known))
    const flat = updated(IDEAS[name]({ ...options, uncertainty: { base: 0.3, share: 0 } }))
    expect(farthest(flat(x, y), expected(x, y))).toBeLessThan(1e-14)
    const bent = updated(IDEAS[name]({ ...options, uncertainty: { base: 0.3 } }))
    expect(bent(x, y).item()).toBeGreaterThan(expected(x, y).item() + 1e-3)
    expect(values(bent.logits(x))).toEqual(values(expected.logits(x)))
  })

  it('refuses sizes of other classes', () => {
    expect(() => IDEAS.irCosFaceShrunk({ ...options, classes: 9 })).toThrow(
      'irCosFaceShrunk: shrinkage: 9 sizes expected, got 8',
    )
    expect(() => IDEAS.cosFaceUncertain({ ...options, classes: 9 })).toThrow('9 numbers expected')
  })
})
