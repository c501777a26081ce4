import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grad, tensor, tidy } from '../../engine/index.ts'
import { irCosFace, lossByName, softmaxLoss } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { draw, drawCase, f64, farthest, lossWith, named, OF_PSI, rowsOf, seeds, values } from './support.ts'

onReference()

/** A case with n_j images a class, and the loss of the row over W with sizes and tau. */
function setUp(seed: number, row = lossByName('normFace')) {
  const c = drawCase(seed)
  const sizes = Array.from({ length: c.classes }, () => c.rng.integer(1, 500))
  const tau = c.rng.uniform(0.1, 2)
  const adjusted = (logitAdjustment?: object, W = c.W) =>
    lossWith(row, W, { reduction: 'none', s: 8, logitAdjustment })
  return { ...c, sizes, tau, adjusted }
}

describe.each(named(OF_PSI))('%s', (_, row) => {
  it('weighs the class j in the softmax by pi_j^tau', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y, sizes, tau, adjusted } = setUp(seed, row)
        // -ln p_j of the plain loss for every class j, margin at the true one only, gives back its logits.
        const plain = adjusted()
        const given = adjusted({ sizes, tau })(x, y)
        const total = sizes.reduce((a, b) => a + b)
        const z = rowsOf(plain.logits(x))
        const each = values(plain(x, y))
        const expected = z.map((logits, i) => {
          const others = logits.filter((_, j) => j !== y[i])
          const rest = others.reduce((sum, v) => sum + Math.exp(v), 0)
          const target = Math.log(rest / Math.expm1(each[i]))
          const odds = (j: number) => (sizes[j] / total) ** tau
          const pushed = logits.reduce((sum, v, j) => sum + (j === y[i] ? 0 : odds(j) * Math.exp(v)), 0)
          return Math.log1p(pushed / (odds(y[i]) * Math.exp(target)))
        })
        // Where the loss is small, logits out of it keep 1e-16 / loss; the property below covers those.
        const solid = each.map(loss => loss > 1e-3)
        const pick = (v: readonly number[]) => v.filter((_, i) => solid[i])
        expect(farthest(pick(values(given)), pick(expected))).toBeLessThan(1e-11)
      }),
      { numRuns: 50 },
    )
  })

  it('tau = 0, equal sizes, or sizes of another unit change nothing; logits never do', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (seed, unit) => {
        const { x, y, classes, sizes, tau, adjusted } = setUp(seed, row)
        const plain = adjusted()
        // The same number in every logit: rounding of logits below 100.
        const same = (a: object, b?: object) =>
          expect(farthest(adjusted(a)(x, y), adjusted(b)(x, y))).toBeLessThan(1e-13)
        expect(values(adjusted({ sizes, tau: 0 })(x, y))).toEqual(values(plain(x, y)))
        same({ sizes: Array(classes).fill(unit), tau })
        same({ sizes: sizes.map(n => n * unit), tau }, { sizes, tau })
        same({ sizes }, { sizes, tau: 1 })
        expect(values(adjusted({ sizes, tau }).logits(x))).toEqual(values(plain.logits(x)))
      }),
      { numRuns: 30 },
    )
  })

  it('permuting the classes with their sizes changes nothing', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, x, W, y, classes, sizes, tau, adjusted } = setUp(seed, row)
        const order = [...rng.permutation(classes)]
        const permuted = f64(
          order.flatMap(j => rowsOf(W)[j]),
          W.shape,
        )
        const other = adjusted({ sizes: order.map(j => sizes[j]), tau }, permuted)
        const z = adjusted({ sizes, tau })(x, y)
        // Sums over the classes in another order.
        expect(
          farthest(
            other(
              x,
              y.map(label => order.indexOf(label)),
            ),
            z,
          ),
        ).toBeLessThan(1e-12)
      }),
      { numRuns: 30 },
    )
  })

  it('a class grown against its neighbours costs its own images less, and theirs more', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y, sizes, tau, adjusted } = setUp(seed, row)
        const before = values(adjusted({ sizes, tau })(x, y))
        const grown = sizes.map((n, j) => (j === 0 ? 3 * n : n))
        const after = values(adjusted({ sizes: grown, tau })(x, y))
        // Never the other way but for rounding, and truly so where the loss has digits to show it.
        after.forEach((loss, i) => {
          const change = y[i] === 0 ? before[i] - loss : loss - before[i]
          expect(change).toBeGreaterThan(-1e-13 * (1 + loss))
          if (y[i] === 0 && before[i] > 1e-3) expect(change).toBeGreaterThan(0)
        })
      }),
      { numRuns: 30 },
    )
  })
})

describe('logitAdjustment', () => {
  it('with tau = 1 is balanced softmax, -ln(n_y e^z_y / sum_j n_j e^z_j)', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y, sizes, adjusted } = setUp(seed)
        const loss = adjusted({ sizes })
        const expected = rowsOf(loss.logits(x)).map((z, i) => {
          const counted = z.map((v, j) => sizes[j] * Math.exp(v))
          return -Math.log(counted[y[i]] / counted.reduce((a, b) => a + b))
        })
        // |z| <= 8: the quotient and its logarithm keep all but a few roundings.
        expect(farthest(loss(x, y), expected)).toBeLessThan(1e-14)
      }),
    )
  })

  it('has the gradient of the adjusted softmax, beside a bias', () => {
    const { rng, x, W, classes, dim, n, y, sizes } = setUp(5)
    const loss = softmaxLoss({
      classes,
      dim,
      dtype: 'float64',
      bias: true,
      logitAdjustment: { sizes, tau: 1.5 },
    })
    const b = draw(rng, [classes])
    loss.load({ tensors: { W, b }, values: {} })
    const db = values(grad(loss(x, y), loss.parameters.b))
    const z = rowsOf(loss.logits(x))
    const expected = db.map((_, j) =>
      z.reduce((sum, row, i) => {
        const p = row.map((v, k) => sizes[k] ** 1.5 * Math.exp(v))
        return sum + (p[j] / p.reduce((a, c) => a + c) - (y[i] === j ? 1 : 0)) / n
      }, 0),
    )
    expect(Math.max(...db.map(Math.abs))).toBeGreaterThan(0.01)
    expect(farthest(db, expected)).toBeLessThan(1e-14)
  })

  it('outlives the scope that made the loss, and is no part of its state', () => {
    const sizes = [100, 1, 10]
    const loss = tidy(() => irCosFace({ classes: 3, dim: 2, logitAdjustment: { sizes } }))
    const x = tensor([[1, 2]])
    const plain = irCosFace({ classes: 3, dim: 2 })
    const [rare, frequent] = [1, 0].map(j =>
      tidy(() =>
        loss(x, [j])
          .sub(plain(x, [j]))
          .item(),
      ),
    )
    expect(rare).toBeGreaterThan(frequent)
    expect(Object.keys(loss.state().tensors)).toEqual(Object.keys(plain.state().tensors))
  })

  const cases: readonly [string, { sizes: number[]; tau?: number }, string][] = [
    [
      'two sizes',
      { sizes: [1, 2] },
      'irCosFace: logitAdjustment: sizes: 3 numbers expected, one a class, got 2',
    ],
    ['an empty class', { sizes: [3, 0, 1] }, 'sizes: finite numbers > 0 expected, got 0 for class 1'],
    ['a size below 0', { sizes: [3, 1, -1] }, 'got -1 for class 2'],
    ['NaN', { sizes: [Number.NaN, 1, 1] }, 'got NaN for class 0'],
    ['an infinite size', { sizes: [Infinity, 1, 1] }, 'got Infinity for class 0'],
    ['tau below 0', { sizes: [1, 1, 1], tau: -1 }, 'logitAdjustment: tau is a finite number >= 0, got -1'],
    ['tau NaN', { sizes: [1, 1, 1], tau: Number.NaN }, 'got NaN'],
  ]
  it.each(cases)('%s is refused', (_, logitAdjustment, message) => {
    expect(() => irCosFace({ classes: 3, dim: 2, logitAdjustment })).toThrow(message)
  })
})
