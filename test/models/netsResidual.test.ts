import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, generator, grad, randn, type Tensor } from '../../engine/index.ts'
import * as layers from '../../models/layers/index.ts'
import { convNet } from '../../models/nets/plain.ts'
import { resNet, sphereFaceNet } from '../../models/nets/residual.ts'
import { summary, summaryRows } from '../../models/summary.ts'
import { check } from '../support/property.ts'

const F64 = { dtype: 'float64' } as const
const values = (t: Tensor): number[] => Array.from(t.dataSync())
const count = (net: layers.Layer): number => Object.values(net.parameters).reduce((n, p) => n + p.size, 0)

type Make = (options: { dim: number; input: readonly [number, number, number]; seed: number }) => layers.Layer

const NETS: readonly [string, Make][] = [
  ['convNet', ({ seed, ...o }) => convNet({ ...o, rng: generator(seed) })],
  ['sphereFaceNet 4', ({ seed, ...o }) => sphereFaceNet({ ...o, depth: 4, width: 2, rng: generator(seed) })],
  ['sphereFaceNet 20', ({ seed, ...o }) => sphereFaceNet({ ...o, width: 2, rng: generator(seed) })],
  ['resNet', ({ seed, ...o }) => resNet({ ...o, width: 2, blocks: [1, 2, 1], rng: generator(seed) })],
]

describe.each(NETS)('%s', (_, make) => {
  it('embeds images of any size in any dimension, and its summary tells shapes and parameters', () => {
    const size = fc.integer({ min: 8, max: 33 })
    check(
      fc.property(
        ...([fc.tuple(size, size, fc.integer({ min: 1, max: 3 })), fc.integer({ min: 1, max: 9 })] as const),
        (input, dim) => {
          const net = make({ dim, input, seed: 1 })
          const z = net(randn([2, ...input], generator(2)))
          expect(z.shape).toEqual([2, dim])
          expect(values(z).every(Number.isFinite)).toBe(true)
          const rows = summaryRows(net, input)
          expect(rows.reduce((n, row) => n + row.parameters, 0)).toBe(count(net))
          expect(rows.at(-1)?.shape).toEqual([dim])
        },
      ),
      10,
    )
  })

  it('the gradient reaches every parameter, and a state brings the same net back', () => {
    const options = { dim: 3, input: [17, 12, 2] as const }
    const net = make({ ...options, seed: 3 })
    const rng = generator(4)
    const x = randn([4, 17, 12, 2], rng)
    const z = net(x, { training: true })
    for (const [name, g] of Object.entries(grad(z, net.parameters, randn([4, 3], rng)))) {
      expect(
        values(g).some(v => v !== 0),
        name,
      ).toBe(true)
    }
    const other = make({ ...options, seed: 5 })
    expect(values(other(x))).not.toEqual(values(net(x)))
    other.load(net.state())
    expect(values(other(x))).toEqual(values(net(x)))
  })
})

describe('layers.residual', () => {
  it('is x + f(x), and g(x) + f(x) with a shortcut', () => {
    const rng = generator(6)
    const branch = layers.linear({ in: 5, out: 5, rng, ...F64 })
    const shortcut = layers.linear({ in: 5, out: 5, rng, ...F64 })
    const x = randn([3, 5], rng, F64)
    expect(values(layers.residual({ branch })(x))).toEqual(values(add(x, branch(x))))
    const both = layers.residual({ branch, shortcut })
    expect(values(both(x))).toEqual(values(add(shortcut(x), branch(x))))
    expect(Object.keys(both.parameters)).toEqual([
      'branch.weight',
      'branch.bias',
      'shortcut.weight',
      'shortcut.bias',
    ])
  })
})

describe('the nets of the papers', () => {
  it('SphereFace: 20 convolutions of 3x3, and 7 x 6 places at the end of a 112 x 96 image', () => {
    const { parameters } = sphereFaceNet({ rng: generator(7), width: 4 })
    const convolutions = Object.values(parameters).filter(p => p.rank === 4)
    expect(convolutions.map(p => p.shape.slice(0, 2))).toEqual(Array.from({ length: 20 }, () => [3, 3]))
    expect(parameters['fc.weight'].shape).toEqual([8 * 4 * 7 * 6, 512])
    expect(parameters['block3_4.branch.conv2.weight'].shape).toEqual([3, 3, 16, 16])
    const four = sphereFaceNet({ rng: generator(7), depth: 4, width: 4 }).parameters
    expect(Object.values(four).filter(p => p.rank === 4)).toHaveLength(4)
  })

  it('many identities: 576 features of a 28 x 28 image', () => {
    expect(convNet({ dim: 64, rng: generator(8) }).parameters['fc.weight'].shape).toEqual([576, 64])
  })

  it('re-identification: the last stage keeps the size of the one before', () => {
    const rows = summaryRows(resNet({ dim: 4, rng: generator(9) }), [28, 28, 1])
    const sizes = ['block1_1.sum', 'block2_1.sum', 'block3_1.sum'].map(
      name => rows.find(row => row.name === name)?.shape,
    )
    expect(sizes).toEqual([
      [28, 28, 16],
      [14, 14, 32],
      [14, 14, 64],
    ])
    expect(() => resNet({ dim: 4, rng: generator(9), blocks: [1, 0] })).toThrow('at least one block')
  })
})

it('a summary is a table', () => {
  const net = layers.sequential({
    fc1: layers.linear({ in: 2, out: 600, rng: generator(1) }),
    act: layers.relu(),
  })
  expect(summary(net, [2])).toBe(
    [
      'layer  output  parameters',
      'fc1    [600]        1,800',
      'act    [600]            0',
      '                    1,800',
    ].join('\n'),
  )
})
