import { expect, test } from 'vitest'
import type { TypedArray } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { tilingOf } from '../../../engine/backends/wasm/winogradPays.ts'
import { keepTransforms } from '../../../engine/hold.ts'
import { conv2d, generator, mul, randn, reshape, type Tensor } from '../../../engine/index.ts'
import { convolution } from '../../../engine/ops/convolution.ts'
import { fold, layers } from '../../../models/index.ts'
import { sameBits } from './compare.ts'

const same = (a: TypedArray, b: TypedArray): void => expect(sameBits(a, b)).toBe(true)

/** Of convolutions by minimal filtering of either kind: bytes of the transforms of a weight, at least. */
const KINDS = [
  ['stride 1', { padding: 1 }, 36 * 4],
  ['stride 2', { padding: 1, stride: 2 }, 49 * 4],
] as const

test.each(KINDS)('what is made of weights stays with them, to the same bits: %s', (_, options, bytes) => {
  const wasm = createWasm({ threads: 1 })
  const rng = generator(1)
  const [x, other] = [0, 1].map(() => randn([2, 24, 24, 64], rng, { backend: wasm }))
  const [w, plain] = [0, 1].map(() => randn([3, 3, 64, 64], generator(2), { backend: wasm }))
  expect(tilingOf(convolution('conv2d', x.shape, w.shape, KINDS[0][1]), false)).toBeDefined()
  const convolved = (x: Tensor, w: Tensor): TypedArray => {
    const z = conv2d(x, w, options)
    const values = z.dataSync()
    z.dispose()
    return values
  }
  const before = wasm.used
  convolved(x, plain)
  expect(wasm.used).toBe(before)
  keepTransforms(w)
  const first = convolved(x, w)
  const kept = wasm.used - before
  expect(kept).toBeGreaterThanOrEqual(64 * 64 * bytes)
  same(first, convolved(x, plain))
  same(convolved(other, w), convolved(other, plain))
  expect(wasm.used - before).toBe(kept)
  // Others in its place: nothing is left of it, nor kept of them.
  const third = randn([3, 3, 64, 64], rng, { backend: wasm })
  w.assign(third)
  expect(wasm.used).toBe(before)
  same(convolved(x, w), convolved(x, third))
  for (const t of [x, other, w, plain, third]) t.dispose()
  expect(wasm.used).toBe(0)
})

test('they are of one shape of the values', () => {
  const wasm = createWasm({ threads: 1 })
  const rng = generator(1)
  const w = randn([3, 3, 64, 64], rng, { backend: wasm })
  keepTransforms(w)
  for (const [inChannels, outChannels] of [
    [64, 64],
    [32, 128],
    [64, 64],
  ]) {
    const x = randn([1, 24, 24, inChannels], rng, { backend: wasm })
    const shaped = reshape(w, [3, 3, inChannels, outChannels])
    const copied = mul(shaped, 1)
    const [z, right] = [shaped, copied].map(w => conv2d(x, w, { padding: 1 }))
    same(z.dataSync(), right.dataSync())
  }
})

test('memory that is compacted moves them', () => {
  const wasm = createWasm({ threads: 1, limit: 2 ** 24 })
  const rng = generator(1)
  const x = randn([1, 24, 24, 64], rng, { backend: wasm })
  const hole = randn([2 ** 20], rng, { backend: wasm })
  const w = randn([3, 3, 64, 64], rng, { backend: wasm })
  keepTransforms(w)
  const convolved = () => {
    const z = conv2d(x, w, { padding: 1 })
    const values = z.dataSync()
    z.dispose()
    return values
  }
  const before = convolved()
  hole.dispose()
  // More than lies in one piece before they move.
  const large = randn([13 * 2 ** 18], rng, { backend: wasm })
  same(convolved(), before)
  for (const t of [x, w, large]) t.dispose()
})

test('a folded net keeps them, until it is given other parameters or disposed, and unless told not to', () => {
  const backend = createWasm({ threads: 1 })
  const net = layers.sequential({
    conv: layers.conv2d({ in: 64, out: 64, kernel: 3, padding: 1, seed: 1, backend }),
    sum: layers.residual({
      branch: layers.conv2d({ in: 64, out: 64, kernel: 3, padding: 1, seed: 2, backend }),
    }),
  })
  const x = randn([1, 24, 24, 64], generator(3), { backend })
  const used = (f: () => void): number => {
    const before = backend.used
    f()
    return backend.used - before
  }
  const expected = net(x).dataSync()
  const [kept, plain] = [fold(net), fold(net, { keepTransforms: false })]
  const outputs = expected.byteLength
  const [first, second, without] = [kept, kept, plain].map(f =>
    used(() => {
      const z = f(x)
      same(z.dataSync(), expected)
      z.dispose()
    }),
  )
  expect(first - second).toBeGreaterThanOrEqual(2 * 36 * 64 * 64 * 4)
  expect(second).toBeLessThanOrEqual(outputs)
  expect(without).toBe(second)
  const others = layers.sequential({
    conv: layers.conv2d({ in: 64, out: 64, kernel: 3, padding: 1, seed: 4, backend }),
    sum: layers.residual({
      branch: layers.conv2d({ in: 64, out: 64, kernel: 3, padding: 1, seed: 5, backend }),
    }),
  })
  kept.load(others.state())
  same(kept(x).dataSync(), others(x).dataSync())
  const own = fold(net)
  const all = used(() => {
    own(x).dispose()
    for (const t of Object.values(own.parameters)) t.dispose()
  })
  expect(all).toBeLessThanOrEqual(0)
})

test('where there is no room beside them, they go, and come again', () => {
  const backend = createWasm({ threads: 1, limit: 2 ** 23 })
  const rng = generator(1)
  const conv = (seed: number) =>
    layers.conv2d({ in: 64, out: 64, kernel: 3, padding: 1, seed, backend, bias: false })
  const nets = Array.from({ length: 8 }, (_, i) => conv(i))
  const x = randn([1, 24, 24, 64], rng, { backend })
  const results = (of: typeof nets) =>
    of.map(net => {
      const z = net(x)
      const values = z.dataSync()
      z.dispose()
      return values
    })
  const expected = results(nets)
  // 36 x 64 x 64 numbers each: five have room.
  const folded = nets.map(net => fold(net))
  for (let times = 0; times < 3; times++) results(folded).forEach((z, i) => void same(z, expected[i]))
  // An upload makes room, too.
  const large = randn([5 * 2 ** 18], rng, { backend })
  large.dispose()
  const before = backend.used
  same(results(folded.slice(0, 1))[0], expected[0])
  expect(backend.used - before).toBeGreaterThanOrEqual(36 * 64 * 64 * 4)
  for (const t of [...nets, ...folded].flatMap(net => Object.values(net.parameters))) t.dispose()
  x.dispose()
  expect(backend.used).toBe(0)
})
