import { describe, expect, test } from 'vitest'
import { generator, grad, randn, type Tensor } from '../../engine/index.ts'
import {
  irNet,
  type Layer,
  layers,
  lightCnn9,
  mobileFaceNet,
  resNet50,
  sphereFaceNet,
  summaryRows,
} from '../../models/index.ts'

/** Parameters as papers count them: gamma and beta that are fixed too, and no running statistics. */
const count = (net: Layer): number =>
  Object.entries(net.state().tensors)
    .filter(([name]) => !/\.running(Mean|Variance)$/.test(name))
    .reduce((n, [, t]) => n + t.size, 0)

const seed = 0
const input = [128, 128, 3] as const

/**
 * The count at `width`, from three others: each tensor is a product of at most two sizes that grow with the width, so that
 * the count is a polynomial of degree 2. To draw tens of millions of weights takes long.
 */
function countAt(width: number, make: (width: number) => Layer, step = 1): number {
  const [a, b, c] = [1, 2, 3].map(n => count(make(n * step)))
  const n = width / step - 1
  return a + n * (b - a) + ((n * (n - 1)) / 2) * (c - 2 * b + a)
}

describe('parameters, as published', () => {
  // What PyTorch counts in the modules of InsightFace (arcface_torch/backbones, iresnet18, iresnet50, get_mbf with scale 1
  // and 2), of torchvision (its table says 25557032 for ResNet-50), and of Light CNN's authors without their classifier.
  test.each<[string, () => number, number]>([
    ['IR-18', () => countAt(64, width => irNet({ width, seed })), 24_025_600],
    ['IR-50', () => countAt(64, width => irNet({ depth: 50, width, seed })), 43_590_848],
    ['MobileFaceNet', () => count(mobileFaceNet({ seed })), 1_003_136],
    ['mbf of InsightFace', () => count(mobileFaceNet({ scale: 2, dim: 512, seed })), 2_059_520],
    ['Light CNN-9', () => countAt(48, width => lightCnn9({ width, seed }), 3), 5_480_864],
    ['ResNet-50 with 1000 classes', () => countAt(64, resNet50To1000), 25_557_032],
    ['ResNet-50 with the neck', () => countAt(64, width => resNet50({ width, seed })), 23_508_032 + 2 * 2048],
    ['SphereFace-20', () => countAt(64, width => sphereFaceNet({ width, seed })), sphereFace20(7 * 6)],
    [
      'SphereFace-20 of 128 x 128',
      () => countAt(64, width => sphereFaceNet({ width, input, seed })),
      sphereFace20(8 * 8),
    ],
  ])('%s', (_, counted, expected) => {
    expect(counted()).toBe(expected)
  })

  // Chen 2018: "less than 1 million parameters", 0.99 million in table 3; slopes are not among them.
  test('MobileFaceNet without its slopes', () => {
    const net = mobileFaceNet({ seed })
    const slopes = Object.entries(net.parameters).filter(([name]) => name.endsWith('slope'))
    expect(count(net) - slopes.reduce((n, [, t]) => n + t.size, 0)).toBe(995_584)
  })
})

function resNet50To1000(width: number): Layer {
  const net = resNet50({ width, neck: false, lastStride: 2, seed })
  return layers.sequential({ net, fc: layers.linear({ in: 32 * width, out: 1000, seed }) })
}

/** By table 2 of Liu 2017: in each stage a convolution with a bias and blocks of two without, slopes after each; and fc. */
function sphereFace20(places: number): number {
  let [from, total] = [3, 0]
  ;[1, 2, 4, 1].forEach((blocks, i) => {
    const to = 64 * 2 ** i
    total += 9 * from * to + to + to + blocks * 2 * (9 * to * to + to)
    from = to
  })
  return total + 512 * places * 512 + 512
}

describe('layers of published nets', () => {
  const values = (t: Tensor): number[] => Array.from(t.dataSync())

  test('IR-50 ends in a batch norm whose gamma is 1 and not trained, and the neck in one whose beta is 0', () => {
    const ir = irNet({ width: 1, input: [16, 16, 3], seed })
    expect(values(ir.state().tensors['features.gamma'])).toEqual(Array(512).fill(1))
    expect(Object.keys(ir.parameters).filter(name => name.startsWith('features'))).toEqual(['features.beta'])
    const reid = resNet50({ width: 1, input: [32, 16, 3], seed })
    expect(values(reid.state().tensors['bottleneck.beta'])).toEqual(Array(32).fill(0))
    expect(Object.keys(reid.parameters).filter(name => name.startsWith('bottleneck'))).toEqual([
      'bottleneck.gamma',
    ])
  })

  test('ResNet-50 keeps the size of the map in its last stage', () => {
    const last = (lastStride: 1 | 2) => {
      const net = resNet50({ width: 1, lastStride, seed })
      return summaryRows(net, [256, 128, 3]).find(row => row.name === 'base.layer4.block3.act')?.shape
    }
    expect([last(1), last(2)]).toEqual([
      [16, 8, 32],
      [8, 4, 32],
    ])
  })

  test('maxFeatureMap takes the larger half, and gives the gradient to where it came from', () => {
    const rng = generator(1)
    const x = randn([2, 3, 8], rng, { requiresGrad: true })
    const z = layers.maxFeatureMap({ channels: 4 })(x)
    const [a, b] = [values(x), values(z)]
    const dz = randn(z.shape, rng)
    const dx = values(grad(z, x, dz))
    values(dz).forEach((d, i) => {
      const [first, second] = [Math.floor(i / 4) * 8 + (i % 4), Math.floor(i / 4) * 8 + (i % 4) + 4]
      const larger = a[first] > a[second]
      expect(b[i]).toBe(larger ? a[first] : a[second])
      expect(dx[larger ? first : second]).toBe(d)
      expect(Math.abs(dx[larger ? second : first])).toBe(0)
    })
    expect(() => layers.maxFeatureMap({ channels: 3 })(z)).toThrow(
      'layers.maxFeatureMap: x of 6 channels expected, got 4',
    )
  })
})
