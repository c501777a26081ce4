import { describe, expect, it } from 'vitest'
import { conv2d, generator, grad, leakyRelu, randn, reshape, type Tensor } from '../../engine/index.ts'
import { lenetPlusPlus, smallNet } from '../../models/nets/plain.ts'

const values = (t: Tensor): number[] => Array.from(t.dataSync())
const shapes = (net: { parameters: Readonly<Record<string, Tensor>> }) =>
  Object.fromEntries(Object.entries(net.parameters).map(([name, t]) => [name, t.shape]))

describe('smallNet', () => {
  it('is three convolutions of stride 2, leaky ReLUs and a linear layer', () => {
    const rng = generator(1)
    const net = smallNet({ dim: 4, rng, dtype: 'float64' })
    expect(shapes(net)).toEqual({
      'conv1.weight': [3, 3, 1, 16],
      'conv1.bias': [16],
      'conv2.weight': [3, 3, 16, 32],
      'conv2.bias': [32],
      'conv3.weight': [3, 3, 32, 64],
      'conv3.bias': [64],
      'fc.weight': [1024, 4],
      'fc.bias': [4],
    })
    const x = randn([2, 28, 28, 1], rng, { dtype: 'float64' })
    const p = net.parameters
    let z = x
    for (const name of ['conv1', 'conv2', 'conv3']) {
      z = conv2d(z, p[`${name}.weight`], { stride: 2, padding: 1 }).add(p[`${name}.bias`])
      z = leakyRelu(z, 0.25)
    }
    const features = reshape(z, [2, 1024]).matmul(p['fc.weight']).add(p['fc.bias'])
    expect(values(net(x))).toEqual(values(features))
  })

  it('takes images of other sizes', () => {
    const rng = generator(2)
    for (const [height, width, channels] of [
      [9, 16, 3],
      [1, 1, 1],
      [8, 7, 2],
    ] as const) {
      const net = smallNet({ dim: 3, rng, input: [height, width, channels] })
      expect(net(randn([2, height, width, channels], rng)).shape).toEqual([2, 3])
    }
  })
})

describe('lenetPlusPlus', () => {
  it('has the stages of the paper, and every parameter is reached by the gradient', () => {
    const rng = generator(3)
    const net = lenetPlusPlus({ rng, input: [8, 8, 1] })
    const sizes = shapes(net)
    expect(Object.keys(net.parameters)).toHaveLength(6 * 3 + 2)
    expect(sizes['conv1a.weight']).toEqual([5, 5, 1, 32])
    expect(sizes['conv2a.weight']).toEqual([5, 5, 32, 64])
    expect(sizes['conv3b.weight']).toEqual([5, 5, 128, 128])
    expect(sizes['act3b.slope']).toEqual([128])
    expect(sizes['fc.weight']).toEqual([128, 2])
    expect(shapes(lenetPlusPlus({ rng }))['fc.weight']).toEqual([3 * 3 * 128, 2])
    const z = net(randn([2, 8, 8, 1], rng), { training: true })
    expect(z.shape).toEqual([2, 2])
    const grads = grad(z, net.parameters, randn([2, 2], rng))
    for (const [name, g] of Object.entries(grads)) {
      expect(
        values(g).some(v => v !== 0),
        name,
      ).toBe(true)
    }
  })
})
