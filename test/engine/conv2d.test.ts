import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ConvOptions,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convTranspose2d,
  type Tensor,
} from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { f64, generate, indices, inner, random, reader } from '../support/numbers.ts'
import { check } from '../support/property.ts'

interface Setting {
  readonly x: readonly [number, number, number, number]
  readonly w: readonly [number, number, number, number]
  readonly options: Required<Omit<ConvOptions, 'stride' | 'padding' | 'dilation'>> & {
    stride: [number, number]
    padding: [number, number]
    dilation: [number, number]
  }
}

const size = (min: number, max: number) => fc.integer({ min, max })
const pairs = (min: number, max: number) => fc.tuple(size(min, max), size(min, max))

/** Geometries whose window fits at least once. */
const settings: fc.Arbitrary<Setting> = fc
  .record({
    batch: size(1, 2),
    image: pairs(1, 6),
    kernel: pairs(1, 3),
    stride: pairs(1, 3),
    padding: pairs(0, 2),
    dilation: pairs(1, 2),
    groups: size(1, 3),
    inPer: size(1, 5),
    outPer: size(1, 5),
  })
  .filter(g => [0, 1].every(i => g.image[i] + 2 * g.padding[i] >= g.dilation[i] * (g.kernel[i] - 1) + 1))
  .map(g => ({
    x: [g.batch, ...g.image, g.inPer * g.groups],
    w: [...g.kernel, g.inPer, g.outPer * g.groups],
    options: { stride: g.stride, padding: g.padding, dilation: g.dilation, groups: g.groups },
  }))

/** The definition, one loop a letter: z[n,p,q,o] = sum over i,j,c of x[n, p s + i d - pad, .., c] w[i,j,c,o]. */
function naive(x: Tensor, w: Tensor, { options: { stride, padding, dilation, groups } }: Setting): Tensor {
  const [batch, height, width] = x.shape
  const [kh, kw, inPer, out] = w.shape
  const outputs = [height, width].map((n, i) => {
    return Math.floor((n + 2 * padding[i] - dilation[i] * (w.shape[i] - 1) - 1) / stride[i]) + 1
  })
  const [xAt, wAt] = [reader(x), reader(w)]
  return generate([batch, outputs[0], outputs[1], out], ([n, p, q, o]) => {
    const group = Math.floor(o / (out / groups))
    let total = 0
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        for (let c = 0; c < inPer; c++) {
          const h = p * stride[0] + i * dilation[0] - padding[0]
          const v = q * stride[1] + j * dilation[1] - padding[1]
          if (h < 0 || h >= height || v < 0 || v >= width) continue
          total += xAt([n, h, v, group * inPer + c]) * wAt([i, j, c, o])
        }
      }
    }
    return total
  })
}

// Values are multiples of 2^-7 up to 2: sums of some hundred products are exact in float64, and comparisons too.
describe('conv2d', () => {
  test('is its definition: seven loops, with stride, padding, dilation and groups', () => {
    check(
      fc.property(settings, seeds(), (setting, seed) => {
        const [x, w] = [random(setting.x, seed), random(setting.w, seed + 1)]
        expectClose(conv2d(x, w, setting.options), naive(x, w, setting), 0)
      }),
      100,
    )
  })

  test('conv2dInputGrad and conv2dWeightGrad are its adjoints', () => {
    check(
      fc.property(settings, seeds(), ({ x: xShape, w: wShape, options }, seed) => {
        const [x, w] = [random(xShape, seed), random(wShape, seed + 1)]
        const z = conv2d(x, w, options)
        const dz = random(z.shape, seed + 2)
        const expected = inner(dz, z)
        expect(inner(conv2dInputGrad(dz, w, xShape, options), x)).toBe(expected)
        expect(inner(conv2dWeightGrad(x, dz, wShape, options), w)).toBe(expected)
      }),
      100,
    )
  })

  test('convTranspose2d is the adjoint, whatever the output padding', () => {
    check(
      fc.property(settings, fc.boolean(), seeds(), ({ x: image, w: wShape, options }, extra, seed) => {
        const outputPadding = extra && Math.min(...options.stride) > 1 ? 1 : 0
        const [n, h, v] = image
        const [w, x] = [random(wShape, seed), random([n, h, v, wShape[3]], seed + 1)]
        const sizes = [h, v].map((s, i) => {
          const span = options.dilation[i] * (wShape[i] - 1)
          return (s - 1) * options.stride[i] - 2 * options.padding[i] + span + outputPadding + 1
        })
        fc.pre(sizes.every(s => s >= 1))
        const z = convTranspose2d(x, w, { ...options, outputPadding })
        expect(z.shape).toEqual([n, ...sizes, wShape[2] * options.groups])
        const y = random(z.shape, seed + 2)
        expect(inner(z, y)).toBe(inner(x, conv2d(y, w, options)))
      }),
      100,
    )
  })

  test('a kernel of one tap is a matrix product over the channels', () => {
    const [x, w] = [random([2, 3, 2, 4], 0), random([1, 1, 4, 5], 1)]
    expectClose(conv2d(x, w), x.matmul(w.reshape([4, 5])), 0)
  })

  test('padding alone, beyond the image, gives zeros', () => {
    const z = conv2d(f64([[[[1]]]]), f64([[[[1]]]]), { padding: 1 })
    expect(indices(z.shape).length).toBe(9)
    expect(z.sum().item()).toBe(1)
    expect(z.toArray()).toEqual([
      [
        [[0], [0], [0]],
        [[0], [1], [0]],
        [[0], [0], [0]],
      ],
    ])
  })

  test.each<[string, () => unknown, RegExp]>([
    [
      'rank',
      () => conv2d(random([2, 2], 0), random([1, 1, 1, 1], 0)),
      /conv2d: .*x has rank 4, got shape \[2,2\]/,
    ],
    [
      'channels',
      () => conv2d(random([1, 2, 2, 3], 0), random([1, 1, 2, 4], 0)),
      /conv2d: C = I groups .* got C = 3, I = 2, O = 4, groups = 1/,
    ],
    [
      'channels first, as in PyTorch',
      () => conv2d(random([1, 3, 5, 5], 0), random([1, 1, 3, 4], 0)),
      /got C = 5, I = 3, .*; permute\(\[0, 2, 3, 1\]\) makes \[N,H,W,C\] of \[N,C,H,W\]/,
    ],
    [
      'groups',
      () => conv2d(random([1, 2, 2, 2], 0), random([1, 1, 1, 3], 0), { groups: 2 }),
      /O a multiple of groups expected/,
    ],
    [
      'stride',
      () => conv2d(random([1, 2, 2, 1], 0), random([1, 1, 1, 1], 0), { stride: 0 }),
      /conv2d: stride as an integer >= 1 expected, got 0/,
    ],
    [
      'padding',
      () => conv2d(random([1, 2, 2, 1], 0), random([1, 1, 1, 1], 0), { padding: -1 }),
      /padding as an integer >= 0 expected, got -1/,
    ],
    [
      'dilation',
      () => conv2d(random([1, 2, 2, 1], 0), random([1, 1, 1, 1], 0), { dilation: 0.5 }),
      /dilation as an integer >= 1 expected, got 0.5/,
    ],
    [
      'window',
      () => conv2d(random([1, 2, 2, 1], 0), random([3, 3, 1, 1], 0)),
      /a window of 3 does not fit into 2 with padding 0/,
    ],
    [
      'dz',
      () => conv2dInputGrad(random([1, 1, 1, 1], 0), random([1, 1, 1, 1], 0), [1, 2, 2, 1]),
      /conv2dInputGrad: dz of shape \[1,2,2,1\] expected, got \[1,1,1,1\]/,
    ],
    [
      'dz of the weight',
      () => conv2dWeightGrad(random([1, 2, 2, 1], 0), random([1, 1, 1, 1], 0), [1, 1, 1, 1]),
      /conv2dWeightGrad: dz of shape/,
    ],
    [
      'output padding',
      () => convTranspose2d(random([1, 2, 2, 1], 0), random([1, 1, 1, 1], 0), { outputPadding: 1 }),
      /convTranspose2d: outputPadding is an integer >= 0 below stride or dilation/,
    ],
  ])('a wrong %s is refused by name', (_, run, message) => {
    expect(run).toThrow(message)
  })
})
