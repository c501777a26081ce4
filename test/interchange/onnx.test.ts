import { describe, expect, test } from 'vitest'
import { generator, tensor, zeros } from '../../engine/index.ts'
import { exportOnnx, layers, resNet, smallNet } from '../../models/index.ts'

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

  const swish = layers.layer('my.swish', x => x.mul(x.sigmoid()))
  test.each<[string, () => unknown, string]>([
    [
      'a layer of the user',
      () => exportOnnx(layers.sequential({ block: layers.sequential({ conv, act: swish }) }), [3, 3, 2]),
      'exportOnnx: block.act: a layer of ir-softmax expected, got my.swish',
    ],
    [
      'a net of float64',
      () => exportOnnx(smallNet({ dim: 2, rng, dtype: 'float64' }), [28, 28, 1]),
      'exportOnnx: a net of float32 expected, got conv1.weight of float64',
    ],
    [
      'an input of other channels',
      () => exportOnnx(layers.sequential({ conv }), [3, 3, 1]),
      'got C = 1, I = 2',
    ],
    [
      'an input of another size',
      () => exportOnnx(smallNet({ dim: 2, rng, input: [8, 8, 1] }), [28, 28, 1]),
      'matmul',
    ],
  ])('refuses %s, and says so', (_, f, message) => {
    expect(f).toThrow(message)
  })
})
