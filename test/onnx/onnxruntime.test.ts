import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn, type Shape } from '../../engine/index.ts'
import { exportOnnx, layers, smallNet } from '../../models/index.ts'
import { DRAWN_LAYERS, type Drawn } from '../support/drawnLayers.ts'
import { DRAWN_NETS } from '../support/drawnNets.ts'
import { check } from '../support/property.ts'
import { asIfTrained } from '../support/trained.ts'
import { expectAgreement } from './agreement.ts'
import { runOnnx } from './runtime.ts'

/** One file, batches of several sizes. */
async function agrees({ build, input }: Drawn, seed: number, fold: boolean): Promise<void> {
  const rng = generator(seed)
  const net = asIfTrained(build(rng), rng)
  const batches = [3, 1, 5].map(n => randn([n, ...input], rng))
  const outputs = await runOnnx(exportOnnx(net, input, { fold }), batches)
  batches.forEach((x, i) => {
    expectAgreement(outputs[i], net(x))
  })
}

describe('onnxruntime computes what the layer does', () => {
  test.each(Object.entries(DRAWN_LAYERS))('%s', async (_, layers) => {
    await check(fc.asyncProperty(layers, fc.integer(), fc.boolean(), agrees), 30)
  })
})

describe('onnxruntime computes what the net does', () => {
  test.each(Object.entries(DRAWN_NETS))('%s', async (_, nets) => {
    await check(fc.asyncProperty(nets as fc.Arbitrary<Drawn>, fc.integer(), fc.boolean(), agrees), 10)
  })
})

test('a file with another weight computes something else', async () => {
  const input: Shape = [9, 8, 1]
  const net = smallNet({ dim: 3, input: [9, 8, 1], rng: generator(1) })
  const x = randn([2, ...input], generator(2))
  const before = exportOnnx(net, input)
  const weight = net.parameters['fc.weight']
  weight.assign(weight.mul(1.01))
  const [z] = await runOnnx(before, [x])
  expect(() => expectAgreement(z, net(x))).toThrow()
})

test('a group norm keeps its digits where the mean is a hundred times the deviation', async () => {
  const input: Shape = [16, 16, 4]
  const net = layers.groupNorm({ channels: 4, groups: 2 })
  const x = randn([2, ...input], generator(3)).add(100)
  const [z] = await runOnnx(exportOnnx(net, input), [x])
  const right = net(x).dataSync()
  const errors = z.dataSync().map((v, i) => Math.abs(v - right[i]))
  // Float32 keeps 100 + x to 4e-6, and both means to about as much; mean(x²) - mean(x)² is off by 1e-2 here.
  expect(Math.max(...errors)).toBeLessThan(1e-4)
})
