import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as e from '../../engine/index.ts'
import { expectSame } from '../support/close.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

/** What plain JavaScript lets through. */
type Loose = Readonly<Record<string, (...args: unknown[]) => e.Tensor>>
const ops = e as unknown as Loose
const x = e.tensor([
  [1, 5, 3],
  [4, 2, 6],
])
const loose = x as unknown as Loose
const image = e.ones([1, 4, 4, 2])
const kernel = e.ones([2, 2, 2, 3])
const index = e.tensor([[0], [1]], { dtype: 'int32' })
const rng = e.generator(0)

const reductions = ['sum', 'mean', 'variance', 'max', 'min', 'logSumExp', 'norm'] as const
const lines = ['softmax', 'logSoftmax', 'normalize', 'argmax'] as const

describe('an axis is a number, a list or an option, in the same place', () => {
  test.each([...reductions, ...lines])('%s', name => {
    const wanted = ops[name](x, { axis: 0 })
    for (const same of [
      ops[name](x, 0),
      ops[name](x, [0]),
      ops[name](x, -2),
      loose[name](0),
      loose[name]([-2]),
    ]) {
      expectSame(same, wanted)
    }
    expect(ops[name](x, 1).toArray()).not.toEqual(wanted.toArray())
  })

  test.each(['concat', 'stack'])('%s', name => {
    const wanted = ops[name]([x, x], 1)
    expectSame(ops[name]([x, x], [1]), wanted)
    expectSame(ops[name]([x, x], { axis: 1 }), wanted)
  })

  test('gather and scatterAdd', () => {
    expectSame(ops.gather(x, index, { axis: 1 }), e.gather(x, index, 1))
    expectSame(ops.gather(x, index, [1]), e.gather(x, index, 1))
    expectSame(
      ops.scatterAdd(x, index, e.ones([2, 1]), { axis: 1 }),
      e.scatterAdd(x, index, e.ones([2, 1]), 1),
    )
  })

  test('several axes at once are their elements in one line', () => {
    const cube = e.randn([2, 3, 4], rng)
    for (const name of [...reductions, 'softmax', 'logSoftmax', 'normalize']) {
      const flat = ops[name](cube.permute([1, 0, 2]).reshape([3, 8]), 1)
      const whole = ops[name](cube, [0, -1])
      const back = flat.size === 24 ? flat.reshape([3, 2, 4]).permute([1, 0, 2]) : flat
      const [a, b] = [whole.dataSync(), back.dataSync()]
      for (let i = 0; i < a.length; i++) expect(a[i], name).toBeCloseTo(b[i], 5)
    }
  })

  test('without one: all of them for a reduction, else the last', () => {
    expect(e.sum(x).shape).toEqual([])
    expect(e.sum(x, { keepDims: true }).shape).toEqual([1, 1])
    expect(e.argmax(x).toArray()).toEqual([1, 2])
    expect(e.argmax(x, { axis: 0, keepDims: true }).toArray()).toEqual([[1, 0, 1]])
  })

  test.each([...reductions, ...lines])('%s refuses what is no axis, by name', name => {
    for (const wrong of [
      2,
      -3,
      0.5,
      Number.NaN,
      [0, 0],
      [0, 2],
      ['0'],
      '0',
      true,
      { axes: 0 },
      { dim: 0 },
      null,
    ]) {
      expect(() => ops[name](x, wrong), String(wrong)).toThrow(new RegExp(`^${name}: `))
    }
    expect(() => ops[name]([1, 2], 0)).toThrow(new RegExp(`^${name}: x as a tensor, as tensor`))
    expect(() => loose[name](0, true)).toThrow(`${name}: at most 1 arguments expected, got 0, true`)
    expect(() => ops[name](x, 0, true)).toThrow(
      new RegExp(`^${name}: nothing after the axis but options in its place, .*got true`),
    )
  })

  test('several axes where one is meant', () => {
    expect(() => ops.argmax(x, [0, 1])).toThrow(/^argmax: one axis expected, got \[0, 1\]/)
    expect(() => ops.concat([x, x], [0, 1])).toThrow(/^concat: one axis expected/)
    expect(() => e.tensor(1).sum(0)).toThrow('sum: a tensor with axes expected, got a scalar')
  })
})

describe('slice', () => {
  test('reads whole elements only', () => {
    const line = e.tensor([0, 1, 2, 3, 4, 5])
    expect(() => e.slice(line, [0.5], [3])).toThrow(/^slice: start as an integer expected, got 0.5/)
    expect(() => e.slice(e.ones([13, 2]), [0.8 * 13])).toThrow(
      /^slice: start as an integer expected, got 10.4/,
    )
    check(
      fc.property(
        fc.array(fc.double({ noInteger: true }), { minLength: 1, maxLength: 1 }),
        fc.nat(2),
        (wrong, place) => {
          const args: number[][] = [[0], [6], [1]]
          args[place] = wrong
          expect(() => e.slice(line, args[0], args[1], args[2])).toThrow(
            /^slice: (start|stop|step) as an integer/,
          )
        },
      ),
    )
  })

  test('x.slice(0, 1) is told the right form', () => {
    expect(() => loose.slice(0, 1)).toThrow(
      /^slice: start as a list, as in slice\(x, \[0\], \[1\]\), expected, got 0/,
    )
    expect(() => loose.slice([0], 1)).toThrow(/^slice: stop as a list/)
    expect(() => loose.slice([0], [1], [1, 1, 1])).toThrow(/^slice: step of at most 2 integers/)
  })
})

describe('options and lists that an op does not know', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'conv2d pad',
      () => ops.conv2d(image, kernel, { pad: 1 }),
      /^conv2d: there is no option pad, did you mean padding\?/,
    ],
    ['conv2d strides', () => ops.conv2d(image, kernel, { strides: 2 }), /^conv2d: .* did you mean stride\?/],
    [
      'conv2d padding of four',
      () => ops.conv2d(image, kernel, { padding: [0, 0, 1, 1] }),
      /^conv2d: padding as an integer or \[height, width\] expected, got \[0, 0, 1, 1\]/,
    ],
    [
      'conv2d padding of one',
      () => ops.conv2d(image, kernel, { padding: [1] }),
      /^conv2d: padding as an integer or/,
    ],
    [
      'conv2d padding by another name',
      () => ops.conv2d(image, kernel, { padding: 'valid' }),
      /^conv2d: padding as an integer, .* 'same' or 'sameLower' expected, got "valid"/,
    ],
    ['conv2d with a number', () => ops.conv2d(image, kernel, 1), /^conv2d: options as an object/],
    [
      'conv2d half a stride',
      () => ops.conv2d(image, kernel, { stride: [1, 0.5] }),
      /^conv2d: stride as an integer >= 1 expected, got 0.5/,
    ],
    [
      'conv2d half a group',
      () => ops.conv2d(image, kernel, { groups: 0.5 }),
      /^conv2d: groups as an integer >= 1/,
    ],
    ['conv2d of numbers', () => ops.conv2d([1], kernel), /^conv2d: x as a tensor/],
    [
      'conv2d with a number for its bias',
      () => ops.conv2d(image, kernel, { bias: 1 }),
      /^conv2dBias: bias as a tensor/,
    ],
    [
      'convTranspose2d bias',
      () => ops.convTranspose2d(image, e.ones([2, 2, 3, 2]), { bias: e.ones([3]) }),
      /^convTranspose2d: there is no option bias/,
    ],
    [
      'convTranspose2d same and more',
      () =>
        ops.convTranspose2d(image, e.ones([2, 2, 3, 2]), { padding: 'same', outputPadding: 1, stride: 2 }),
      /^convTranspose2d: no outputPadding beside/,
    ],
    [
      'avgPool2d ceilMode',
      () => ops.avgPool2d(image, 2, { ceilMode: 1 }),
      /^avgPool2d: ceilMode as true or false expected, got 1/,
    ],
    [
      'avgPool2d countIncludePad',
      () => ops.avgPool2d(image, 2, { countIncludePad: 1 }),
      /^avgPool2d: countIncludePad as true or false expected, got 1/,
    ],
    [
      'maxPool2d without a kernel',
      () => ops.maxPool2d(image),
      /^maxPool2d: kernel as an integer >= 1 expected, got undefined/,
    ],
    [
      'maxPool2d with three kernels',
      () => ops.maxPool2d(image, [2, 2, 2]),
      /^maxPool2d: kernel as an integer or/,
    ],
    [
      'a window that reaches nothing',
      () => ops.maxPool2d(e.ones([1, 3, 3, 1]), 2, { padding: 1, dilation: 4, stride: 1 }),
      /^maxPool2d: windows that reach the image expected/,
    ],
    [
      'conv2dInputGrad groups',
      () => ops.conv2dInputGrad(image, kernel, [1, 5, 5, 2], { group: 1 }),
      /^conv2dInputGrad: .* did you mean groups\?/,
    ],
    [
      'conv2dWeightGrad shape',
      () => ops.conv2dWeightGrad(image, image, 3),
      /^conv2dWeightGrad: the shape as a list/,
    ],
    ['matmul transB', () => ops.matmul(x, x, { transB: true }), /^matmul: there is no option transB/],
    [
      'matmul transposeB of a wrong kind',
      () => ops.matmul(x, x, { transposeB: 1 }),
      /^matmul: transposeB as true or false expected, got 1/,
    ],
    [
      'variance unbiased',
      () => ops.variance(x, { unbiased: true }),
      /^variance: there is no option unbiased/,
    ],
    [
      'variance half a correction',
      () => ops.variance(x, { correction: 0.5 }),
      /^variance: correction as an integer/,
    ],
    [
      'sum keepdims',
      () => ops.sum(x, { axis: 0, keepdims: true }),
      /^sum: there is no option keepdims, did you mean keepDims\?/,
    ],
    ['sum keepDims of a wrong kind', () => ops.sum(x, { keepDims: 1 }), /^sum: keepDims as true or false/],
    [
      'batchNorm epsilon',
      () => ops.batchNorm(x, e.ones([3]), e.ones([3]), { epsilon: 1 }),
      /^batchNorm: there is no option epsilon, did you mean eps\?/,
    ],
    [
      'batchNorm eps NaN',
      () => ops.batchNorm(x, e.ones([3]), e.ones([3]), { eps: Number.NaN }),
      /^batchNorm: eps as a number/,
    ],
    [
      'layerNorm eps below 0',
      () => ops.layerNorm(x, e.ones([3]), e.ones([3]), -1),
      /^layerNorm: eps as a number/,
    ],
    ['normalize eps', () => ops.normalize(x, { epsilon: 1 }), /^normalize: .* did you mean eps\?/],
    ['gelu approximate', () => ops.gelu(x, { approximate: true }), /^gelu: there is no option approximate/],
    ['gelu true', () => ops.gelu(x, true), /^gelu: options as an object/],
    ['leakyRelu NaN', () => ops.leakyRelu(x, Number.NaN), /^leakyRelu: slope as a number/],
    ['leakyRelu text', () => ops.leakyRelu(x, '0.1'), /^leakyRelu: slope as a number/],
    ['clamp without high', () => ops.clamp(x, 0), /^clamp: high as a number expected, got undefined/],
    ['clamp NaN', () => ops.clamp(x, Number.NaN, 1), /^clamp: low as a number expected, got NaN/],
    [
      'dropout without a generator',
      () => ops.dropout(x, 0.5),
      /^dropout: a generator, as generator\(seed\) makes one, expected, got undefined/,
    ],
    ['dropout text', () => ops.dropout(x, '0.5', rng), /^dropout: p as a number/],
    [
      'reshape(2, 13)',
      () => ops.reshape(x, 2, 13),
      /^reshape: the shape as a list, such as \[2, -1\], expected, got 2/,
    ],
    ['x.reshape(2, 13)', () => loose.reshape(2, 13), /^reshape: at most 1 arguments expected, got 2, 13/],
    ['x.reshape(6)', () => loose.reshape(6), /^reshape: the shape as a list/],
    ['reshape with two unknowns', () => ops.reshape(x, [-1, -1]), /^reshape: /],
    ['reshape by halves', () => ops.reshape(x, [0.5, 12]), /^reshape: sizes are integers/],
    ['x.permute(1, 0)', () => loose.permute(1, 0), /^permute: at most 1 arguments expected/],
    ['permute(x, 1)', () => ops.permute(x, 1), /^permute: axes as a list/],
    [
      'x.transpose([1, 0])',
      () => loose.transpose([1, 0]),
      /^transpose: axis is an integer from -2 to 1 for rank 2, got \[1, 0\]/,
    ],
    ['broadcastTo(x, 3)', () => ops.broadcastTo(x, 3), /^broadcastTo: the shape as a list/],
    [
      'broadcastTo too much',
      () => ops.broadcastTo(e.ones([1]), [2 ** 52]),
      /^broadcastTo: at most 2\^32 elements/,
    ],
    ['unbroadcast', () => ops.unbroadcast(x, [7]), /^unbroadcast: /],
    ['pad(x, 1)', () => ops.pad(x, 1), /^pad: before as a list/],
    ['pad of one axis', () => ops.pad(x, [1]), /^pad: before as a list/],
    [
      'pad with text',
      () => ops.pad(x, [1, 1], [1, 1], 'a'),
      /^pad: mode as one of constant, edge, .* expected, got "a"/,
    ],
    ['pad an int32 by halves', () => e.pad(index, [0, 0], [1, 1], 0.5), /^pad: int32 holds integers/],
    [
      'concat(x, x)',
      () => ops.concat(x, x),
      /^concat: tensors as a list, as in concat\(\[x, y\]\), expected, got a Tensor/,
    ],
    ['concat of numbers', () => ops.concat([1, 2]), /^concat: x0 as a tensor/],
    ['stack of one number', () => ops.stack([x, 2]), /^stack: x1 as a tensor/],
    ['gather by numbers', () => ops.gather(x, [0]), /^gather: index as a tensor/],
    [
      'oneHot half a depth',
      () => ops.oneHot([0], 2.5),
      /^oneHot: depth as an integer >= 1 expected, got 2.5/,
    ],
    ['oneHot too deep', () => ops.oneHot([0], 2 ** 52), /^oneHot: at most 2\^32 elements/],
    ['oneHot of halves', () => ops.oneHot([0.5], 2), /^oneHot: int32 holds integers/],
    ['oneHot into what is no dtype', () => ops.oneHot([0], 2, 'int'), /^oneHot: dtype as one of/],
    ['x.relu(1)', () => loose.relu(1), /^relu: at most 0 arguments/],
    [
      'relu of numbers',
      () => ops.relu([1, -1]),
      /^relu: x as a tensor, as tensor\(..\) makes one, expected, got \[1, -1\]/,
    ],
    ['matmul of numbers', () => ops.matmul(x, [[1], [2], [3]]), /^matmul: b as a tensor/],
    ['moments of numbers', () => ops.moments([1]), /^moments: x as a tensor/],
  ])('%s', (_, run, message) => expect(run).toThrow(message))
})

describe("padding 'same'", () => {
  test('of a strided even kernel: the odd row is below, as TensorFlow has it', () => {
    // tf.nn.conv2d(tf.reshape(tf.range(1., 6.), [1, 1, 5, 1]), tf.ones([1, 2, 1, 1]), [1, 2], 'SAME'): by hand, 6 = 5 + 1 places.
    const row = e.tensor([1, 2, 3, 4, 5], { shape: [1, 1, 5, 1] })
    const z = e.conv2d(row, e.ones([1, 2, 1, 1]), { stride: [1, 2], padding: 'same' })
    expect(z.reshape([-1]).toArray()).toEqual([3, 7, 5])
    const four = e.conv2d(row, e.ones([1, 4, 1, 1]), { padding: 'same' })
    expect(four.reshape([-1]).toArray()).toEqual([6, 10, 14, 12, 9])
  })

  test('gives ceil(n / stride) places, and what an explicit padding gives', () => {
    const size = fc.integer({ min: 1, max: 7 })
    const small = fc.integer({ min: 1, max: 3 })
    check(
      fc.property(size, size, fc.tuple(small, small), fc.tuple(small, small), small, (h, w, k, s, d) => {
        const input = e.randn([1, h, w, 1], e.generator(h * 8 + w))
        const weight = e.randn([...k, 1, 2], e.generator(1))
        const z = e.conv2d(input, weight, { stride: s, dilation: d, padding: 'same' })
        expect(z.shape).toEqual([1, Math.ceil(h / s[0]), Math.ceil(w / s[1]), 2])
        const total = [h, w].map((n, i) =>
          Math.max((Math.ceil(n / s[i]) - 1) * s[i] + d * (k[i] - 1) + 1 - n, 0),
        )
        const before = total.map(n => Math.floor(n / 2))
        const after = total.map((n, i) => n - before[i])
        const padded = e.pad(input, [0, ...before, 0], [0, ...after, 0])
        expectSame(z, e.conv2d(padded, weight, { stride: s, dilation: d }))
      }),
    )
  })

  test('of a transposed convolution gives n stride places, the adjoint of the convolution', () => {
    const input = e.randn([1, 3, 2, 2], rng)
    const weight = e.randn([4, 3, 5, 2], rng)
    const z = e.convTranspose2d(input, weight, { stride: 2, padding: 'same' })
    expect(z.shape).toEqual([1, 6, 4, 5])
    const y = e.randn([1, 6, 4, 5], rng)
    const forward = e.conv2d(y, weight, { stride: 2, padding: 'same' })
    // <conv y, x> = <y, conv^T x>, in float32 over 120 products: 1e-4 is ample.
    expect(forward.mul(input).sum().item()).toBeCloseTo(z.mul(y).sum().item(), 4)
  })

  test('of pools: padding never wins, and counts as zeros in a mean', () => {
    const row = e.tensor([-1, -2, -3], { shape: [1, 1, 3, 1] })
    expect(e.maxPool2d(row, [1, 2], { padding: 'same' }).reshape([-1]).toArray()).toEqual([-1, -3])
    expect(e.avgPool2d(row, [1, 2], { padding: 'same' }).reshape([-1]).toArray()).toEqual([-1.5, -1.5])
  })
})

test('numbers in place of an index go where the result goes', () => {
  e.setBackend('auto')
  const z = e.oneHot([0, 1], 2, 'float64')
  expect([z.dtype, z.backend.name, z.toArray()]).toEqual([
    'float64',
    'reference',
    [
      [1, 0],
      [0, 1],
    ],
  ])
  expect(e.oneHot([[1]], 2).backend.name).toBe('wasm')
  e.setBackend('reference')
})
