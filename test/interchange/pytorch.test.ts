import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generator, type Tensor, tensor } from '../../engine/index.ts'
import { layers, loadSafetensors, type StateDictOptions, saveSafetensors } from '../../models/index.ts'
import { expectClose } from '../support/close.ts'
import { readFile } from './reader.ts'

const rng = generator(7)
const { conv2d, batchNorm, linear, sequential } = layers

/** The nets of generate.py. */
const mixed = sequential({
  conv1: conv2d({
    in: 2,
    out: 6,
    kernel: 3,
    stride: [1, 2],
    padding: [2, 1],
    dilation: [2, 1],
    groups: 2,
    rng,
  }),
  bn1: batchNorm({ channels: 6 }),
  act1: layers.prelu({ channels: 6 }),
  block: layers.residual({
    branch: sequential({
      conv: conv2d({ in: 6, out: 4, kernel: [3, 1], padding: [1, 0], bias: false, rng }),
      bn: batchNorm({ channels: 4, eps: 1e-3 }),
    }),
    shortcut: sequential({ conv: conv2d({ in: 6, out: 4, kernel: 1, rng }) }),
  }),
  act2: layers.leakyRelu({ slope: 0.1 }),
  pool1: layers.maxPool2d({ kernel: 2, stride: 1 }),
  pool2: layers.avgPool2d({ kernel: [2, 3], stride: [2, 1], padding: [0, 1] }),
  flatten: layers.flatten(),
  bn2: batchNorm({ channels: 24 }),
  act3: layers.prelu({ channels: 24 }),
  drop: layers.dropout({ rng }),
  fc1: linear({ in: 24, out: 5, rng }),
  act4: layers.gelu(),
  fc2: linear({ in: 5, out: 3, bias: false, rng }),
})
const numbered = sequential({
  conv: conv2d({ in: 1, out: 3, kernel: 2, rng }),
  act: layers.relu(),
  flatten: layers.flatten(),
  fc: linear({ in: 18, out: 2, rng }),
})

interface Packed {
  readonly shape: number[]
  readonly data: number[]
}
const cases = (name: string) => readFileSync(new URL(`./cases/${name}`, import.meta.url))
const unpack = ({ shape, data }: Packed): Tensor => tensor(data, { shape })

describe("names of a file that are not the net's", () => {
  const line = () => sequential({ fc: linear({ in: 2, out: 3, rng }) })
  const names = (name: string): string => name.replace('fc', 'head.0')

  test('are translated, with the prefix before them', () => {
    const [net, other] = [line(), line()]
    const file = saveSafetensors(net, { names, prefix: 'net.' })
    expect([...readFile(file).keys()]).toEqual(['net.head.0.weight', 'net.head.0.bias'])
    loadSafetensors(other, file, { names, prefix: 'net.' })
    expect(saveSafetensors(other)).toEqual(saveSafetensors(net))
    expect(() => loadSafetensors(other, file, { prefix: 'net.' })).toThrow('head.0.weight')
  })

  test('are passed over only where they are to be ignored', () => {
    const both = sequential({ fc: linear({ in: 2, out: 3, rng }), classes: linear({ in: 3, out: 2, rng }) })
    const file = saveSafetensors(both)
    const net = line()
    expect(() => loadSafetensors(net, file)).toThrow('classes.')
    expect(() => loadSafetensors(net, file, { ignore: ['class.'] })).toThrow('classes.')
    loadSafetensors(net, file, { ignore: ['classes.'] })
    expect(net.parameters['fc.weight'].dataSync()).toEqual(both.parameters['fc.weight'].dataSync())
    for (const ignore of ['fc.', [1], ['']] as never[]) {
      expect(() => loadSafetensors(net, file, { ignore })).toThrow(/^loadSafetensors: ignore as /)
    }
    expect(() => saveSafetensors(net, { names: {} as never })).toThrow(
      /^saveSafetensors: names as a function/,
    )
  })
})

describe('a net of PyTorch with convolutions, flatten and linear layers', () => {
  test.each<[string, layers.Layer, StateDictOptions]>([
    ['mixed', mixed, {}],
    ['numbered', numbered, { prefix: 'net.', numbered: true }],
  ])('%s: gives the same outputs here, and goes back bit for bit', (name, net, options) => {
    const file = cases(`${name}.safetensors`)
    const { x, z } = JSON.parse(cases(`${name}.jsonl`).toString()) as Record<'x' | 'z', Packed>
    loadSafetensors(net, file, options)
    // float32 on both sides: 6e-8 of each product, some dozens of them in a sum, in another order.
    expectClose(net(unpack(x)), unpack(z), 1e-5)
    expect(() => expectClose(net(unpack(x)), unpack(z), 1e-9)).toThrow()

    const [theirs, ours] = [readFile(file), readFile(saveSafetensors(net, options))]
    for (const key of theirs.keys()) if (key.startsWith('classes.')) theirs.delete(key)
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort())
    for (const [key, tensor] of theirs) {
      const counted = key.endsWith('num_batches_tracked')
      expect(ours.get(key), key).toEqual(counted ? { ...tensor, bytes: new Uint8Array(8) } : tensor)
    }
  })
})
