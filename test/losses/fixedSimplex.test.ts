import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, tensor } from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { dotRegression, fixedSimplex, softmaxLoss } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { dot, draw, farthest, LEARNED, length, lossWith, named, rowsOf, seeds, values } from './support.ts'

onReference()

/** Classes, and dimensions enough for them. */
const sizes = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.nat(4))
  .map(([classes, more]) => ({ classes, dim: classes - 1 + more, dtype: 'float64' as const }))

describe('fixedSimplex', () => {
  it('has vertices of length 1, each pair at the cosine -1 / (C - 1)', () => {
    fc.assert(
      fc.property(sizes, seeds, (options, seed) => {
        const { W } = fixedSimplex('simplex', { ...options, seed })
        const rows = rowsOf(W)
        rows.forEach((w, j) => {
          rows.forEach((v, k) => {
            const expected = j === k ? 1 : -1 / (options.classes - 1)
            // Some roundings of numbers up to 1.
            expect(dot(w, v)).toBeCloseTo(expected, 13)
          })
        })
      }),
    )
  })

  it('stays one with hundreds of classes in float32', () => {
    const [classes, dim] = [300, 299]
    const rows = rowsOf(fixedSimplex('simplex', { classes, dim }).W)
    const off = rows.map((w, j) => Math.abs(dot(w, rows[(7 * j + 1) % classes]) + 1 / (classes - 1)))
    // Rounding of 299 products to float32.
    expect(Math.max(...off)).toBeLessThan(1e-6)
    for (const w of rows) expect(length(w)).toBeCloseTo(1, 6)
  })

  it('turns with the seed, in all directions: the first vertex is off no axis', () => {
    const options = { classes: 3, dim: 4 }
    const at = (seed: number) => values(fixedSimplex('simplex', { ...options, seed }).W)
    expect(at(1)).toEqual(at(1))
    expect(at(1)).not.toEqual(at(2))
    const firsts = Array.from({ length: 400 }, (_, seed) => at(seed).slice(0, 4))
    for (let d = 0; d < 4; d++) {
      const squares = firsts.reduce((sum, w) => sum + w[d] ** 2, 0) / firsts.length
      // The mean square of a coordinate is 1/4; of 400 draws it is off by some 0.01 (one sigma).
      expect(squares).toBeGreaterThan(0.2)
      expect(squares).toBeLessThan(0.3)
      expect(Math.abs(firsts.reduce((sum, w) => sum + w[d], 0) / firsts.length)).toBeLessThan(0.1)
    }
  })

  it('is refused where there is none', () => {
    const message = (classes: number, dim: number) =>
      `own: a simplex of classes >= 2 in dim >= classes - 1 expected, got ${classes} in ${dim}`
    for (const [classes, dim] of [
      [1, 4],
      [6, 4],
    ]) {
      expect(() => fixedSimplex('own', { classes, dim })).toThrow(message(classes, dim))
    }
  })
})

describe.each(named(LEARNED))('%s over a simplex', (name, row) => {
  it('is the loss over these weights, with no gradient but in x', () => {
    fc.assert(
      fc.property(sizes, seeds, (options, seed) => {
        const rng = generator(seed)
        const simplex = row.create({ ...options, seed, simplex: true })
        expect(Object.keys(simplex.parameters)).toEqual(row.defaultMargin?.binary ? ['b'] : [])
        const W = fixedSimplex(name, { ...options, seed }).W
        const plain = lossWith(row, W, { seed })
        const x = draw(rng, [4, options.dim])
        const y = Array.from({ length: 4 }, () => rng.integer(0, options.classes - 1))
        expect(values(simplex.prototypes)).toEqual(values(W))
        expect(values(simplex(x, y))).toEqual(values(plain(x, y)))
        const watched = tensor(x.toArray(), { dtype: 'float64', requiresGrad: true })
        expect(values(grad(simplex(watched, y), watched))).toEqual(values(grad(plain(watched, y), watched)))
        const other = row.create({ ...options, seed: seed + 1, simplex: true })
        other.load(simplex.state())
        expect(values(other.prototypes)).toEqual(values(W))
      }),
      { numRuns: 20 },
    )
  })
})

it('a simplex may have a bias, and goes without blend', () => {
  const loss = softmaxLoss({ classes: 3, dim: 2, simplex: true, bias: true })
  expect(Object.keys(loss.parameters)).toEqual(['b'])
  expect(() => softmaxLoss({ classes: 3, dim: 2, simplex: true, blend: true })).toThrow(
    'softmax: blend or simplex expected, got both',
  )
  expect(() => softmaxLoss({ classes: 3, dim: 2, simplex: 1 as never })).toThrow('simplex as true or false')
  expect(() => softmaxLoss({ classes: 3, dim: 2, etf: true } as never)).toThrow('did you mean simplex?')
})

describe('dotRegression', () => {
  it('is 1/2 (<w_y, x / ‖x‖> - 1)^2, weighted by class, sample by sample', () => {
    fc.assert(
      fc.property(sizes, seeds, (options, seed) => {
        const rng = generator(seed)
        const weight = Array.from({ length: options.classes }, () => rng.uniform(0.5, 2))
        const loss = dotRegression({ ...options, seed, weight, reduction: 'none' })
        const x = draw(rng, [5, options.dim])
        const y = Array.from({ length: 5 }, () => rng.integer(0, options.classes - 1))
        const W = rowsOf(loss.prototypes)
        const cosines = rowsOf(x).map(xi => W.map(w => dot(w, xi) / length(xi)))
        expect(farthest(loss.logits(x), cosines.flat())).toBeLessThan(1e-14)
        const expected = cosines.map((c, i) => (weight[y[i]] * (c[y[i]] - 1) ** 2) / 2)
        expect(farthest(loss(x, y), expected)).toBeLessThan(1e-14)
        const mean = expected.reduce((a, b) => a + b) / y.reduce((sum, j) => sum + weight[j], 0)
        expect(dotRegression({ ...options, seed, weight })(x, y).item()).toBeCloseTo(mean, 13)
      }),
    )
  })

  it('has its gradient, of both orders', () => {
    fc.assert(
      fc.property(sizes, seeds, (options, seed) => {
        const rng = generator(seed)
        const loss = dotRegression({ ...options, seed, reduction: 'none' })
        // Clear of x = 0, which has no direction.
        const x = draw(rng, [3, options.dim]).add(0.1)
        const y = Array.from({ length: 3 }, () => rng.integer(0, options.classes - 1))
        fc.pre(options.dim > 1 && rowsOf(x).every(row => length(row) > 0.4))
        gradcheck(({ x }) => loss(x, y), { x }, { order: 2, seed, name: 'dotRegression' })
      }),
      { numRuns: 20 },
    )
  })

  it('trains nothing of its own, goes on from its state, and refuses what does not fit', () => {
    const options = { classes: 3, dim: 2 }
    const loss = dotRegression({ ...options, seed: 4 })
    expect(loss.parameters).toEqual({})
    expect(loss.updateAfter).toBeUndefined()
    const other = dotRegression(options)
    other.load(loss.state())
    expect(values(other.prototypes)).toEqual(values(loss.prototypes))
    expect(() => dotRegression({ classes: 5, dim: 2 })).toThrow('dotRegression: a simplex of classes >= 2')
    expect(() => dotRegression({ ...options, s: 3 } as never)).toThrow('dotRegression: there is no option s')
    expect(() => loss(tensor([[1, 2]]), [3])).toThrow('dotRegression: labels')
    expect(() => loss.update(tensor([[1]]), [0])).toThrow('dotRegression: x[N,D]')
  })
})
