import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Convolution } from '../../engine/backends/backend.ts'
import type { Gpu } from '../../engine/backends/gpu/index.ts'
import { geometryOf } from '../../engine/backends/gpu/products/convolution.ts'
import { winogradPays } from '../../engine/backends/gpu/products/winogradPays.ts'
import { Generator, type Shape } from '../../engine/index.ts'
import { outputSize } from '../../engine/ops/window.ts'
import { seeds } from '../../engine/testing/index.ts'
import { gpuSubjects } from '../support/backends.ts'
import { floats } from '../support/calls/call.ts'
import type { Call } from '../support/calls/index.ts'
import { check } from '../support/property.ts'
import { begin, settle } from './calls.ts'

interface Sizes {
  readonly batch: number
  readonly input: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly inChannels: number
  readonly outChannels: number
}

function convolution({ input, kernel, padding, ...rest }: Sizes): Convolution {
  const window = outputSize('conv2d', input, kernel, { stride: [1, 1], padding, dilation: [1, 1] })
  return { ...window, ...rest, groups: 1 }
}

const forwardPays = (g: Convolution): boolean => winogradPays(geometryOf(g, false))
const adjointPays = (g: Convolution): boolean => winogradPays(geometryOf(g, true))

const xShape = (g: Convolution): Shape => [g.batch, ...g.input, g.inChannels]
const zShape = (g: Convolution): Shape => [g.batch, ...g.output, g.outChannels]
const wShape = (g: Convolution): Shape => [...g.kernel, g.inChannels, g.outChannels]

const conv2d = (g: Convolution, biased: boolean): Call => ({
  name: 'conv2d',
  kernel: 'conv2d',
  draw: rng => ({
    inputs: [
      floats(rng, xShape(g)),
      floats(rng, wShape(g)),
      ...(biased ? [floats(rng, [g.outChannels])] : []),
    ],
    run: (k, [x, w, bias]) => k.conv2d(x, w, g, bias),
  }),
})

const conv2dInputGrad = (g: Convolution): Call => ({
  name: 'conv2dInputGrad',
  kernel: 'conv2dInputGrad',
  draw: rng => ({
    inputs: [floats(rng, zShape(g)), floats(rng, wShape(g))],
    run: (k, [dz, w]) => k.conv2dInputGrad(dz, w, g),
  }),
})

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))
const channels = fc.integer({ min: 16, max: 37 })
const convolutions = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    input: pair(5, 17),
    kernel: pair(1, 5),
    padding: pair(0, 2),
    inChannels: channels,
    outChannels: channels,
  })
  .map(convolution)

describe.each(gpuSubjects().filter(({ mode }) => mode === 'webgpu'))(
  "$name: convolutions by fewer multiplications against the reference's in float64",
  ({ create, runs, ...accuracy }) => {
    let backend: Gpu
    beforeAll(async () => {
      backend = await create()
    })

    const right = async (call: Call, seed: number): Promise<void> => {
      const rng = new Generator(seed)
      await settle(backend, begin(backend, call, rng), accuracy, rng)
    }

    it('conv2d', () =>
      check(
        fc.asyncProperty(convolutions.filter(forwardPays), fc.boolean(), seeds(), (g, biased, seed) =>
          right(conv2d(g, biased), seed),
        ),
        runs,
      ))

    it('conv2dInputGrad', () =>
      check(
        fc.asyncProperty(convolutions.filter(adjointPays), seeds(), (g, seed) =>
          right(conv2dInputGrad(g), seed),
        ),
        runs,
      ))
  },
)

describe('fewer multiplications are chosen', () => {
  const layer: Sizes = {
    batch: 8,
    input: [14, 14],
    kernel: [3, 3],
    padding: [1, 1],
    inChannels: 64,
    outChannels: 64,
  }

  it.each<[boolean, string, Partial<Sizes>, Partial<Convolution>?]>([
    [true, '3 x 3', {}],
    [true, '5 x 5', { kernel: [5, 5], padding: [2, 2] }],
    [true, 'no padding', { padding: [0, 0] }],
    [true, 'no images', { batch: 0 }],
    [false, '1 x 1', { kernel: [1, 1], padding: [0, 0] }],
    [false, '7 x 7', { kernel: [7, 7], padding: [3, 3] }],
    [false, 'few channels', { inChannels: 3 }],
    [false, 'few columns', { outChannels: 15 }],
    [false, 'a sum of many channels', { inChannels: 513 }],
    [false, 'one place, where the rest of a tile would be for nothing', { input: [1, 1] }],
    [false, 'places with one tap of three', { padding: [1, 2] }],
    [false, 'stride', {}, { stride: [2, 1] }],
    [false, 'dilation', {}, { dilation: [1, 2] }],
    [false, 'groups', {}, { groups: 2 }],
    [false, 'more values than a tensor may have', { input: [500, 500] }],
  ])('%s: %s', (chosen, _, sizes, more) => {
    expect(forwardPays({ ...convolution({ ...layer, ...sizes }), ...more })).toBe(chosen)
  })

  it('not in the adjoint of no padding, where places at the rim have one tap', () => {
    expect(adjointPays(convolution(layer))).toBe(true)
    expect(adjointPays(convolution({ ...layer, padding: [0, 0] }))).toBe(false)
  })
})
