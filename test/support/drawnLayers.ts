import fc from 'fast-check'
import type { Generator, Pair, Shape } from '../../engine/index.ts'
import { layers } from '../../models/index.ts'

/** A layer or net, how it is built, and the shape of a sample that it takes. */
export interface Drawn {
  readonly build: (rng: Generator) => layers.Layer
  readonly input: Shape
  /** How to say it again. */
  readonly toString: () => string
}

const from = (min: number, max: number) => fc.integer({ min, max })
const pairOf = (min: number, max: number): fc.Arbitrary<Pair> => fc.tuple(from(min, max), from(min, max))

export const drawn = (name: string, options: object, input: Shape, build: Drawn['build']): Drawn => ({
  build,
  input,
  toString: () => `${name} ${JSON.stringify(options)} on [${input}]`,
})

/** Samples of one axis, of two, images, and of more. */
const anySample = fc.array(from(1, 4), { minLength: 1, maxLength: 4 })
const image = fc.tuple(from(1, 7), from(1, 7), from(1, 4))

const plain = (name: string, build: () => layers.Layer): fc.Arbitrary<Drawn> =>
  anySample.map(input => drawn(name, {}, input, build))

/** A window that fits: sizes are the least that it takes, and what is added. */
const windows = fc
  .record({ kernel: pairOf(1, 3), stride: pairOf(1, 3), dilation: pairOf(1, 2), more: pairOf(0, 5) })
  .chain(({ kernel, more, ...window }) =>
    fc.tuple(from(0, kernel[0] >> 1), from(0, kernel[1] >> 1)).map(padding => {
      // At least the dilation: else a window may see nothing but padding, whose maximum means nothing.
      const size = (i: 0 | 1): number => {
        const span = window.dilation[i] * (kernel[i] - 1) + 1
        return Math.max(window.dilation[i], span - 2 * padding[i]) + more[i]
      }
      return { kernel, padding, ...window, height: size(0), width: size(1) }
    }),
  )

const pools = (name: 'maxPool2d' | 'avgPool2d'): fc.Arbitrary<Drawn> =>
  fc
    .tuple(windows, from(1, 3), fc.boolean(), fc.boolean())
    .map(([{ height, width, ...window }, channels, ceilMode, counted]) => {
      const options = { ...window, ceilMode, ...(name === 'avgPool2d' && { countIncludePad: counted }) }
      return drawn(name, options, [height, width, channels], () => layers[name](options))
    })

const exponential = (name: 'elu' | 'celu'): fc.Arbitrary<Drawn> =>
  fc
    .tuple(anySample, fc.constantFrom(1, 0.5, 2))
    .map(([input, alpha]) => drawn(name, { alpha }, input, () => layers[name]({ alpha })))

/** Every layer with random options; a new one does not compile without a row. */
export const DRAWN_LAYERS: { readonly [K in layers.Kind]: fc.Arbitrary<Drawn> } = {
  conv2d: fc
    .tuple(windows, from(1, 2), from(1, 3), from(1, 3), fc.boolean())
    .map(([{ height, width, ...window }, groups, perGroup, outs, bias]) => {
      const options = { ...window, in: groups * perGroup, out: groups * outs, groups, bias }
      return drawn('conv2d', options, [height, width, options.in], rng => layers.conv2d({ ...options, rng }))
    }),
  linear: fc.tuple(anySample, from(1, 5), fc.boolean()).map(([input, out, bias]) => {
    const options = { in: input[input.length - 1], out, bias }
    return drawn('linear', options, input, rng => layers.linear({ ...options, rng }))
  }),
  batchNorm: fc.tuple(anySample, fc.constantFrom(1e-5, 1e-3, 0.5)).map(([input, eps]) => {
    const options = { channels: input[input.length - 1], eps }
    return drawn('batchNorm', options, input, () => layers.batchNorm(options))
  }),
  groupNorm: fc
    .tuple(fc.array(from(2, 4), { maxLength: 2 }), from(1, 3), from(2, 3), fc.boolean())
    .map(([sides, groups, perGroup, affine]) => {
      const options = { groups, channels: groups * perGroup, affine, eps: 1e-3 }
      return drawn('groupNorm', options, [...sides, options.channels], () => layers.groupNorm(options))
    }),
  instanceNorm: fc
    .tuple(fc.array(from(2, 4), { minLength: 2, maxLength: 2 }), from(1, 4), fc.boolean())
    .map(([sides, channels, affine]) => {
      const options = { channels, affine, eps: 1e-3 }
      return drawn('instanceNorm', options, [...sides, channels], () => layers.instanceNorm(options))
    }),
  rmsNorm: anySample.map(input => {
    const options = { channels: input[input.length - 1], eps: 1e-3 }
    return drawn('rmsNorm', options, input, () => layers.rmsNorm(options))
  }),
  relu: plain('relu', layers.relu),
  leakyRelu: fc
    .tuple(anySample, fc.constantFrom(0.01, 0.25, 1.5))
    .map(([input, slope]) => drawn('leakyRelu', { slope }, input, () => layers.leakyRelu({ slope }))),
  prelu: fc.tuple(anySample, fc.boolean()).map(([input, shared]) => {
    const options = { channels: shared ? 1 : input[input.length - 1], slope: 0.3 }
    return drawn('prelu', options, input, () => layers.prelu(options))
  }),
  gelu: fc
    .tuple(anySample, fc.boolean())
    .map(([input, tanh]) => drawn('gelu', { tanh }, input, () => layers.gelu({ tanh }))),
  silu: plain('silu', layers.silu),
  elu: exponential('elu'),
  celu: exponential('celu'),
  selu: plain('selu', layers.selu),
  mish: plain('mish', layers.mish),
  hardsigmoid: plain('hardsigmoid', layers.hardsigmoid),
  hardswish: plain('hardswish', layers.hardswish),
  softsign: plain('softsign', layers.softsign),
  sigmoid: plain('sigmoid', layers.sigmoid),
  tanh: plain('tanh', layers.tanh),
  softplus: plain('softplus', layers.softplus),
  maxFeatureMap: anySample.map(input => {
    const channels = input[input.length - 1]
    const twice = [...input.slice(0, -1), 2 * channels]
    return drawn('maxFeatureMap', { channels }, twice, () => layers.maxFeatureMap({ channels }))
  }),
  squeezeExcite: fc
    .tuple(from(1, 5), from(1, 5), from(1, 3), from(1, 3), fc.boolean())
    .map(([height, width, within, reduction, bias]) => {
      const options = { channels: within * reduction, reduction, bias }
      return drawn('squeezeExcite', options, [height, width, options.channels], rng =>
        layers.squeezeExcite({ ...options, rng }),
      )
    }),
  multiHeadAttention: fc
    .tuple(from(1, 5), from(1, 3), from(1, 3), fc.boolean(), fc.boolean())
    .map(([length, heads, within, bias, causal]) => {
      const options = { dim: heads * within, heads, bias, causal }
      return drawn('multiHeadAttention', options, [length, options.dim], rng =>
        layers.multiHeadAttention({ ...options, rng }),
      )
    }),
  dropout: anySample.map(input => drawn('dropout', {}, input, rng => layers.dropout({ rng }))),
  maxPool2d: pools('maxPool2d'),
  avgPool2d: pools('avgPool2d'),
  globalAvgPool: image.map(input => drawn('globalAvgPool', {}, input, layers.globalAvgPool)),
  globalMaxPool: image.map(input => drawn('globalMaxPool', {}, input, layers.globalMaxPool)),
  gem: fc
    .tuple(image, fc.boolean())
    .map(([input, learned]) => drawn('gem', { learned }, input, () => layers.gem({ learned, eps: 0.1 }))),
  flatten: plain('flatten', layers.flatten),
  sequential: fc.tuple(image, from(1, 4), fc.boolean()).map(([input, out, empty]) =>
    drawn('sequential', { out, empty }, input, rng =>
      empty
        ? layers.sequential({})
        : layers.sequential({
            bn: layers.batchNorm({ channels: input[2] }),
            conv: layers.conv2d({ in: input[2], out, kernel: 1, rng }),
            inner: layers.sequential({ act: layers.prelu({ channels: out }), flatten: layers.flatten() }),
            bn1d: layers.batchNorm({ channels: input[0] * input[1] * out }),
            fc: layers.linear({ in: input[0] * input[1] * out, out: 3, rng }),
          }),
    ),
  ),
  residual: fc.tuple(image, from(1, 4), fc.boolean()).map(([input, out, same]) =>
    drawn('residual', { out, same }, input, rng => {
      const conv = (to: number) => layers.conv2d({ in: input[2], out: to, kernel: 3, padding: 1, rng })
      return same
        ? layers.residual({ branch: conv(input[2]) })
        : layers.residual({ branch: conv(out), shortcut: layers.sequential({ conv: conv(out) }) })
    }),
  ),
}
