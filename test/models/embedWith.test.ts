import fc from 'fast-check'
import { PbfReader } from 'pbf'
import { describe, expect, it } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import { irCosFace } from '../../losses/index.ts'
import { embedWith, onnxEmbedder, rowNumbers, type Vectors } from '../../models/data/embedWith.ts'
import { exportOnnx } from '../../models/interchange/index.ts'
import * as layers from '../../models/layers/index.ts'
import { folderCache } from '../../models/node/index.ts'
import { adam } from '../../models/optim/index.ts'
import { Trainer } from '../../models/train/trainer.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

/** The number and its square, of a list of numbers; counts its calls. */
function squares() {
  const calls: number[][] = []
  const model = async (batch: readonly number[]): Promise<Vectors> => {
    calls.push([...batch])
    return { data: batch.flatMap(x => [x, x * x]), dims: [batch.length, 2] }
  }
  return { calls, model }
}

describe('embedWith', () => {
  it('has the vectors of all samples, in their order, whatever the batch', async () => {
    const samples = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(samples, fc.integer({ min: 1, max: 8 }), async (xs, batch) => {
        const { calls, model } = squares()
        const source = await embedWith(model, xs, { batch })
        expect(source.shape).toEqual([xs.length, 2])
        expect(calls.flat()).toEqual(xs)
        const picks = xs.map((_, i) => xs.length - 1 - i)
        const expected = picks.flatMap(i => [xs[i], xs[i] ** 2])
        expect(Array.from(source.rows(picks).dataSync())).toEqual(expected.map(x => x + 0))
        expect(source.draw(picks)().toArray()).toEqual(source.rows(picks).toArray())
      }),
      { numRuns: 40 },
    )
  })

  it('asks the model for what the cache has not, also after a run that was stopped', async () => {
    const cache = folderCache(temporaryFolder())
    const xs = [5, 4, 3, 2, 1]
    const first = squares()
    const stopped = async (batch: readonly number[]) => {
      if (batch.includes(1)) throw new Error('stopped')
      return first.model(batch)
    }
    const options = { batch: 2, cache, key: 'a/b' }
    await expect(embedWith(stopped, xs, options)).rejects.toThrow('stopped')
    const second = squares()
    const source = await embedWith(second.model, xs, options)
    expect([first.calls, second.calls]).toEqual([
      [
        [5, 4],
        [3, 2],
      ],
      [[1]],
    ])
    expect(source.rows([0, 4]).toArray()).toEqual([
      [5, 25],
      [1, 1],
    ])
    const other = squares()
    await embedWith(other.model, xs, { ...options, key: 'c' })
    expect(other.calls.length).toBe(3)
  })

  it('trains a head, whose source needs no state', async () => {
    const { model } = squares()
    const x = await embedWith(
      model,
      Array.from({ length: 40 }, (_, i) => i / 10),
    )
    const net = layers.linear({ in: 2, out: 3, seed: 0 })
    const loss = irCosFace({ classes: 2, dim: 3 })
    const y = Int32Array.from({ length: 40 }, (_, i) => Number(i >= 20))
    const trainer = new Trainer({ net, loss, optimizer: adam(net.parameters, { lr: 0.05 }), x, y, batch: 20 })
    const losses = Array.from({ length: 60 }, () => trainer.step())
    expect(losses[59]).toBeLessThan(losses[0] / 2)
  })

  it('refuses vectors that do not fit, by sample', async () => {
    const ragged = async (batch: readonly number[]) => {
      const data = batch.includes(3) ? [1] : [1, 2]
      return { data, dims: [1, data.length] }
    }
    await expect(embedWith(ragged, [1, 2, 3], { batch: 1 })).rejects.toThrow(
      '1 vectors of 2 numbers expected of samples 2.., got 1 numbers',
    )
    await expect(embedWith(async () => ({ data: [1, 2, 3] }) as never, [1, 2])).rejects.toThrow(
      'embedWith: 2 vectors of one length expected of samples 0.., got 3 numbers',
    )
    for (const dims of [[1, 4], [2, 3], [4], [2, 1.5]])
      await expect(embedWith(async () => ({ data: [1, 2, 3, 4], dims }), [1, 2])).rejects.toThrow(
        `embedWith: dims [2, ..] of 4 numbers in all expected, got [${dims.join(', ')}]`,
      )
    await expect(embedWith(async () => ({ data: [1, 2], dims: 2 }) as never, [1, 2])).rejects.toThrow(
      'embedWith: dims in an array expected, got 2',
    )
    const odd = async () => ({ data: [1, Number.NaN], dims: [2, 1] })
    await expect(embedWith(odd, [1, 2])).rejects.toThrow(
      'finite vectors expected, got NaN in that of sample 1',
    )
    await expect(embedWith(odd, [])).rejects.toThrow('samples as a list of at least one expected')
    await expect(embedWith(odd, [1], { cache: folderCache('x') })).rejects.toThrow(
      'key as a text, as there is a cache, expected',
    )
    const source = await embedWith(squares().model, [1, 2])
    expect(() => source.rows([2])).toThrow('rows from 0 to 1 expected, got 2')
  })
})

describe('onnxEmbedder', () => {
  /** A session that gives the mean of each channel, of images with channels first. */
  class OrtTensor {
    constructor(
      readonly type: string,
      readonly data: Float32Array,
      readonly dims: readonly number[],
    ) {}
  }
  const session = {
    inputNames: ['input'],
    outputNames: ['output'],
    async run({ input }: { input: OrtTensor }) {
      const [n, c, h, w] = input.dims
      const data = Array.from(
        { length: n * c },
        (_, i) => input.data.subarray(i * h * w, (i + 1) * h * w).reduce((a, b) => a + b) / (h * w),
      )
      return { output: { data, dims: [n, c] } }
    },
  }

  it('hands images over with channels first', async () => {
    const x = randn([5, 2, 3, 4], generator(1))
    const source = await embedWith(onnxEmbedder(session as never, OrtTensor as never, x), rowNumbers(x), {
      batch: 2,
    })
    const expected = x.mean({ axis: [1, 2] }).dataSync()
    // A mean of six numbers in another order.
    source
      .rows(rowNumbers(x))
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 6)
      })
    const none = onnxEmbedder(session as never, OrtTensor as never, x, { output: 'z' })
    await expect(embedWith(none, [0])).rejects.toThrow('onnxEmbedder: an output "z" expected, got output')
  })
})

describe('exportOnnx onto a model', () => {
  const frozen = layers.sequential({
    conv: layers.conv2d({ in: 1, out: 2, kernel: 3, seed: 0 }),
    pool: layers.globalAvgPool(),
  })
  const head = layers.sequential({ fc: layers.linear({ in: 2, out: 3, seed: 1 }), act: layers.relu() })
  const base = exportOnnx(frozen, [4, 4, 1])

  /** The messages of one field of a message. */
  const each = (message: Uint8Array, field: number): Uint8Array[] =>
    new PbfReader(message).readFields<Uint8Array[]>((tag, found, pbf) => {
      if (tag === field) found.push(pbf.readBytes())
    }, [])
  const texts = (message: Uint8Array, field: number): string[] =>
    each(message, field).map(bytes => new TextDecoder().decode(bytes))

  it('is the nodes of both, the head on the output of the model', () => {
    const [graph] = each(exportOnnx(head, [2], { onto: base }), 7)
    const [before] = each(base, 7)
    const nodes = each(graph, 1)
    expect(nodes.slice(0, each(before, 1).length)).toEqual(each(before, 1))
    const added = nodes.slice(each(before, 1).length)
    expect(added.map(node => texts(node, 4)[0])).toEqual(['Gemm', 'Relu'])
    expect(texts(added[0], 1)).toEqual(['output', 'head/fc.weight', 'head/fc.bias'])
    expect(each(graph, 12).map(value => texts(value, 1)[0])).toEqual(['head/output'])
    expect(each(graph, 11).map(value => texts(value, 1)[0])).toEqual(['input'])
    const names = each(graph, 5).map(constant => texts(constant, 8)[0])
    expect(new Set(names).size).toBe(names.length)
  })

  it('refuses what is no such file', () => {
    const refused = (bytes: Uint8Array, error: string) =>
      expect(() => exportOnnx(head, [2], { onto: bytes })).toThrow(error)
    refused(new Uint8Array([1, 2, 3]), 'exportOnnx: onto: an ONNX file')
    refused(base.subarray(0, base.length - 5), 'exportOnnx: onto: an ONNX file')
    expect(() => exportOnnx(frozen, [4, 4, 1], { onto: base })).toThrow(
      'an input of vectors [D] expected, got [4,4,1]',
    )
    const gelu = layers.sequential({ fc: head.layers!.fc, act: layers.gelu() })
    expect(() => exportOnnx(gelu, [2], { onto: base })).toThrow(
      'a model of opset 20 or later expected, got 13',
    )
  })
})
