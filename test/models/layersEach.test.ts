import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Generator,
  generator,
  grad,
  noGrad,
  randn,
  type Shape,
  type State,
  sum,
  type Tensor,
  tensor,
  zeros,
} from '../../engine/index.ts'
import * as layers from '../../models/layers/index.ts'

const f64 = { dtype: 'float64' } as const
const values = (t: Tensor): number[] => Array.from(t.dataSync())
const seed = fc.integer()

/** Every layer, as it is built in float64, and an input for it. */
const LAYERS: readonly [string, (rng: Generator) => layers.Layer, Shape][] = [
  [
    'conv2d',
    rng => layers.conv2d({ in: 2, out: 3, kernel: 3, stride: 2, padding: 1, rng, ...f64 }),
    [2, 5, 4, 2],
  ],
  [
    'conv2d, grouped, no bias',
    rng => layers.conv2d({ in: 4, out: 2, kernel: [1, 2], groups: 2, bias: false, rng, ...f64 }),
    [2, 2, 3, 4],
  ],
  ['linear', rng => layers.linear({ in: 3, out: 2, rng, ...f64 }), [4, 3]],
  ['linear on more axes', rng => layers.linear({ in: 3, out: 2, bias: false, rng, ...f64 }), [2, 2, 3]],
  ['batchNorm of images', () => layers.batchNorm({ channels: 3, ...f64 }), [2, 3, 2, 3]],
  ['batchNorm of vectors', () => layers.batchNorm({ channels: 3, ...f64 }), [5, 3]],
  ['relu', () => layers.relu(), [3, 4]],
  ['leakyRelu', () => layers.leakyRelu({ slope: 0.25 }), [3, 4]],
  ['prelu', () => layers.prelu({ channels: 4, ...f64 }), [3, 4]],
  ['gelu', () => layers.gelu(), [3, 4]],
  ['silu', () => layers.silu(), [3, 4]],
  ['elu', () => layers.elu({ alpha: 0.5 }), [3, 4]],
  ['celu', () => layers.celu({ alpha: 0.5 }), [3, 4]],
  ['selu', () => layers.selu(), [3, 4]],
  ['mish', () => layers.mish(), [3, 4]],
  ['hardsigmoid', () => layers.hardsigmoid(), [3, 4]],
  ['hardswish', () => layers.hardswish(), [3, 4]],
  ['softsign', () => layers.softsign(), [3, 4]],
  ['sigmoid', () => layers.sigmoid(), [3, 4]],
  ['tanh', () => layers.tanh(), [3, 4]],
  ['softplus', () => layers.softplus(), [3, 4]],
  ['maxPool2d', () => layers.maxPool2d({ kernel: 2 }), [2, 4, 4, 2]],
  ['avgPool2d', () => layers.avgPool2d({ kernel: 3, stride: 1, padding: 1 }), [1, 3, 3, 2]],
  ['maxFeatureMap', () => layers.maxFeatureMap({ channels: 2 }), [2, 3, 4]],
  ['squeezeExcite', rng => layers.squeezeExcite({ channels: 4, reduction: 2, rng, ...f64 }), [2, 3, 2, 4]],
  ['multiHeadAttention', rng => layers.multiHeadAttention({ dim: 4, heads: 2, rng, ...f64 }), [2, 3, 4]],
  [
    'batchNorm, gamma and beta fixed',
    () => layers.batchNorm({ channels: 3, fixGamma: true, fixBeta: true, ...f64 }),
    [5, 3],
  ],
  ['flatten', () => layers.flatten(), [2, 2, 3, 1]],
  ['groupNorm', () => layers.groupNorm({ groups: 2, channels: 4, ...f64 }), [2, 3, 2, 4]],
  ['instanceNorm', () => layers.instanceNorm({ channels: 3, affine: true, ...f64 }), [2, 3, 2, 3]],
  ['rmsNorm', () => layers.rmsNorm({ channels: 4, ...f64 }), [3, 4]],
  ['globalMaxPool', () => layers.globalMaxPool(), [2, 3, 4, 2]],
  ['gem', () => layers.gem({ eps: 0.01, ...f64 }), [2, 3, 4, 2]],
  ['globalAvgPool', () => layers.globalAvgPool(), [2, 3, 4, 2]],
  [
    'residual',
    rng =>
      layers.residual({
        branch: layers.sequential({ fc: layers.linear({ in: 3, out: 2, rng, ...f64 }), act: layers.gelu() }),
        shortcut: layers.linear({ in: 3, out: 2, bias: false, rng, ...f64 }),
      }),
    [4, 3],
  ],
  ['dropout', rng => layers.dropout({ p: 0.4, rng }), [4, 4]],
  [
    'sequential',
    rng =>
      layers.sequential({
        conv: layers.conv2d({ in: 1, out: 2, kernel: 3, rng, ...f64 }),
        bn: layers.batchNorm({ channels: 2, ...f64 }),
        act: layers.gelu(),
        flatten: layers.flatten(),
        head: layers.sequential({
          drop: layers.dropout({ rng }),
          fc: layers.linear({ in: 8, out: 2, rng, ...f64 }),
        }),
      }),
    [3, 4, 4, 1],
  ],
]

/** All different and none 0, at least 4 / n apart: relu and maximum have no kink near. */
function offKinks(shape: Shape, rng: Generator): Tensor {
  const n = shape.reduce((a, b) => a * b, 1)
  const steps = Array.from(rng.permutation(n), i => (4 / n) * (i - Math.floor(n / 2) + 0.5))
  return tensor(steps, { shape, ...f64, requiresGrad: true })
}

describe.each(LAYERS)('%s', (_, build, shape) => {
  it('has the gradients of x and of its parameters that finite differences have, in training and after', () => {
    fc.assert(
      fc.property(seed, fc.boolean(), (s, training) => {
        const rng = generator(s)
        const net = build(rng)
        const start = net.state()
        // Dropout draws anew at every call: each evaluation starts from the same state.
        const at = (x: Tensor) => {
          net.load(start)
          return net(x, { training })
        }
        const x = offKinks(shape, rng)
        const z = at(x)
        const dz = randn(z.shape, rng, f64)
        const xs = { x, ...net.parameters }
        const touched = training || Object.keys(net.parameters).length > 0 || z.requiresGrad
        expect(touched).toBe(true)
        const grads = grad(z, xs, dz)
        const value = (x: Tensor, training: boolean) => noGrad(() => sum(net(x, { training }).mul(dz)).item())
        const h = 1e-6
        for (const [name, t] of Object.entries(xs)) {
          const direction = randn(t.shape, rng, f64)
          const analytic = sum(grads[name as 'x'].mul(direction)).item()
          const shifted = (by: number): number => {
            net.load(start)
            if (name === 'x') return value(x.add(direction.mul(by)), training)
            const before = t.add(0)
            t.assign(noGrad(() => t.add(direction.mul(by))))
            const moved = value(x, training)
            t.assign(before)
            return moved
          }
          const numeric = (shifted(h) - shifted(-h)) / (2 * h)
          // Central differences: rounding 1e-16 / h = 1e-10 and curvature h^2 = 1e-12, each times sums of some tens of
          // terms of size 1, which a small variance of batch norm may magnify by some hundreds.
          expect(Math.abs(analytic - numeric)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(numeric)))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('is pure outside training, starts as its seed says, and keeps all it knows in its state', () => {
    fc.assert(
      fc.property(seed, s => {
        const [a, b] = [build(generator(s)), build(generator(s))]
        const rng = generator(s + 1)
        const x = randn(shape, rng, f64)
        const evaluated = values(a(x))
        expect(values(a(x))).toEqual(evaluated)
        expect(values(b(x))).toEqual(evaluated)
        a(x, { training: true })
        a(x, { training: true })
        b.load(a.state())
        expect(b.state().values).toEqual(a.state().values)
        expect(values(b(x))).toEqual(values(a(x)))
        expect(values(b(x, { training: true }))).toEqual(values(a(x, { training: true })))
      }),
      { numRuns: 10 },
    )
  })

  it('refuses a state of other names, shapes or dtypes, and changes nothing', () => {
    const net = build(generator(1))
    const rng = generator(2)
    const x = randn(shape, rng, f64)
    net(x, { training: true })
    const good = net.state()
    const before = values(net(x))
    const refused = (state: State) => {
      expect(() => net.load(state)).toThrow(/^layers\./)
      expect(values(net(x))).toEqual(before)
      expect(net.state().values).toEqual(good.values)
    }
    refused({ ...good, tensors: { ...good.tensors, stranger: zeros([1], f64) } })
    refused({ ...good, values: { ...good.values, stranger: 1 } })
    const names = Object.keys(good.tensors)
    for (const name of names) {
      // All others are moved: a load that stops half-way shows.
      const moved = Object.fromEntries(names.map(n => [n, good.tensors[n].add(1)]))
      const { [name]: left, ...rest } = moved
      refused({ ...good, tensors: rest })
      refused({ ...good, tensors: { ...moved, [name]: zeros([...left.shape, 1], f64) } })
      refused({ ...good, tensors: { ...moved, [name]: left.astype('float32') } })
    }
    for (const name of Object.keys(good.values)) {
      const moved = Object.fromEntries(names.map(n => [n, good.tensors[n].add(1)]))
      refused({ tensors: moved, values: { ...good.values, [name]: [1, 2, 3] } })
      refused({ tensors: moved, values: { ...good.values, [name]: [1, 2, 3, 0.5] } })
    }
  })
})
