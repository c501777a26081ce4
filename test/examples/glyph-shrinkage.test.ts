import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, matmul } from '../../engine/index.ts'
import { type Shrinkage, shrinkage } from '../../examples/glyph-reid/ideas/index.ts'
import { dot, draw, f64, farthest, length, rotation, rowsOf, seeds } from '../losses/support.ts'
import { onReference } from '../support/onReference.ts'

onReference()

type Rows = number[][]
const total = (v: readonly number[]) => v.reduce((a, b) => a + b, 0)
const average = (rows: Rows) => rows[0].map((_, d) => total(rows.map(r => r[d])) / rows.length)
const apart = (a: readonly number[], b: readonly number[]) => length(a.map((v, d) => v - b[d])) ** 2

/** Centres shorter than 1, as means of unit vectors are, of four to seven frequent classes and some rare ones. */
function setUp(seed: number) {
  const rng = generator(seed)
  const [often, seldom, dim] = [rng.integer(4, 7), rng.integer(1, 4), rng.integer(2, 6)]
  const sizes = [
    ...Array.from({ length: often }, () => rng.integer(20, 90)),
    ...Array.from({ length: seldom }, () => rng.integer(1, 19)),
  ]
  const c = draw(rng, [sizes.length, dim])
  const centers = rowsOf(c).map(row => row.map(v => (v / length(row)) * rng.uniform(0.3, 0.95)))
  const order = [...rng.permutation(sizes.length)]
  return {
    rng,
    dim,
    sizes: order.map(j => sizes[j]),
    centers: order.map(j => centers[j]),
    neighbours: rng.integer(1, 3),
  }
}

/** The definition, class by class. */
function naive(centers: Rows, { sizes, neighbours = 5, k }: Shrinkage): Rows {
  const often = centers.map((_, j) => j).filter(j => sizes[j] >= 20)
  const v = centers.map((c, j) => {
    const cosine = (f: number) => dot(c, centers[f]) / (length(c) * length(centers[f]))
    const others = often.filter(f => f !== j).sort((a, b) => cosine(b) - cosine(a))
    return average(others.slice(0, neighbours).map(f => centers[f]))
  })
  const mean = (f: (j: number) => number) => total(often.map(f)) / often.length
  const within = mean(f => ((1 - length(centers[f]) ** 2) * sizes[f]) / (sizes[f] - 1))
  const between = mean(f => apart(centers[f], v[f])) - within * (1 + 1 / neighbours) * mean(f => 1 / sizes[f])
  const count = k ?? (between > within / 20 ? within / between : 20)
  return centers.map((c, j) =>
    sizes[j] >= 20 ? c : c.map((value, d) => (sizes[j] * value + count * v[j][d]) / (sizes[j] + count)),
  )
}

describe('shrinkage', () => {
  const shrunk = (centers: Rows, options: Shrinkage): Rows => {
    const c = f64(centers.flat(), [centers.length, centers[0].length])
    return rowsOf(shrinkage(options, { dtype: 'float64' })(c))
  }

  it('is its equation, class by class, with k given and with k estimated', () => {
    let estimated = 0
    fc.assert(
      fc.property(seeds, fc.option(fc.double({ min: 0, max: 30, noNaN: true })), (seed, k) => {
        const { sizes, centers, neighbours } = setUp(seed)
        const options = { sizes, neighbours, k: k ?? undefined }
        // Sums of a few numbers below 1; the estimate divides by differences that are not small against them.
        expect(farthest(shrunk(centers, options).flat(), naive(centers, options).flat())).toBeLessThan(1e-12)
        if (k === null) estimated++
      }),
    )
    expect(estimated).toBeGreaterThan(5)
  })

  it('leaves frequent classes where they are, and with k = 0 all', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { sizes, centers, neighbours } = setUp(seed)
        const moved = shrunk(centers, { sizes, neighbours })
        const stays = (j: number) => moved[j].every((v, d) => v === centers[j][d])
        sizes.forEach((n, j) => {
          expect(stays(j)).toBe(n >= 20)
        })
        expect(shrunk(centers, { sizes, neighbours, k: 0 })).toEqual(centers)
      }),
    )
  })

  it('turns with the space, and does not see the order of the classes', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, dim, sizes, centers, neighbours } = setUp(seed)
        const moved = shrunk(centers, { sizes, neighbours })
        const R = rotation(rng, dim)
        const turn = (rows: Rows): Rows => rowsOf(matmul(f64(rows.flat(), [rows.length, dim]), R))
        expect(
          farthest(shrunk(turn(centers), { sizes, neighbours }).flat(), turn(moved).flat()),
        ).toBeLessThan(1e-12)
        const order = [...rng.permutation(sizes.length)]
        const permuted = shrunk(
          order.map(j => centers[j]),
          { sizes: order.map(j => sizes[j]), neighbours },
        )
        expect(
          farthest(
            permuted.flat(),
            order.flatMap(j => moved[j]),
          ),
        ).toBeLessThan(1e-12)
      }),
    )
  })

  it('brings centres of two images nearer to the truth, where true centres come in clusters', () => {
    const rng = generator(7)
    const dim = 24
    const unit = (v: number[]) => v.map(e => e / length(v))
    const around = (c: readonly number[], spread: number) =>
      unit(c.map(v => v + (spread * rng.normal()) / Math.sqrt(dim)))
    const clusters = Array.from({ length: 12 }, () => around(Array(dim).fill(0), 1))
    const truths = clusters.flatMap(c => Array.from({ length: 16 }, () => around(c, 0.5)))
    const sizes = truths.map((_, j) => (j % 2 === 0 ? 40 : 2))
    const meanOf = (truth: number[], n: number) => average(Array.from({ length: n }, () => around(truth, 1)))
    const centers = truths.map((truth, j) => meanOf(truth, sizes[j]))
    // The direction is what a prototype is; the mean of unit vectors around mu is shorter than mu.
    const angles = (rows: Rows) =>
      rows.flatMap((c, j) => (sizes[j] === 2 ? [Math.acos(dot(c, truths[j]) / length(c))] : []))
    const [before, after] = [centers, shrunk(centers, { sizes })].map(angles)
    expect(total(after) / total(before)).toBeLessThan(0.85)
    const better = after.filter((angle, i) => angle < before[i]).length
    expect(better / after.length).toBeGreaterThan(0.9)
  })

  const sizes = [30, 40, 50, 2]
  const cases: readonly [string, Shrinkage, string][] = [
    ['too few frequent classes', { sizes }, 'more than 5 classes of at least 20 images expected, got 3'],
    ['no neighbour', { sizes, neighbours: 0 }, 'neighbours is an integer >= 1, got 0'],
    ['k below 0', { sizes, neighbours: 1, k: -1 }, 'k is a finite number >= 0, got -1'],
    ['frequent 1', { sizes, frequent: 1 }, 'frequent is a number of images >= 2, got 1'],
    ['an empty class', { sizes: [0, 20] }, 'sizes: finite numbers > 0 expected, got 0 for class 0'],
  ]
  it.each(cases)('%s is refused', (_, options, message) => {
    expect(() => shrinkage(options)).toThrow(message)
  })
})
