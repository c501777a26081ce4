import { describe, expect, test } from 'vitest'
import { Generator, grad, mul, type Shape, sum, type Tensor, tensor, tidy } from '../../engine/index.ts'
import { type Layer, layers, lenetPlusPlus, type NetOptions, smallNet } from '../../models/index.ts'
import { type Arrays, expectAgreement, expectAllAgree, type Packed, readCases, unpack } from './cases.ts'

/** Every `every`-th number of a gradient, and its inner product with its weight. */
interface Kept {
  readonly every: number
  readonly data: readonly number[]
  readonly along: number
}
interface NetCase {
  readonly op: 'smallNet' | 'lenetPlusPlus'
  readonly options: Omit<NetOptions, 'rng'>
  readonly x: Packed
  readonly z: Packed
  readonly dz: Packed
  readonly dx: Packed
  readonly weights: readonly string[]
  readonly grads: Readonly<Record<string, Kept>>
}
interface BatchNormCase {
  readonly op: 'batchNorm'
  readonly options: { channels: number; eps: number; momentum: number }
  readonly gamma: Packed
  readonly beta: Packed
  readonly steps: readonly (Record<'x' | 'z' | 'dz' | 'runningMean' | 'runningVariance', Packed> & {
    readonly training: boolean
    readonly grads: Arrays
  })[]
}

interface AttentionCase {
  readonly op: 'multiHeadAttention'
  readonly options: { dim: number; heads: number; bias: boolean }
  readonly x: Packed
  readonly z: Packed
  readonly dz: Packed
  readonly dx: Packed
  readonly weights: Arrays
  readonly grads: Arrays
}

const NETS: Readonly<Record<NetCase['op'], (options: NetOptions) => Layer>> = { smallNet, lenetPlusPlus }
const rows = readCases<NetCase | BatchNormCase | AttentionCase>('nets')

/** As `weights` of generator/nets.py. */
function weights(k: number, shape: Shape): Tensor {
  const product = (sizes: Shape): number => sizes.reduce((n, size) => n * size, 1)
  const scale = 128 * 2 ** Math.floor(Math.log2(product(shape.slice(0, -1))) / 2)
  const values = Float64Array.from(
    { length: product(shape) },
    (_, i) => (((31 * i * i + 17 * i + 101 * k) % 251) - 125) / scale,
  )
  return tensor(values, { shape })
}

const scalar = (value: number): Packed => ({ shape: [], data: [value] })

describe('nets, as in PyTorch with the same weights', () => {
  for (const c of rows.filter((row): row is NetCase => row.op in NETS)) {
    test(`${c.op}: embedding and gradients`, () => {
      const net = NETS[c.op]({ ...c.options, rng: new Generator(0), dtype: 'float64' })
      expect(Object.keys(net.parameters)).toEqual(c.weights)
      const p = net.parameters
      c.weights.forEach((name, k) => {
        p[name].assign(weights(k, p[name].shape))
      })
      tidy(() => {
        const x = unpack(c.x, true)
        const z = net(x)
        expectAgreement('z', z, c.z)
        const dz = unpack(c.dz)
        expectAgreement('gradient in x', grad(z, x, dz), c.dx)
        const grads = grad(z, p, dz)
        for (const name of c.weights) {
          const { every, data, along } = c.grads[name]
          const kept = grads[name].dataSync().filter((_, i) => i % every === 0)
          expectAgreement(`gradient in ${name}`, tensor(kept), { shape: [data.length], data })
          expectAgreement(`gradient in ${name} along it`, sum(mul(grads[name], p[name])), scalar(along))
        }
      })
    })
  }
})

describe('batchNorm, as torch.nn.BatchNorm: values, gradients and running statistics', () => {
  for (const c of rows.filter(row => row.op === 'batchNorm')) {
    test(JSON.stringify(c.options), () => {
      const layer = layers.batchNorm({ ...c.options, dtype: 'float64' })
      layer.parameters.gamma.assign(unpack(c.gamma))
      layer.parameters.beta.assign(unpack(c.beta))
      for (const step of c.steps) {
        const x = unpack(step.x, true)
        const z = layer(x, { training: step.training })
        expectAgreement('z', z, step.z)
        expectAllAgree('gradient in', grad(z, { x, ...layer.parameters }, unpack(step.dz)), step.grads)
        const { runningMean, runningVariance } = layer.state().tensors
        expectAllAgree(
          'after it,',
          { runningMean, runningVariance },
          {
            runningMean: step.runningMean,
            runningVariance: step.runningVariance,
          },
        )
      }
    })
  }
})

describe('multiHeadAttention, as torch.nn.MultiheadAttention: values and gradients', () => {
  for (const c of rows.filter(row => row.op === 'multiHeadAttention')) {
    test(JSON.stringify(c.options), () => {
      const layer = layers.multiHeadAttention({ ...c.options, seed: 0, dtype: 'float64' })
      expect(Object.keys(layer.parameters).sort()).toEqual(Object.keys(c.weights).sort())
      for (const [name, p] of Object.entries(layer.parameters)) p.assign(unpack(c.weights[name]))
      const x = unpack(c.x, true)
      const z = layer(x)
      expectAgreement('z', z, c.z)
      const { x: dx, ...grads } = grad(z, { x, ...layer.parameters }, unpack(c.dz))
      expectAgreement('gradient in x', dx, c.dx)
      expectAllAgree('gradient in', grads, c.grads)
    })
  }
})
