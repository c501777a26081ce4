import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, stack, type Tensor, tensor } from '../../engine/index.ts'
import { arcFace, learned, subCenterArcFace, subCenterOutliers, subCenters } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { dot, draw, farthest, LEARNED, named, rowsOf, seeds, unit, values } from './support.ts'

onReference()

const float64 = { dtype: 'float64' } as const
const watch = (t: Tensor): Tensor => tensor(t.toArray(), { ...float64, requiresGrad: true })

function drawn(seed: number) {
  const rng = generator(seed)
  const [classes, dim, n, K] = [rng.integer(2, 5), rng.integer(2, 5), rng.integer(1, 6), rng.integer(2, 4)]
  const y = Array.from({ length: n }, () => rng.integer(0, classes - 1))
  return { classes, dim, n, K, y, x: draw(rng, [n, dim]), W: draw(rng, [classes * K, dim]) }
}

const largest = (of: readonly number[]): number => of.indexOf(Math.max(...of))

/** Which row of W[C K,D] is nearest to this x, for each class; by the product where lengths count. */
const nearest = (x: readonly number[], W: readonly number[][], K: number, by: (w: number[]) => number[]) =>
  Array.from({ length: W.length / K }, (_, j) => {
    const own = W.slice(j * K, (j + 1) * K).map(w => dot(x, by(w)))
    return j * K + largest(own)
  })

/** ElasticFace draws for the samples of a batch in turn: alone each would be the first. */
const ALONE = LEARNED.filter(row => !row.defaultMargin?.counted)

describe.each(named(ALONE))('%s with sub-centres', (_, row) => {
  it('is, sample by sample, the loss over the nearest sub-centre of each class', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { classes, dim, n, K, y, x, W } = drawn(seed)
        const options = { dim, ...float64, reduction: 'sum' } as const
        const loss = row.create({ ...options, classes, subCenters: K })
        loss.parameters.W.assign(W)
        const [xs, one] = [watch(x), row.create({ ...options, classes })]
        const total = loss(xs, y)
        const lengthsCount = row.margin === 'softmax' || row.margin === 'lSoftmax'
        const expected = { loss: 0, dx: [] as number[], dW: rowsOf(W).map(w => w.map(() => 0)) }
        for (let i = 0; i < n; i++) {
          const rows = nearest(rowsOf(x)[i], rowsOf(W), K, w => (lengthsCount ? w : unit(w)))
          one.parameters.W.assign(
            tensor(
              rows.map(r => rowsOf(W)[r]),
              float64,
            ),
          )
          const xi = watch(x.slice([i], [i + 1]))
          const value = one(xi, [y[i]])
          const grads = grad(value, { xi, W: one.parameters.W })
          expected.loss += value.item()
          expected.dx.push(...values(grads.xi))
          rowsOf(grads.W).forEach((g, j) => {
            expected.dW[rows[j]] = expected.dW[rows[j]].map((v, d) => v + g[d])
          })
        }
        const grads = grad(total, { xs, W: loss.parameters.W })
        // The same operations, summed up in another order.
        expect(farthest([total.item()], [expected.loss])).toBeLessThan(1e-12)
        expect(farthest(grads.xs, expected.dx)).toBeLessThan(1e-10)
        expect(farthest(grads.W, expected.dW.flat())).toBeLessThan(1e-10)
      }),
      { numRuns: 25 },
    )
  })
})

describe('sub-centres', () => {
  it('begin as a learned W of as many rows, and classify by the nearest', () => {
    const sizes = { classes: 4, dim: 3, seed: 5, ...float64 }
    const rule = subCenters('test', sizes, 3)
    expect(values(rule.W)).toEqual(values(learned('test', { ...sizes, classes: 12 }).W))
    const loss = arcFace({ ...sizes, subCenters: 3 })
    const x = draw(generator(1), [6, 3])
    const expected = rowsOf(x).map(xi => {
      const all = nearest(xi, rowsOf(rule.W), 3, unit)
      return largest(all.map(r => dot(xi, unit(rowsOf(rule.W)[r]))))
    })
    expect(loss.logits(x).shape).toEqual([6, 4])
    expect(loss.logits(x).argmax().toArray()).toEqual(expected)
  })

  it('tell the one that was nearest most often, and keep the count', () => {
    const sizes = { classes: 2, dim: 2, ...float64 }
    const loss = subCenterArcFace({ ...sizes, subCenters: 2 })
    const W = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ]
    loss.parameters.W.assign(tensor(W, float64))
    expect(rowsOf(loss.prototypes)).toEqual([W[0], W[2]])
    const x = tensor(
      [
        [0.1, 1],
        [0.2, 1],
        [1, 0.1],
        [-1, 0],
      ],
      float64,
    )
    loss.update(x, [0, 0, 0, 1])
    expect(rowsOf(loss.prototypes)).toEqual([W[1], W[2]])
    const again = subCenterArcFace({ ...sizes, subCenters: 2 })
    again.load(loss.state())
    expect(rowsOf(again.prototypes)).toEqual([W[1], W[2]])
    expect(values(again(x, [0, 0, 0, 1]))).toEqual(values(loss(x, [0, 0, 0, 1])))
  })

  it('refuse what they cannot go with', () => {
    const sizes = { classes: 4, dim: 3 }
    expect(() => arcFace({ ...sizes, subCenters: 0 })).toThrow('arcFace: subCenters as an integer >= 1')
    expect(() => arcFace({ ...sizes, subCenters: 2, simplex: true })).toThrow(
      'simplex or subCenters expected',
    )
    expect(() => arcFace({ ...sizes, subCenters: 2, pull: 1 })).toThrow(
      'pull or subCenters expected, got both',
    )
    expect(() => arcFace({ ...sizes, subCenters: 2, sampledClasses: { rate: 0.5 } })).toThrow(
      'subCenters or sampledClasses expected',
    )
  })
})

describe('subCenterOutliers', () => {
  it('are further than the threshold from the sub-centre of most of their class', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.double({ min: 0.2, max: 2.5, noNaN: true }), async (seed, threshold) => {
        const { classes, K, y, x, W } = drawn(seed)
        const found = await subCenterOutliers(W, x, y, { subCenters: K, threshold })
        const cosines = rowsOf(x).map(xi => rowsOf(W).map(w => dot(unit(xi), unit(w))))
        const dominant = Array.from({ length: classes }, (_, j) => {
          const wins = Array.from({ length: K }, () => 0)
          y.forEach((label, i) => {
            if (label === j) wins[largest(cosines[i].slice(j * K, (j + 1) * K))]++
          })
          return largest(wins)
        })
        const angles = y.map((label, i) => Math.acos(cosines[i][label * K + dominant[label]]))
        expect([...found.dominant]).toEqual(dominant)
        // arccos of a cosine that is off by a rounding; these vectors do not lie on each other.
        expect(farthest([...found.angles], angles)).toBeLessThan(1e-9)
        expect(values(found.dominantCenters)).toEqual(dominant.flatMap((k, j) => rowsOf(W)[j * K + k]))
        const far = [...y.keys()].filter(i => angles[i] > threshold)
        expect([...found.outliers].sort((a, b) => a - b)).toEqual(far)
        expect([...found.kept]).toEqual([...y.keys()].filter(i => !far.includes(i)))
        const order = [...found.outliers].map(i => found.angles[i])
        expect(order).toEqual([...order].sort((a, b) => b - a))
      }),
    )
  })

  it('refuse rows that are no K a class', async () => {
    const W = stack([tensor([1, 0]), tensor([0, 1])])
    await expect(subCenterOutliers(W, W, [0, 0], { subCenters: 3 })).rejects.toThrow(
      'subCenterOutliers: W[C K,D] of K = 3 sub-centres a class expected, got 2 rows',
    )
  })
})

it('subCenterOutliers refuses a sample whose angle is NaN', async () => {
  const W = draw(generator(1), [4, 2])
  const x = tensor([1, 2, Number.NaN, 4], { shape: [2, 2], dtype: 'float64' })
  await expect(subCenterOutliers(W, x, [0, 1], { subCenters: 2 })).rejects.toThrow(
    'subCenterOutliers: angles of numbers expected, got NaN for sample 1',
  )
})
