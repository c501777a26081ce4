import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Convolution, TypedArray } from '../../../engine/backends/backend.ts'
import { reference } from '../../../engine/backends/reference/index.ts'
import { Context } from '../../../engine/backends/wasm/context.ts'
import { createWasm, type Wasm, wasmOn } from '../../../engine/backends/wasm/index.ts'
import type { Tiling } from '../../../engine/backends/wasm/winograd.ts'
import { stridedPays } from '../../../engine/backends/wasm/winogradPays.ts'
import { isStrided, stridedPlan, winogradStrided } from '../../../engine/backends/wasm/winogradStrided.ts'
import { Generator, type Shape } from '../../../engine/index.ts'
import { outputSize } from '../../../engine/ops/window.ts'
import { sizeOf } from '../../../engine/shape.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { convolved, everySecond } from '../../support/byTiles.ts'
import { DRAWS } from '../../support/ofSizes.ts'
import { check } from '../../support/property.ts'
import { onThreads, sameBits } from './compare.ts'

const size = (min: number, max: number) => fc.integer({ min, max })
const pair = (min: number, max: number) => fc.tuple(size(min, max), size(min, max))

const convolutions = (input: ReturnType<typeof pair>, channels: ReturnType<typeof pair>) =>
  fc
    .record({ batch: size(1, 2), input, padding: pair(0, 2), channels })
    .filter(({ input, padding }) => [0, 1].every(i => input[i] + 2 * padding[i] >= 3))
    .map(({ batch, input, padding, channels: [inChannels, outChannels] }): Convolution => {
      const window = outputSize('conv2d', input, [3, 3], { stride: [2, 2], padding, dilation: [1, 1] })
      return { ...window, batch, groups: 1, inChannels, outChannels }
    })

/** Maps smaller than a tile, tiles of all sizes, and channels that fill neither a vector nor a panel. */
const any = convolutions(pair(1, 24), pair(1, 19))
/** Those that the backend computes by tiles. */
const chosen = convolutions(pair(15, 20), pair(40, 48)).filter(stridedPays)

const xShape = (g: Convolution): Shape => [g.batch, ...g.input, g.inChannels]
const wShape = (g: Convolution): Shape => [3, 3, g.inChannels, g.outChannels]

const context = new Context({ threads: 1 })
const wasm = wasmOn(context)

function byTiles(g: Convolution, x: Float32Array, w: Float32Array, bias: Float32Array): TypedArray {
  const [a, b, c] = [
    wasm.upload(x, xShape(g), 'float32'),
    wasm.upload(w, wShape(g), 'float32'),
    wasm.upload(bias, [g.outChannels], 'float32'),
  ]
  const { array, at } = context.storage.allocate([g.batch, ...g.output, g.outChannels], 'float32')
  const [xAt, wAt, biasAt] = [a, b, c].map(array => context.storage.at(array))
  winogradStrided(context, stridedPlan(g), xAt, wAt, at, { bias: biasAt })
  const values = wasm.readSync(array)
  for (const { buffer } of [a, b, c, array]) wasm.free(buffer)
  return values
}

function convolve(k: Wasm, g: Convolution, x: Float32Array, w: Float32Array): TypedArray {
  const [a, b] = [k.upload(x, xShape(g), 'float32'), k.upload(w, wShape(g), 'float32')]
  const z = k.conv2d(a, b, g)
  const values = k.readSync(z)
  for (const { buffer } of [a, b, z]) k.free(buffer)
  return values
}

const float64 = (values: Float32Array, shape: Shape) =>
  reference.upload(Float64Array.from(values), shape, 'float64')

/**
 * Roundings on the way of a product to a result, at most: two axes of B (a product and two sums), of G (the entry, a product
 * and a sum) and of A (a product, three sums, and that with the places between), the product itself, the sum over channels, in
 * parts of 128, and the bias.
 */
const roundings = (channels: number): number =>
  2 * (3 + 3 + 5) + 1 + Math.min(channels, 128) + Math.ceil(channels / 128) + 1

describe('minimal filtering of stride 2', () => {
  it.each(Object.keys(DRAWS))('is right within what its roundings can add up to, for values %s', kind => {
    check(
      fc.property(any, seeds(), (g, seed) => {
        const rng = new Generator(seed)
        const [x, w] = [xShape(g), wShape(g)].map(shape => DRAWS[kind](rng, sizeOf(shape)))
        const bias = DRAWS[kind](rng, g.outChannels)
        const inputs = [float64(x, xShape(g)), float64(w, wShape(g))] as const
        const expected = reference.readSync(reference.conv2d(...inputs, g, float64(bias, [g.outChannels])))
        const { batch, input, output, padding, inChannels, outChannels } = g
        const t: Tiling = {
          batch,
          input,
          channels: inChannels,
          output,
          outChannels,
          padding,
          taps: 3,
          positions: 5,
        }
        const most = convolved(t, Float64Array.from(x), Float64Array.from(w), true, everySecond(t))
        const bound = 1.001 * roundings(inChannels) * 2 ** -24
        byTiles(g, x, w, bias).forEach((z, i) => {
          const off = Math.abs(z - expected[i])
          if (!(off <= bound * (most[i] + Math.abs(bias[i % outChannels])) + 2 ** -140))
            expect.fail(`element ${i}: ${expected[i]} expected, got ${z}`)
        })
      }),
      12,
    )
  })

  it('gives the same bits on any number of threads', () => {
    const eager = new Context({ threads: 1 })
    eager.threads.minParallelFlops = 0
    const k = wasmOn(eager)
    check(
      fc.property(chosen, seeds(), (g, seed) => {
        const rng = new Generator(seed)
        const [x, w] = [xShape(g), wShape(g)].map(shape =>
          k.upload(DRAWS['of one size'](rng, sizeOf(shape)), shape, 'float32'),
        )
        const [one, ...several] = onThreads(k, () => k.conv2d(x, w, g))
        for (const values of several) expect(sameBits(values, one)).toBe(true)
        for (const { buffer } of [x, w]) k.free(buffer)
        expect(k.used).toBe(0)
      }),
      10,
    )
  })

  it('is what conv2d computes where it pays, and not where sums are to be exact', () => {
    const exact = createWasm({ threads: 1, exact: true })
    check(
      fc.property(chosen, seeds(), (g, seed) => {
        const rng = new Generator(seed)
        const [x, w] = [xShape(g), wShape(g)].map(shape => DRAWS['of one size'](rng, sizeOf(shape)))
        const tiles = byTiles(g, x, w, new Float32Array(g.outChannels))
        expect(sameBits(convolve(wasm, g, x, w), tiles)).toBe(true)
        expect(sameBits(convolve(exact, g, x, w), tiles)).toBe(false)
      }),
      10,
    )
  })

  it('is for 3 x 3 weights, stride 2 along both axes, and one group', () => {
    const g: Convolution = {
      ...outputSize('conv2d', [56, 56], [3, 3], { stride: [2, 2], padding: [1, 1], dilation: [1, 1] }),
      ...{ batch: 8, groups: 1, inChannels: 64, outChannels: 64 },
    }
    expect(stridedPays(g)).toBe(true)
    const others: Partial<Convolution>[] = [
      { kernel: [3, 5] },
      { stride: [2, 1] },
      { stride: [1, 1] },
      { dilation: [1, 2] },
      { groups: 2 },
      { padding: [1, 3] },
    ]
    for (const other of others) expect(isStrided({ ...g, ...other })).toBe(false)
  })
})
