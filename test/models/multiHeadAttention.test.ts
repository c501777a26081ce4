import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  broadcastTo,
  generator,
  greater,
  mul,
  randn,
  reshape,
  type Tensor,
  tensor,
  where,
  zeros,
} from '../../engine/index.ts'
import { layers } from '../../models/index.ts'

const f64 = { dtype: 'float64' } as const
const seeds = fc.integer({ min: 0, max: 1e6 })
type Matrix = number[][]

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map(row => b[0].map((_, j) => row.reduce((sum, v, k) => sum + v * b[k][j], 0)))
const plus = (a: Matrix, b?: Tensor): Matrix =>
  b === undefined ? a : a.map(row => row.map((v, j) => v + b.dataSync()[j]))

/** What is added to the product of query i and key j in head h. */
type Mask = (h: number, i: number, j: number) => number

/** Of one sequence, head by head. */
function byLoops(
  x: Matrix,
  p: Readonly<Record<string, Tensor>>,
  heads: number,
  mask: Mask = () => 0,
): Matrix {
  const dim = x[0].length
  const size = dim / heads
  const all = plus(times(x, p['in.weight'].toArray()), p['in.bias'])
  const found = x.map(() => new Array<number>(dim).fill(0))
  for (let h = 0; h < heads; h++) {
    const part = (i: number) => all.map(row => row.slice(i * dim + h * size, i * dim + (h + 1) * size))
    const [q, k, v] = [0, 1, 2].map(part)
    q.forEach((query, i) => {
      const product = (key: number[]) => key.reduce((sum, w, d) => sum + w * query[d], 0) / Math.sqrt(size)
      const e = k.map((key, j) => Math.exp(product(key) + mask(h, i, j)))
      const total = e.reduce((a, b) => a + b)
      v.forEach((value, j) => {
        for (let d = 0; d < size; d++) found[i][h * size + d] += (e[j] / total) * value[d]
      })
    })
  }
  return plus(times(found, p['out.weight'].toArray()), p['out.bias'])
}

function drawn(seed: number, causal = false) {
  const rng = generator(seed)
  const [n, length, heads, size] = [1, 1, 1, 1].map(low => rng.integer(low, 3))
  const bias = rng.uniform() < 0.5
  const layer = layers.multiHeadAttention({ dim: heads * size, heads, bias, causal, rng, ...f64 })
  for (const [name, p] of Object.entries(layer.parameters)) {
    if (name.endsWith('bias')) p.assign(randn(p.shape, rng, f64))
  }
  return { layer, heads, rng, x: randn([n, length, heads * size], rng, f64) }
}

describe('multiHeadAttention', () => {
  it('is its definition, sequence by sequence and head by head', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { layer, heads, x } = drawn(seed)
        const z = layer(x).toArray() as number[][][]
        for (const [i, sequence] of (x.toArray() as number[][][]).entries()) {
          byLoops(sequence, layer.parameters, heads).forEach((row, l) => {
            row.forEach((v, d) => {
              expect(z[i][l][d]).toBeCloseTo(v, 11)
            })
          })
        }
      }),
    )
  })

  it('adds a mask for all, for each sequence, each head or the keys, and with causal sees no later place', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), fc.nat(3), (seed, causal, kind) => {
        const { layer, heads, rng, x } = drawn(seed, causal)
        const [n, l] = x.shape
        const shape = [
          [l, l],
          [n, l, l],
          [n, heads, l, l],
          [n, 1, l],
        ][kind]
        // The first key is seen, and so every place sees one.
        const first = tensor(
          Float64Array.from({ length: l }, (_, j) => Number(j === 0)),
          f64,
        )
        const mask = where(
          greater(add(randn(shape, rng, f64), mul(first, 9)), 0),
          randn(shape, rng, f64),
          -Infinity,
        )
        const each = broadcastTo(kind === 2 ? mask : reshape(mask, [...(kind === 0 ? [1] : [n]), 1, -1, l]), [
          n,
          heads,
          l,
          l,
        ])
        const added = each.toArray() as number[][][][]
        const z = layer(x, { mask }).toArray() as number[][][]
        for (const [s, sequence] of (x.toArray() as number[][][]).entries()) {
          const seen: Mask = (h, i, j) => (causal && j > i ? -Infinity : added[s][h][i][j])
          byLoops(sequence, layer.parameters, heads, seen).forEach((row, i) => {
            row.forEach((v, d) => {
              expect(z[s][i][d]).toBeCloseTo(v, 11)
            })
          })
        }
      }),
      { numRuns: 60 },
    )
  })

  it('refuses masks of other shapes', () => {
    const layer = layers.multiHeadAttention({ dim: 4, heads: 2, seed: 0 })
    const x = randn([3, 5, 4], generator(0))
    for (const shape of [[5], [4, 5], [2, 5, 5], [3, 5, 4], [3, 3, 5, 5], [1, 3, 2, 5, 5]]) {
      expect(() => layer(x, { mask: zeros(shape) })).toThrow(
        `layers.multiHeadAttention: mask[5,5], [3,5,5] or [3,2,5,5] expected, got shape [${shape}]`,
      )
    }
    expect(() => layer(x, { mask: null as never })).toThrow('layers.multiHeadAttention: mask as a tensor')
    expect(() => layer(x, { attnMask: zeros([5, 5]) } as never)).toThrow('did you mean mask?')
  })

  it('moves with the places of its sequence', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { layer, x, rng } = drawn(seed)
        const order = tensor(Int32Array.from(rng.permutation(x.shape[1])), { backend: x.backend })
        const [moved, z] = [layer(x.take(order, { axis: 1 })), layer(x).take(order, { axis: 1 })]
        moved.dataSync().forEach((v, i) => {
          expect(v).toBeCloseTo(z.dataSync()[i], 11)
        })
      }),
      { numRuns: 20 },
    )
  })

  it('starts as in PyTorch: Glorot and He, biases at 0', () => {
    const dim = 32
    const { parameters } = layers.multiHeadAttention({ dim, heads: 4, seed: 1, ...f64 })
    const most = (name: string) => Math.max(...parameters[name].dataSync().map(Math.abs))
    const bounds = { 'in.weight': Math.sqrt(6 / (4 * dim)), 'out.weight': 1 / Math.sqrt(dim) }
    for (const [name, bound] of Object.entries(bounds)) {
      expect(most(name)).toBeLessThanOrEqual(bound)
      // Of 1024 uniform draws and more the largest.
      expect(most(name)).toBeGreaterThan(0.98 * bound)
    }
    expect([most('in.bias'), most('out.bias')]).toEqual([0, 0])
  })

  it('refuses heads that do not divide dim, and what is no sequence', () => {
    const make = (options: object) => () => layers.multiHeadAttention({ seed: 0, ...options } as never)
    expect(make({ dim: 6, heads: 4 })).toThrow(
      'layers.multiHeadAttention: dim as a multiple of heads expected, got 6 and 4',
    )
    expect(make({ dim: 6, numHeads: 2 })).toThrow('there is no option numHeads, did you mean heads?')
    expect(make({ dim: 0, heads: 1 })).toThrow('layers.multiHeadAttention: dim as an integer >= 1')
    const layer = layers.multiHeadAttention({ dim: 4, heads: 2, seed: 0 })
    for (const shape of [
      [3, 4],
      [2, 3, 5],
      [2, 2, 3, 4],
    ]) {
      expect(() => layer(randn(shape, generator(0)))).toThrow(
        `layers.multiHeadAttention: x[N,L,4] expected, got shape [${shape}]`,
      )
    }
  })
})
