import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn, type Tensor, tensor, zeros } from '../../engine/index.ts'
import { convNet, layers, loadSafetensors, saveSafetensors, smallNet } from '../../models/index.ts'
import { writeSafetensors } from '../../models/interchange/safetensors/format.ts'
import { DRAWN_LAYERS, type Drawn } from '../support/drawnLayers.ts'
import { DRAWN_NETS } from '../support/drawnNets.ts'
import { check } from '../support/property.ts'
import { asIfTrained } from '../support/trained.ts'
import { at, readFile } from './reader.ts'

/** Compared as bytes: some tensors have a million. */
const sameBits = (a: Tensor, b: Tensor): boolean =>
  Buffer.from(a.dataSync().buffer).equals(Buffer.from(b.dataSync().buffer))

const all: [string, fc.Arbitrary<Drawn>][] = Object.entries({ ...DRAWN_LAYERS, ...DRAWN_NETS })

describe('a file of safetensors', () => {
  test.each(all)('%s: gives back every bit of the state', (_, nets) => {
    check(
      fc.property(nets, fc.integer(), ({ build, input }, seed) => {
        const rng = generator(seed)
        const [net, other] = [asIfTrained(build(rng), rng), build(generator(seed + 1))]
        const options = { channels: input[input.length - 1] }
        loadSafetensors(other, saveSafetensors(net, options), options)
        const [a, b] = [net.state().tensors, other.state().tensors]
        expect(Object.keys(b)).toEqual(Object.keys(a))
        for (const name of Object.keys(a)) expect(sameBits(b[name], a[name]), name).toBe(true)
        const x = randn([2, ...input], rng)
        expect(sameBits(other(x), net(x))).toBe(true)
      }),
      20,
    )
  })

  test('has every weight where PyTorch looks for it', () => {
    const size = fc.integer({ min: 1, max: 3 })
    check(
      fc.property(size, size, size, size, size, fc.integer(), (height, width, from, to, out, seed) => {
        const rng = generator(seed)
        const net = layers.sequential({
          conv: layers.conv2d({ in: from, out: to, kernel: [height, width], rng }),
          flatten: layers.flatten(),
          fc: layers.linear({ in: height * width * to, out, rng }),
        })
        const file = readFile(saveSafetensors(net))
        const [conv, fc] = ['conv.weight', 'fc.weight'].map(name => file.get(name)!)
        const ours = Object.fromEntries(
          Object.entries(net.parameters).map(([name, t]) => [name, t.dataSync()]),
        )
        expect([conv.shape, fc.shape]).toEqual([
          [to, from, height, width],
          [out, to * height * width],
        ])
        for (let h = 0; h < height; h++) {
          for (let w = 0; w < width; w++) {
            for (let c = 0; c < to; c++) {
              for (let i = 0; i < from; i++) {
                expect(at(conv, c, i, h, w)).toBe(ours['conv.weight'][((h * width + w) * from + i) * to + c])
              }
              for (let o = 0; o < out; o++) {
                const feature = (c * height + h) * width + w
                expect(at(fc, o, feature)).toBe(ours['fc.weight'][((h * width + w) * to + c) * out + o])
              }
            }
          }
        }
      }),
    )
  })

  test("has PyTorch's names, under a prefix and by number where asked", () => {
    const net = convNet({ dim: 2, input: [8, 8, 1], rng: generator(1) })
    const names = [...readFile(saveSafetensors(net)).keys()]
    const bn = ['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked']
    const stages = [1, 2, 3].flatMap(i => [`conv${i}.weight`, ...bn.map(name => `bn${i}.${name}`)])
    expect(names.sort()).toEqual([...stages, 'fc.weight', 'fc.bias'].sort())
    const options = { prefix: 'net.', numbered: true }
    const numbers = [...readFile(saveSafetensors(net, options)).keys()]
    expect(numbers).toContain('net.0.weight')
    expect(numbers).toContain('net.1.running_mean')
    expect(numbers).toContain('net.13.bias')
  })
})

describe('loadSafetensors refuses, and leaves the net as it was', () => {
  const net = smallNet({ dim: 2, input: [8, 8, 1], rng: generator(1) })
  const good = readFile(saveSafetensors(smallNet({ dim: 2, input: [8, 8, 1], rng: generator(2) })))
  const F32 = (name: string, shape: number[]) => ({
    name,
    shape,
    dtype: 'F32' as const,
    values: new Float32Array(shape.reduce((n, s) => n * s, 1)),
  })
  const others = [...good].map(([name, { shape }]) => F32(name, [...shape]))
  const without = (name: string) => others.filter(block => block.name !== name)

  test.each([
    ['a tensor too few', without('fc.bias'), 'missing: fc.bias; unknown: none'],
    ['a tensor too many', [...others, F32('fc.scale', [2])], 'missing: none; unknown: fc.scale'],
    [
      'a shape in our order',
      [...without('conv1.weight'), F32('conv1.weight', [3, 3, 1, 16])],
      'conv1.weight of F32[16,1,3,3] expected, got F32[3,3,1,16]',
    ],
    [
      'an integer that float32 does not hold',
      [
        ...without('fc.bias'),
        { name: 'fc.bias', shape: [2], dtype: 'I64' as const, values: BigInt64Array.of(1n, 2n ** 24n + 1n) },
      ],
      'loadSafetensors: fc.bias: element [1]: an integer that float32 holds expected, got 16777217 of int64',
    ],
  ])('%s', (_, blocks, message) => {
    const before = net.state().tensors
    expect(() => loadSafetensors(net, writeSafetensors('test', blocks, {}))).toThrow(message)
    for (const [name, t] of Object.entries(net.state().tensors))
      expect(sameBits(t, before[name]), name).toBe(true)
  })

  test('a counter that is none', () => {
    const bn = layers.batchNorm({ channels: 2 })
    const blocks = ['weight', 'bias', 'running_mean', 'running_var'].map(name => F32(name, [2]))
    loadSafetensors(bn, writeSafetensors('test', blocks, {}))
    const counted = [...blocks, F32('num_batches_tracked', [2])]
    expect(() => loadSafetensors(bn, writeSafetensors('test', counted, {}))).toThrow(
      'num_batches_tracked of I64[] expected, got F32[2]',
    )
  })

  test('a file, by its name, and options that it does not know', () => {
    expect(() => loadSafetensors(net, new Uint8Array(3), { file: 'net.safetensors' })).toThrow(
      'loadSafetensors: net.safetensors: at least 8 bytes expected, got 3',
    )
    expect(() => loadSafetensors(net, new Uint8Array(3), { prefixes: 'net.' } as object)).toThrow(
      'loadSafetensors: there is no option prefixes, did you mean prefix?',
    )
    expect(() => saveSafetensors([net] as unknown as layers.Layer)).toThrow('saveSafetensors: a net, such as')
    expect(() => loadSafetensors('net' as unknown as layers.Layer, new Uint8Array(3))).toThrow(
      'loadSafetensors: a net, such as layers.sequential({ .. }), expected, got "net"',
    )
    expect(() => saveSafetensors(net, { number: true } as object)).toThrow('did you mean numbered?')
  })
})

describe('a net without its like in PyTorch is refused by name', () => {
  const rng = generator(1)
  const conv = layers.conv2d({ in: 1, out: 2, kernel: 1, rng })
  const fc = layers.linear({ in: 2, out: 2, rng })
  test.each([
    [
      'a layer of the user',
      { conv, act: layers.layer('my.swish', x => x.mul(x.sigmoid())) },
      'saveSafetensors: act: a layer of ir-softmax expected, got my.swish',
    ],
    ['linear on a map', { conv, fc }, 'saveSafetensors: fc: a flattened map expected'],
    ['flatten first', { flatten: layers.flatten(), fc }, 'fc: the channels before flatten are not known'],
    [
      'a sum of two orders',
      { conv, flatten: layers.flatten(), block: layers.residual({ branch: fc }) },
      'block: a sum of features in one order expected, got vector + flattened',
    ],
  ])('%s', (_, parts, message) => {
    expect(() => saveSafetensors(layers.sequential(parts))).toThrow(message)
  })

  test('flatten first, with the channels told', () => {
    const net = layers.sequential({
      flatten: layers.flatten(),
      fc: layers.linear({ in: 6, out: 1, bias: false, rng }),
    })
    net.parameters['fc.weight'].assign(tensor([[0], [1], [2], [3], [4], [5]]))
    const weight = readFile(saveSafetensors(net, { channels: 2 })).get('fc.weight')!
    expect([0, 1, 2, 3, 4, 5].map(i => at(weight, 0, i))).toEqual([0, 2, 4, 1, 3, 5])
    expect(() => saveSafetensors(net, { channels: 4 })).toThrow('4 channels, as before flatten, expected')
  })

  test('values elsewhere are given by state', () => {
    const state = { tensors: { weight: tensor([[7], [8]]), bias: zeros([1]) }, values: {} }
    const weight = readFile(saveSafetensors(layers.linear({ in: 2, out: 1, rng }), { state })).get('weight')!
    expect([at(weight, 0, 0), at(weight, 0, 1)]).toEqual([7, 8])
    const other = layers.linear({ in: 3, out: 1, rng })
    expect(() => saveSafetensors(other, { state })).toThrow(
      'saveSafetensors: state: weight of float32[3,1] expected, got float32[2,1]',
    )
    expect(() => saveSafetensors(layers.prelu(), { state })).toThrow('missing: slope; unknown: weight, bias')
  })
})
