import { describe, expect, it } from 'vitest'
import { add, grad, mul, sum, type Tensor, tensor } from '../../engine/index.ts'
import {
  adaFace,
  arcFace,
  centerLoss,
  circle,
  contrastive,
  cosFace,
  crossBatchMemory,
  curricularFace,
  dotRegression,
  type EmbeddingLoss,
  irCosFace,
  multiSimilarity,
  nPair,
  proxyAnchor,
  range,
  sphereFaceR,
  supCon,
  trainingLoss,
  triplet,
  tripletsLoss,
} from '../../losses/index.ts'
import { finite, MARGINS, named } from './support.ts'

type DType = 'float32' | 'float64'

/** Losses of two classes in two dimensions, each made anew. */
const EACH: readonly [string, (dtype: DType) => EmbeddingLoss][] = [
  ['contrastive', () => contrastive()],
  ['contrastive of lengths', () => contrastive({ normalized: false })],
  ['contrastive, not squared', () => contrastive({ squared: false, average: 'all' })],
  ['triplet', () => triplet()],
  ['triplet of lengths, soft', () => triplet({ margin: 'soft', normalized: false, ownPositive: true })],
  ['triplet of squares', () => triplet({ normalized: false, squared: true })],
  ['triplet, semihard', () => triplet({ mining: 'semihard' })],
  ['triplet, all', () => triplet({ mining: 'all' })],
  ['supCon', () => supCon()],
  ['supCon over all', () => supCon({ anchors: 'all', temperature: 0.01 })],
  ['nPair', () => nPair({ l2: 0.1 })],
  ['multiSimilarity', () => multiSimilarity()],
  ['multiSimilarity of all pairs', () => multiSimilarity({ epsilon: Infinity })],
  ['circle', () => circle()],
  ['range', () => range()],
  ['proxyAnchor', dtype => proxyAnchor({ classes: 2, dim: 2, dtype })],
  ['dotRegression', dtype => dotRegression({ classes: 2, dim: 2, dtype })],
  ['centerLoss', dtype => centerLoss({ classes: 2, dim: 2, dtype })],
  ['crossBatchMemory', dtype => crossBatchMemory(contrastive(), { dim: 2, size: 3, start: 0, dtype })],
  ...(['own', 'others'] as const).map((bent): [string, (dtype: DType) => EmbeddingLoss] => [
    `sphereFaceR, ${bent} bent`,
    dtype => sphereFaceR({ classes: 2, dim: 2, dtype, bent }),
  ]),
  ['cosFace of a queue', dtype => cosFace({ classes: 2, dim: 2, dtype, queue: 9 })],
]

/** What may lie where a slope is none, and what has no pair of a kind. */
const BATCHES: Readonly<Record<string, readonly [rows: number[][], y: number[]]>> = {
  'one sample': [[[1, 2]], [0]],
  'one class': [
    [
      [1, 2],
      [2, 1],
      [-1, 0],
    ],
    [1, 1, 1],
  ],
  'no two of a class': [
    [
      [1, 2],
      [2, -1],
    ],
    [0, 1],
  ],
  'equal samples of one class and of two': [
    [
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ],
    [0, 0, 1, 1],
  ],
  'opposite samples': [
    [
      [1, 2],
      [-1, -2],
      [2, 4],
      [-2, -4],
    ],
    [0, 0, 1, 1],
  ],
  zeros: [
    [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    [0, 0, 1],
  ],
  'a zero': [
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
    [0, 0, 1],
  ],
  tiny: [
    [
      [1e-30, 0],
      [2e-30, 1e-30],
      [0, -1e-30],
    ],
    [0, 0, 1],
  ],
  large: [
    [
      [1e13, 0],
      [2e13, 1e13],
      [0, -1e13],
      [1, 1],
    ],
    [0, 0, 1, 1],
  ],
  huge: [
    [
      [1e30, 0],
      [-1e30, 1e30],
      [0, 3e30],
      [1, 1e-3],
    ],
    [0, 0, 1, 1],
  ],
}

/** The value, the gradient, and the gradient of that along some direction. */
function orders(loss: EmbeddingLoss, rows: number[][], y: readonly number[], dtype: DType): Tensor[] {
  const x = tensor(rows, { dtype, requiresGrad: true })
  const value = trainingLoss(loss, x, y)
  const first = grad(value, { x, ...loss.parameters })
  const along = Object.values(first).map(g => {
    const places = Array.from({ length: g.size }, (_, i) => 0.5 - (i % 3))
    return sum(mul(g, tensor(places, { shape: g.shape, dtype })))
  })
  return [value, ...Object.values(first), grad(along.reduce(add), x)]
}

describe.each(EACH)('%s', (_, create) => {
  it.each(Object.keys(BATCHES))('is finite in value and gradients, or refused by name: %s', what => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [rows, y] = BATCHES[what]
      const loss = create(dtype)
      let made: Tensor[]
      try {
        made = orders(loss, rows, y, dtype)
      } catch (error) {
        expect(what).toBe('huge')
        expect((error as Error).message).toMatch(
          new RegExp(
            `^${loss.name.replace(/[()]/g, '.')}.*: embeddings of lengths up to 1e.* expected, got 3.00e\\+30`,
          ),
        )
        continue
      }
      for (const t of made) expect(finite(t), `${dtype}: ${t}`).toBe(true)
    }
  })

  it('refuses labels that are none', () => {
    const loss = create('float32')
    const x = tensor([
      [1, 2],
      [2, 1],
    ])
    for (const odd of [-1, 0.5, Number.NaN, Infinity, '1', 2 ** 40]) {
      for (const call of [loss, loss.update]) {
        if (call === loss.update && loss.updateAfter === undefined && loss.classes === undefined) continue
        expect(() => call(x, [0, odd] as number[])).toThrow(
          new RegExp(`^(${loss.name.replace(/[()]/g, '.')}|contrastive): labels are integers`),
        )
      }
    }
  })
})

describe.each(named(MARGINS))('%s at the bounds of its options', (_, row) => {
  it('is finite', () => {
    const bounds: Record<string, number[]> = {
      s: [1e-3, 1e4],
      m: [0, 1, 2, Math.PI - 1e-9],
      m1: [1e-3, 1000],
      m2: [0, Math.PI - 1e-9],
      m3: [0, 2],
      tAlpha: [0, 1],
      h: [1e-3, 1e3],
      t: [0, 1, 10],
      lambda: [1e-9, 1 - 1e-9],
      lMargin: [0],
      uMargin: [Math.PI - 1e-9],
    }
    const rows = [
      [3, 4],
      [-6, -8],
      [1, 0],
      [0, 0],
    ]
    for (const [option, values] of Object.entries(bounds)) {
      if (!(option in row.defaults)) continue
      for (const value of values) {
        for (const classes of [1, 4]) {
          let loss: EmbeddingLoss
          try {
            loss = row.create({ classes, dim: 2, [option]: value, dtype: 'float32' })
          } catch (error) {
            // Out of the range of this margin.
            expect((error as Error).message).toMatch(new RegExp(`^\\w+: ${option} `))
            continue
          }
          const y = classes === 1 ? [0, 0, 0, 0] : [0, 0, 1, 2]
          for (let step = 0; step < 2; step++) {
            for (const t of orders(loss, rows, y, 'float32')) {
              expect(finite(t), `${option} = ${value}, ${classes} classes: ${t}`).toBe(true)
            }
          }
        }
      }
    }
  })
})

describe('what is remembered', () => {
  const odd = tensor([
    [1, 2],
    [3, Number.NaN],
  ])
  const x = tensor([
    [1, 2],
    [3, 1],
  ])
  const losses = [
    adaFace({ classes: 2, dim: 2 }),
    curricularFace({ classes: 2, dim: 2 }),
    irCosFace({ classes: 2, dim: 2 }),
    centerLoss({ classes: 2, dim: 2 }),
    arcFace({ classes: 2, dim: 2, subCenters: 2 }),
    arcFace({ classes: 2, dim: 2, blend: true }),
    cosFace({ classes: 2, dim: 2, queue: 4 }),
    crossBatchMemory(triplet(), { dim: 2, size: 4 }),
  ]

  it.each(losses.map(loss => [loss.name, loss] as const))('%s takes in no NaN', (name, loss) => {
    const state = () => JSON.stringify(Object.values(loss.state().tensors).map(t => [...t.dataSync()]))
    loss.update(x, [0, 1])
    const before = state()
    expect(() => loss.update(odd, [0, 1])).toThrow(
      `${name}: update: finite embeddings expected, got NaN for sample 1`,
    )
    expect(state()).toBe(before)
    const { tensors, values } = loss.state()
    for (const [key, t] of Object.entries(tensors)) {
      if (key in loss.parameters) continue
      const wrong = tensor(
        [...t.dataSync()].map((v, i) => (i === 0 ? Infinity : v)),
        { shape: t.shape },
      )
      expect(() => loss.load({ tensors: { ...tensors, [key]: wrong }, values })).toThrow(
        `load: ${key} of finite numbers expected, got Infinity`,
      )
      expect(state()).toBe(before)
    }
    // The caller looks.
    loss.update(odd, [0, 1], { checked: true })
    expect(state()).not.toBe(before)
  })

  it('has sums beyond the largest number', () => {
    const most = tensor([
      [3e38, 3e38],
      [3e38, 1],
    ])
    const loss = irCosFace({ classes: 2, dim: 2 })
    loss.update(most, [0, 1])
    expect(finite(loss.prototypes)).toBe(true)
  })
})

it('tripletsLoss refuses embeddings whose squares are infinite', () => {
  const x = tensor([[1e20], [1], [2]], { requiresGrad: true })
  const one = { a: Int32Array.of(0), p: Int32Array.of(1), n: Int32Array.of(2) }
  expect(() => tripletsLoss(x, one, { normalized: false })).toThrow(
    'tripletsLoss: embeddings of lengths up to 1e+14 expected, got 1.00e+20',
  )
  expect(finite(grad(tripletsLoss(x, one), x))).toBe(true)
})
