import { describe, expect, test } from 'vitest'
import { generator, tensor, zeros } from '../../engine/index.ts'
import { exportOnnx, fold, layers, resNet, smallNet } from '../../models/index.ts'
import { asIfTrained } from '../support/trained.ts'

// What onnxruntime computes from such files, npm run test:onnx tells.

const rng = generator(1)
const conv = layers.conv2d({ in: 2, out: 2, kernel: 1, rng })

describe('exportOnnx', () => {
  test('gives the same bytes for the same net', () => {
    const [a, b] = [1, 1].map(seed => resNet({ dim: 2, input: [8, 8, 1], rng: generator(seed) }))
    expect(Buffer.from(exportOnnx(a, [8, 8, 1])).equals(exportOnnx(b, [8, 8, 1]))).toBe(true)
  })

  test('names input, output, the batch, and each layer by its place in the net', () => {
    const block = layers.residual({ branch: layers.sequential({ conv }) })
    const text = Buffer.from(exportOnnx(layers.sequential({ block }), [3, 3, 2])).toString('latin1')
    for (const name of ['input', 'output', 'batch', 'block.branch.conv/Conv', 'block.branch.conv.weight']) {
      expect(text).toContain(name)
    }
  })

  test('takes values that are elsewhere from state', () => {
    const fc = layers.linear({ in: 2, out: 1, rng })
    const state = { tensors: { weight: tensor([[7.25], [8.5]]), bias: zeros([1]) }, values: {} }
    const values = Buffer.from(Float32Array.of(7.25, 8.5).buffer)
    expect(Buffer.from(exportOnnx(fc, [2], { state })).includes(values)).toBe(true)
    expect(Buffer.from(exportOnnx(fc, [2])).includes(values)).toBe(false)
  })

  /** Of a file: its format's version stands first, and the opset last. */
  const versions = (net: layers.Layer, input: readonly number[]): number[] => {
    const bytes = exportOnnx(net, input)
    expect([bytes[0], ...bytes.slice(-6, -1)]).toEqual([0x08, 0x42, 4, 0x0a, 0, 0x10])
    return [bytes[1], bytes[bytes.length - 1]]
  }
  const pool = (dilation: number) => layers.avgPool2d({ kernel: 2, stride: 1, padding: 1, dilation })
  test.each<[string, layers.Layer, readonly number[], number[]]>([
    ['a residual net', resNet({ dim: 2, input: [8, 8, 1], rng }), [8, 8, 1], [7, 13]],
    ['a padded average', pool(1), [4, 4, 1], [7, 13]],
    ['a dilated average', pool(2), [4, 4, 1], [9, 19]],
    ['gelu', layers.sequential({ pool: pool(2), gelu: layers.gelu() }), [4, 4, 1], [9, 20]],
    ['no layer', layers.sequential({}), [2], [7, 13]],
  ])('declares the lowest versions that hold it: %s', (_, net, input, expected) => {
    expect(versions(net, input)).toEqual(expected)
  })

  test('writes a last layer as [out,in], transposed by the node', () => {
    const net = layers.linear({ in: 2, out: 2, bias: false, rng })
    net.parameters.weight.assign(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    )
    const file = Buffer.from(exportOnnx(net, [2]))
    expect(file.includes(Buffer.from(Float32Array.of(1, 3, 2, 4).buffer))).toBe(true)
    expect(file.toString('latin1')).toContain('transB')
  })

  test('folded, it is the file of the folded net, and leaves that net as it was', () => {
    const input = [8, 8, 1] as const
    const net = resNet({ dim: 2, input, rng: generator(1) })
    const state = asIfTrained(resNet({ dim: 2, input, rng: generator(2) }), rng).state()
    for (const given of [{}, { state }]) {
      const file = Buffer.from(exportOnnx(net, input, { ...given, fold: true }))
      expect(file.equals(exportOnnx(fold(net, given), input))).toBe(true)
      expect(file.toString('latin1')).not.toContain('BatchNormalization')
      expect(Buffer.from(exportOnnx(net, input, given)).toString('latin1')).toContain('BatchNormalization')
    }
    expect(() => exportOnnx(net, input, { fold: 1 } as object)).toThrow('exportOnnx: fold')
  })

  test('refuses an option that it does not know', () => {
    expect(() => exportOnnx(conv, [3, 3, 2], { opset: 11 } as object)).toThrow(
      'exportOnnx: there is no option opset, known: state, fold',
    )
  })

  const swish = layers.layer('my.swish', x => x.mul(x.sigmoid()))
  test.each<[string, () => unknown, string]>([
    [
      'a layer of the user',
      () => exportOnnx(layers.sequential({ block: layers.sequential({ conv, act: swish }) }), [3, 3, 2]),
      'exportOnnx: block.act: a layer of ir-softmax expected, got my.swish',
    ],
    ['what is no net', () => exportOnnx({} as layers.Layer, [2]), 'exportOnnx: a net, such as layers.seq'],
    [
      'an input that is no shape',
      () => exportOnnx(conv, 28 as unknown as number[]),
      'exportOnnx: input: the shape as a list, such as [2, 3], expected, got 28',
    ],
    [
      'an input of another form',
      () => exportOnnx(conv, [2.5, 2, 2]),
      'exportOnnx: input: sizes are integers >= 0, got [2.5,2,2]',
    ],
    [
      'a net of float64',
      () => exportOnnx(smallNet({ dim: 2, rng, dtype: 'float64' }), [28, 28, 1]),
      'exportOnnx: a net of float32 expected, got conv1.weight of float64',
    ],
    [
      'an input of other channels',
      () => exportOnnx(layers.sequential({ conv }), [3, 3, 1]),
      'layers.conv2d: x[N,H,W,2] expected, got shape [1,3,3,1]',
    ],
    [
      'an input of another size',
      () => exportOnnx(smallNet({ dim: 2, rng, input: [8, 8, 1] }), [28, 28, 1]),
      'layers.linear: x[...,64] expected, got shape [1,1024]',
    ],
  ])('refuses %s, and says so', (_, f, message) => {
    expect(f).toThrow(message)
  })
})
