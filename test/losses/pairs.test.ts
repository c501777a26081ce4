import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Generator, generator, grad, matmul, type Tensor, tensor, uniform } from '../../engine/index.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import {
  circle,
  contrastive,
  crossBatchMemory,
  type EmbeddingLoss,
  multiSimilarity,
  nPair,
  type PairLoss,
  proxyAnchor,
  range,
  supCon,
  trainingLoss,
  triplet,
} from '../../losses/index.ts'
import { check } from '../support/property.ts'
import { dot, draw, f64, finite, length, rotation, rowsOf, seeds, unit, values } from './support.ts'

/** A batch of some classes, not all of which have two samples. */
function batch(seed: number): { x: Tensor; y: number[]; rng: Generator } {
  const rng = generator(seed)
  const [n, dim, classes] = [rng.integer(2, 8), rng.integer(2, 4), rng.integer(1, 4)]
  return { x: draw(rng, [n, dim]), y: Array.from({ length: n }, () => rng.integer(0, classes - 1)), rng }
}

type Rows = readonly (readonly number[])[]
/** The loss by plain loops. */
type Naive = (x: Rows, y: readonly number[]) => number

const mean = (list: readonly number[]): number => (list.length === 0 ? 0 : sum(list) / list.length)
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
const nonzero = (list: readonly number[]): number[] => list.filter(v => v > 0)
const up = (v: number): number => Math.max(v, 0)
const cos = (a: readonly number[], b: readonly number[]): number => dot(unit(a), unit(b))
const apart = (a: readonly number[], b: readonly number[]): number => length(a.map((v, k) => v - b[k]))
const chord = (a: readonly number[], b: readonly number[]): number => apart(unit(a), unit(b))
const softplus = (v: number): number => up(v) + Math.log1p(Math.exp(-Math.abs(v)))
const logSum = (list: readonly number[]): number => {
  const most = Math.max(...list)
  return most + Math.log(sum(list.map(v => Math.exp(v - most))))
}

const indices = (y: readonly number[]): number[] => y.map((_, i) => i)
const same = (y: readonly number[], i: number): number[] => indices(y).filter(j => j !== i && y[j] === y[i])
const other = (y: readonly number[], i: number): number[] => indices(y).filter(j => y[j] !== y[i])

const CASES: readonly [string, EmbeddingLoss, Naive][] = [
  [
    'contrastive',
    contrastive({ margin: 0.9, positiveMargin: 0.2 }),
    (x, y) => {
      const half = (v: number): number => up(v) ** 2 / 2
      const near = indices(y).flatMap(i => same(y, i).map(j => half(chord(x[i], x[j]) - 0.2)))
      const far = indices(y).flatMap(i => other(y, i).map(j => half(0.9 - chord(x[i], x[j]))))
      return mean(nonzero(near)) + mean(nonzero(far))
    },
  ],
  [
    'contrastive of distances as they are, all in the mean',
    contrastive({ squared: false, normalized: false, average: 'all', margin: 2 }),
    (x, y) =>
      mean(indices(y).flatMap(i => same(y, i).map(j => apart(x[i], x[j])))) +
      mean(indices(y).flatMap(i => other(y, i).map(j => up(2 - apart(x[i], x[j]))))),
  ],
  [
    'triplet, hard',
    triplet(),
    (x, y) =>
      mean(
        indices(y)
          .filter(i => same(y, i).length > 0 && other(y, i).length > 0)
          .map(i => {
            const p = Math.max(...same(y, i).map(j => chord(x[i], x[j])))
            return up(0.2 + p - Math.min(...other(y, i).map(j => chord(x[i], x[j]))))
          }),
      ),
  ],
  [
    'triplet, hard and soft, the anchor of its own class',
    triplet({ margin: 'soft', normalized: false, ownPositive: true }),
    (x, y) =>
      mean(
        indices(y)
          .filter(i => other(y, i).length > 0)
          .map(i => {
            const p = Math.max(0, ...same(y, i).map(j => apart(x[i], x[j])))
            return softplus(p - Math.min(...other(y, i).map(j => apart(x[i], x[j]))))
          }),
      ),
  ],
  [
    'triplet, all',
    triplet({ mining: 'all', margin: 0.3 }),
    (x, y) => mean(nonzero(triplets(x, y, chord).map(({ p, n }) => up(0.3 + p - n)))),
  ],
  [
    'triplet, all, of squares, all in the mean',
    triplet({ mining: 'all', margin: 0.3, squared: true, average: 'all' }),
    (x, y) => mean(triplets(x, y, (a, b) => chord(a, b) ** 2).map(({ p, n }) => up(0.3 + p - n))),
  ],
  [
    'triplet, semihard',
    triplet({ mining: 'semihard', margin: 0.3 }),
    (x, y) =>
      mean(
        indices(y).flatMap(i => {
          const n = other(y, i).map(j => chord(x[i], x[j]))
          if (n.length === 0) return []
          return same(y, i).map(j => {
            const p = chord(x[i], x[j])
            const further = n.filter(d => d > p)
            return up(0.3 + p - (further.length > 0 ? Math.min(...further) : Math.max(...n)))
          })
        }),
      ),
  ],
  ...(['matched', 'all'] as const).map((anchors): [string, EmbeddingLoss, Naive] => [
    `supCon over ${anchors}`,
    supCon({ temperature: 0.4, anchors }),
    (x, y) =>
      mean(
        indices(y)
          .filter(i => anchors === 'all' || same(y, i).length > 0)
          .map(i => {
            const z = (j: number): number => cos(x[i], x[j]) / 0.4
            const all = indices(y).filter(j => j !== i)
            return mean(same(y, i).map(j => logSum(all.map(z)) - z(j)))
          }),
      ),
  ]),
  [
    'nPair',
    nPair({ l2: 0.1 }),
    (x, y) => {
      const pairs = [...new Set(y)]
        .map(label => indices(y).filter(i => y[i] === label))
        .filter(list => list.length > 1)
      const z = (i: number, j: number): number => dot(x[pairs[i][0]], x[pairs[j][1]])
      const losses = pairs.map((_, i) => logSum(pairs.map((_, j) => z(i, j))) - z(i, i))
      const squares = pairs.flatMap(([a, p]) => [dot(x[a], x[a]), dot(x[p], x[p])])
      return mean(losses) + (0.1 * mean(squares)) / 2
    },
  ],
  ...[0.1, Infinity].map((epsilon): [string, EmbeddingLoss, Naive] => [
    `multiSimilarity with epsilon ${epsilon}`,
    multiSimilarity({ alpha: 2, beta: 5, lambda: 0.5, epsilon }),
    (x, y) =>
      mean(
        indices(y).map(i => {
          const s = (j: number): number => cos(x[i], x[j])
          const most = Math.max(...other(y, i).map(s))
          const least = Math.min(...same(y, i).map(s))
          const all = epsilon === Infinity
          const near = same(y, i).filter(j => all || s(j) < most + epsilon)
          const far = other(y, i).filter(j => all || s(j) > least - epsilon)
          return (
            Math.log1p(sum(near.map(j => Math.exp(-2 * (s(j) - 0.5))))) / 2 +
            Math.log1p(sum(far.map(j => Math.exp(5 * (s(j) - 0.5))))) / 5
          )
        }),
      ),
  ]),
  ['circle', circle({ gamma: 8 }), (x, y) => circleOf(x, y, x)],
  [
    'range',
    range({ margin: 9, alpha: 0.3, beta: 0.2 }),
    (x, y) => {
      const lists = [...new Set(y)].map(label => indices(y).filter(i => y[i] === label))
      const within = lists.map(list => {
        const ranges = list
          .flatMap((i, a) => list.slice(a + 1).map(j => apart(x[i], x[j]) ** 2))
          .sort((a, b) => b - a)
          .slice(0, 2)
        return ranges.length === 0 ? 0 : ranges.length / sum(ranges.map(d => 1 / d))
      })
      const means = lists.map(list => x[0].map((_, k) => mean(list.map(i => x[i][k]))))
      const between = means.flatMap((a, i) => means.slice(i + 1).map(b => apart(a, b) ** 2))
      return 0.3 * sum(within) + (between.length === 0 ? 0 : 0.2 * up(9 - Math.min(...between)))
    },
  ],
]

/** Circle loss whose weights are those of the embeddings `at`. */
function circleOf(x: Rows, y: readonly number[], at: Rows): number {
  return mean(
    indices(y)
      .filter(i => same(y, i).length > 0 && other(y, i).length > 0)
      .map(i => {
        const p = same(y, i).map(j => -8 * up(1.25 - cos(at[i], at[j])) * (cos(x[i], x[j]) - 0.75))
        const n = other(y, i).map(j => 8 * up(cos(at[i], at[j]) + 0.25) * (cos(x[i], x[j]) - 0.25))
        return softplus(logSum(p) + logSum(n))
      }),
  )
}

function triplets(x: Rows, y: readonly number[], d: typeof apart): { p: number; n: number }[] {
  return indices(y).flatMap(i =>
    same(y, i).flatMap(p => other(y, i).map(n => ({ p: d(x[i], x[p]), n: d(x[i], x[n]) }))),
  )
}

describe.each(CASES)('%s', (_, loss, naive) => {
  it('is its definition by plain loops', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y } = batch(seed)
        // Rounding of float64; square roots of differences lose half of its digits near 0.
        expect(loss(x, y).item()).toBeCloseTo(naive(rowsOf(x), y), 9)
      }),
      { numRuns: 60 },
    )
  })

  // The weights of circle are constants to the gradient, and not to the differences.
  it.skipIf(loss.name === 'circle')('has the gradient of its differences', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y } = batch(seed)
        // Where all margins are kept, or there is no pair, there is nothing to check.
        const p = tensor(rowsOf(x), { dtype: 'float64', requiresGrad: true })
        fc.pre(length(values(grad(loss(p, y), p))) > 1e-6)
        gradcheck(({ x }) => loss(x, y), { x })
      }),
      { numRuns: 12 },
    )
  })

  it('does not change with the order of the batch or a turn of the space', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y, rng } = batch(seed)
        const order = Array.from(rng.permutation(y.length))
        const turned = matmul(x, rotation(rng, x.shape[1]))
        const rows = rowsOf(turned)
        const mixed = f64(
          order.flatMap(i => rows[i]),
          x.shape,
        )
        const given = loss(
          mixed,
          order.map(i => y[i]),
        ).item()
        // nPair takes the first two of a class, so that its pairs change with the order.
        const expected = loss.name === 'nPair' ? loss(turned, y).item() : given
        expect(expected).toBeCloseTo(loss(x, y).item(), 9)
      }),
      { numRuns: 20 },
    )
  })

  it('is finite, with a finite gradient, where samples are equal, zero, alone or of one class', () => {
    const edges: [number[][], number[]][] = [
      [[[1, 2]], [0]],
      [
        [
          [1, 2],
          [1, 2],
        ],
        [0, 0],
      ],
      [
        [
          [1, 2],
          [1, 2],
        ],
        [0, 1],
      ],
      [
        [
          [0, 0],
          [0, 0],
          [1, 0],
        ],
        [0, 0, 1],
      ],
      [
        [
          [1, 0],
          [-1, 0],
          [1, 0],
          [-1, 0],
        ],
        [0, 0, 1, 1],
      ],
      [
        [
          [1e4, 0],
          [0, 1e4],
          [1e-4, 1],
        ],
        [0, 1, 0],
      ],
    ]
    for (const [rows, y] of edges) {
      for (const dtype of ['float32', 'float64'] as const) {
        const x = tensor(rows, { dtype, requiresGrad: true })
        const value = loss(x, y)
        expect(finite(value)).toBe(true)
        expect(finite(grad(value, x))).toBe(true)
      }
    }
  })

  it('of NaN is NaN, wherever it stands', () => {
    const rows = [
      [1, 2],
      [2, -1],
      [-1, 1],
      [-2, -1],
    ]
    for (let i = 0; i < 8; i++) {
      const odd = rows.map((row, k) => row.map((v, l) => (2 * k + l === i ? Number.NaN : v)))
      for (const dtype of ['float32', 'float64'] as const) {
        expect(loss(tensor(odd, { dtype }), [0, 0, 1, 1]).item()).toBeNaN()
      }
    }
  })

  it('is 0, and so is its gradient, of a sample alone and of no pairs that a miner found', () => {
    const none = () => new Int32Array(0)
    check(
      fc.property(seeds, seed => {
        const { x, y } = batch(seed)
        const p = tensor(rowsOf(x), { dtype: 'float64', requiresGrad: true })
        const alone = tensor(rowsOf(x).slice(0, 1), { dtype: 'float64', requiresGrad: true })
        const made: [Tensor, Tensor][] = [[loss(alone, [0]), alone]]
        if ('among' in loss) {
          const mined = { a1: none(), p: none(), a2: none(), n: none() }
          made.push([(loss as PairLoss).among(p, y, mined), p])
        }
        if (loss.name === 'triplet' || loss.name === 'circle')
          made.push([
            loss(
              p,
              y.map(() => 1),
            ),
            p,
          ])
        if (loss.name === 'supCon') made.push([loss(p, indices(y)), p])
        for (const [value, of] of made) {
          expect(value.item()).toBe(0)
          expect(values(grad(value, of)).every(v => v === 0)).toBe(true)
        }
      }),
      5,
    )
  })

  it('refuses labels that do not fit, and an empty batch', () => {
    const x = f64([1, 2, 3, 4], [2, 2])
    expect(() => loss(x, [0])).toThrow(`${loss.name}: 2 labels expected, got 1`)
    expect(() => loss(f64([], [0, 2]), [])).toThrow(`${loss.name}: at least one sample`)
    expect(() => loss(f64([1, 2], [2]), [0, 1])).toThrow(`${loss.name}: x[N,D] expected`)
  })
})

describe('circle', () => {
  it('has the gradient of its differences with the weights held', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y } = batch(seed)
        const rows = rowsOf(x)
        const p = tensor(rows, { dtype: 'float64', requiresGrad: true })
        const slopes = values(grad(circle({ gamma: 8 })(p, y), p))
        const [dim, h] = [rows[0].length, 1e-5]
        slopes.forEach((slope, at) => {
          const moved = (by: number): Rows =>
            rows.map((row, i) => row.map((v, k) => (i * dim + k === at ? v + by : v)))
          const numeric = (circleOf(moved(h), y, rows) - circleOf(moved(-h), y, rows)) / (2 * h)
          // Central differences: h^2 times a third derivative, of a loss of scale 8.
          expect(slope).toBeCloseTo(numeric, 5)
        })
      }),
      { numRuns: 20 },
    )
  })
})

describe('proxyAnchor', () => {
  it('is its definition by plain loops', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, y } = batch(seed)
        const classes = 4
        const loss = proxyAnchor({ classes, dim: x.shape[1], dtype: 'float64', alpha: 5, seed })
        const W = rowsOf(loss.prototypes)
        const rows = rowsOf(x)
        const s = (i: number, p: number): number => cos(rows[i], W[p])
        const all = Array.from({ length: classes }, (_, p) => p)
        const drawn = all.map(p =>
          Math.log1p(
            sum(
              indices(y)
                .filter(i => y[i] === p)
                .map(i => Math.exp(-5 * (s(i, p) - 0.1))),
            ),
          ),
        )
        const pushed = all.map(p =>
          Math.log1p(
            sum(
              indices(y)
                .filter(i => y[i] !== p)
                .map(i => Math.exp(5 * (s(i, p) + 0.1))),
            ),
          ),
        )
        expect(loss(x, y).item()).toBeCloseTo(sum(drawn) / new Set(y).size + mean(pushed), 9)
      }),
    )
  })
})

describe('crossBatchMemory', () => {
  it('adds the pairs of the batch and the last embeddings, its own among them', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, size) => {
        const first = batch(seed)
        const dim = first.x.shape[1]
        const loss = crossBatchMemory(contrastive(), { size, dim, start: 0, weight: 0.7, dtype: 'float64' })
        let memory: { row: number[]; label: number }[] = []
        for (let step = 0; step < 3; step++) {
          const n = first.rng.integer(1, 5)
          const x = draw(first.rng, [n, dim])
          const y = Array.from({ length: n }, () => first.rng.integer(0, 2))
          const own = rowsOf(x).map((row, i) => ({ row, label: y[i], own: i }))
          const before = Math.max(0, Math.min(memory.length, size - n))
          const all: { row: number[]; label: number; own?: number }[] = [
            ...memory.slice(memory.length - before),
            ...own,
          ]
          const [near, far]: [number[], number[]] = [[], []]
          for (const a of own) {
            for (const b of all) {
              const d = chord(a.row, b.row)
              if (a.label !== b.label) far.push(up(1 - d) ** 2 / 2)
              else if (b.own !== a.own) near.push(d ** 2 / 2)
            }
          }
          const expected = contrastive()(x, y).item() + 0.7 * (mean(nonzero(near)) + mean(nonzero(far)))
          expect(trainingLoss(loss, x, y).item()).toBeCloseTo(expected, 9)
          memory = [...memory, ...own.map(({ row, label }) => ({ row, label }))].slice(-size)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('refuses losses whose pairs are all of one batch', () => {
    for (const loss of [nPair(), range()]) {
      expect(() => crossBatchMemory(loss as PairLoss, { dim: 2 })).toThrow(
        'crossBatchMemory: a loss of pairs, such as contrastive(), expected',
      )
    }
  })

  it('goes on from its state to the last bit, and counts nothing before its start', () => {
    const { x, y } = batch(3)
    const dim = x.shape[1]
    const make = () => crossBatchMemory(triplet(), { size: 8, dim, start: 1, dtype: 'float64' })
    const [loss, again] = [make(), make()]
    expect(trainingLoss(loss, x, y).item()).toBe(triplet()(x, y).item())
    again.load(loss.state())
    const more = batch(4)
    const z = draw(more.rng, [5, dim])
    expect(values(trainingLoss(again, z, [0, 1, 0, 2, 2]))).toEqual(
      values(trainingLoss(loss, z, [0, 1, 0, 2, 2])),
    )
  })

  it('refuses what does not fit the memory, before it counts too, and stays as it was', () => {
    const y = [0, 0, 1, 1]
    const rng = generator(5)
    const wrong: [Tensor, string][] = [
      [draw(rng, [4, 3]), 'D is 3 in x but 2 in W'],
      [uniform([4, 2], rng), 'x of float64 on'],
    ]
    for (const start of [0, 1000]) {
      const loss = crossBatchMemory(contrastive(), { size: 8, dim: 2, start, dtype: 'float64' })
      for (const [x, message] of wrong) {
        const refused = new RegExp(`^crossBatchMemory.*${message}`)
        expect(() => loss(x, y)).toThrow(refused)
        expect(() => loss.update(x, y)).toThrow(refused)
      }
      expect(loss.state().values).toEqual({ labels: [], steps: 0 })
    }
  })

  it('loads no count of steps that its labels cannot come of', () => {
    const loss = crossBatchMemory(contrastive(), { size: 4, dim: 2, start: 0, dtype: 'float64' })
    const { tensors } = loss.state()
    const load = (labels: unknown, steps: unknown) => () =>
      loss.load({ tensors, values: { labels, steps } as never })
    expect(load([], -5)).toThrow('load: steps as an integer >= 0 expected, got -5')
    expect(load([], 1.5)).toThrow('load: steps as an integer >= 0 expected, got 1.5')
    expect(load([], 7)).toThrow('load: 4 to 4 labels at 7 steps expected')
    expect(load([1], 0)).toThrow('load: 0 to 0 labels at 0 steps expected')
    expect(load([1, 2, 3, 4, 5], 3)).toThrow('load: 3 to 4 labels at 3 steps expected')
    expect(loss.state().values).toEqual({ labels: [], steps: 0 })
    load([1, 2, 3], 2)()
    expect(loss.state().values).toEqual({ labels: [1, 2, 3], steps: 2 })
  })
})

it.each([0, 1, -0.1, Number.NaN, '0.5'])('circle refuses m = %s', m => {
  expect(() => circle({ m: m as number })).toThrow('circle: m as a number above 0 and below 1 expected')
})
