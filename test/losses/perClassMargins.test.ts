import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tensor } from '../../engine/index.ts'
import { arcFace, cosFace, irArcFace, irCosFace, ldamMargins, marginLogits } from '../../losses/index.ts'
import { cosFaceMargin } from '../../losses/margins/additive.ts'
import { onReference } from '../support/onReference.ts'
import {
  dot,
  drawCase,
  f64,
  farthest,
  lossWith,
  MARGINS,
  named,
  rowsOf,
  seeds,
  unit,
  values,
} from './support.ts'

onReference()

const BY_CLASS = MARGINS.filter(row => ['cosFace', 'arcFace'].includes(row.margin))

describe.each(named(BY_CLASS))('%s with a margin for each class', (_, row) => {
  /** Margins up to 1.5: in some cases theta + m is past pi. */
  const setUp = (seed: number) => {
    const c = drawCase(seed)
    const m = Array.from({ length: c.classes }, () => c.rng.uniform(0, 1.5))
    const beyondPi = c.rng.uniform() < 0.5 ? 'linear' : 'continuous'
    return { ...c, m, options: { s: 8, beyondPi, reduction: 'none' } }
  }

  it("sees the label's own margin alone, as the loss of one margin does", () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, W, y, m, options } = setUp(seed)
        const each = values(lossWith(row, W, { ...options, m })(x, y))
        const single = y.map((label, i) => values(lossWith(row, W, { ...options, m: m[label] })(x, y))[i])
        // The same operations, on numbers instead of tensors of them.
        expect(farthest(each, single)).toBeLessThan(1e-14)
      }),
    )
  })

  it('does not see the order of the classes', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, W, y, m, classes, options } = setUp(seed)
        const order = [...rng.permutation(classes)]
        const permuted = f64(
          order.flatMap(j => rowsOf(W)[j]),
          W.shape,
        )
        const other = lossWith(row, permuted, { ...options, m: order.map(j => m[j]) })
        const labels = y.map(label => order.indexOf(label))
        // Sums over the classes in another order.
        expect(farthest(other(x, labels), lossWith(row, W, { ...options, m })(x, y))).toBeLessThan(1e-12)
      }),
    )
  })

  it('classifies without it', () => {
    const { x, W, m, options } = setUp(1)
    const [by, none] = [m, 0].map(m => lossWith(row, W, { ...options, m }))
    expect(values(by.logits(x))).toEqual(values(none.logits(x)))
  })
})

describe('a margin for each class', () => {
  it('with ldamMargins is LDAM, -ln(e^(z_y - s m_y) / (e^(z_y - s m_y) + sum of the others e^z_j))', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, W, y, classes, dim } = drawCase(seed)
        const sizes = Array.from({ length: classes }, () => rng.integer(1, 1000))
        const loss = cosFace({
          classes,
          dim,
          dtype: 'float64',
          s: 10,
          m: ldamMargins(sizes, { max: 0.4 }),
          reduction: 'none',
        })
        loss.load({ tensors: { W }, values: {} })
        // The paper's own parameters: K / n^(1/4), K from the smallest class.
        const K = 0.4 * Math.min(...sizes) ** 0.25
        const expected = rowsOf(x).map((xi, i) => {
          const e = rowsOf(W).map((w, j) => {
            const z = 10 * dot(unit(xi), unit(w))
            return Math.exp(j === y[i] ? z - (10 * K) / sizes[j] ** 0.25 : z)
          })
          return -Math.log(e[y[i]] / e.reduce((a, b) => a + b))
        })
        // Logits up to 14, rounded to 2e-15, a few times over.
        expect(farthest(loss(x, y), expected)).toBeLessThan(1e-13)
      }),
    )
  })

  it('works in float32', () => {
    const { x, W, y, classes, dim } = drawCase(4)
    const m = Array.from({ length: classes }, (_, j) => 0.1 * j)
    for (const make of [cosFace, arcFace]) {
      const [single, double] = (['float32', 'float64'] as const).map(dtype => {
        const loss = make({ classes, dim, dtype, s: 8, m })
        loss.load({ tensors: { W: W.astype(dtype) }, values: {} })
        return loss(x.astype(dtype), y).item()
      })
      // float32 has 6e-8; s = 8 and a dozen roundings.
      expect(single).toBeCloseTo(double, 4)
    }
  })

  it('is refused where it does not fit', () => {
    const sizes = { classes: 3, dim: 2 }
    expect(() => cosFace({ ...sizes, m: [0.1, 0.2] })).toThrow(
      'cosFace: m: a number or 3 numbers expected, one a class, got 2',
    )
    expect(() => irCosFace({ ...sizes, m: [0.1, 0.2, 2.5] })).toThrow(
      'm is a difference of cosines, 0 to 2, got 2.5',
    )
    expect(() => irArcFace({ ...sizes, m: [0.1, 30, 0.2] })).toThrow('arcFace: m is an angle in radians')
    expect(() => arcFace({ ...sizes, m: [] })).toThrow('3 numbers expected, one a class, got 0')
    const margin = cosFaceMargin({ m: [0.1, 0.2] })
    const [x, W] = [
      tensor([[1, 2]]),
      tensor([
        [1, 0],
        [0, 1],
        [1, 1],
      ]),
    ]
    expect(() => marginLogits(margin, x, W, [0])).toThrow('marginLogits: m: a number or 3 numbers expected')
    const half = tensor([[0.5]])
    expect(() => margin.psi!({ cosTheta: half, sinTheta: half, theta: half })).toThrow(
      'psi: 1 labels expected, as m differs by class, got none',
    )
  })
})
