import { describe, expect, test } from 'vitest'
import * as ir from '../../models/all.ts'
import { netCases } from './cases/net.ts'
import { NETS, type NetName } from './cases/nets.ts'
import { planOf, type Step } from './cases/plan.ts'
import { mostMemory } from './harness/memory.ts'
import { prepareNetStep } from './ours/net.ts'

type T = ir.Tensor

/** The plan computed as a peer computes it, in training. */
function computed(steps: readonly Step[], x: T, parameters: readonly T[]): T {
  return steps.reduce((z, { kind, tensors, stride, padding, kernel, slope, eps, branch, shortcut }) => {
    const [a, b] = tensors.map(i => parameters[i])
    if (kind === 'conv2d') return ir.conv2d(z, a, { bias: b, stride, padding })
    if (kind === 'linear') return ir.add(ir.matmul(z, a), b)
    if (kind === 'batchNorm') {
      const axis = [0, 1, 2]
      const centred = ir.sub(z, ir.mean(z, { axis, keepDims: true }))
      const variance = ir.mean(ir.mul(centred, centred), { axis, keepDims: true })
      return ir.add(ir.mul(ir.div(centred, ir.sqrt(ir.add(variance, eps!))), a), b)
    }
    if (kind === 'prelu') return ir.where(ir.greater(z, 0), z, ir.mul(z, a))
    if (kind === 'leakyRelu') return ir.where(ir.greater(z, 0), z, ir.mul(z, slope!))
    if (kind === 'relu') return ir.maximum(z, 0)
    if (kind === 'maxPool2d') return ir.maxPool2d(z, kernel!, { stride, padding })
    if (kind === 'globalAvgPool') return ir.mean(z, { axis: [1, 2] })
    if (kind === 'flatten') return ir.reshape(z, [z.shape[0], -1])
    return ir.add(computed(shortcut ?? [], z, parameters), computed(branch!, z, parameters))
  }, x)
}

describe('a net as data', () => {
  test.each(Object.keys(NETS) as NetName[])('%s computes what the net does', name => {
    const input = [16, 16, 3] as const
    const net = NETS[name]({ input })
    const { steps, parameters, dim } = planOf(net, input)
    const x = ir.randn([2, ...input], ir.generator(1))
    const expected = net(x, { training: true })
    const tensors = Object.values(net.parameters)
    expect(parameters.map(p => p.shape)).toEqual(tensors.map(p => p.shape))
    expect(expected.shape).toEqual([2, dim])
    const [z, largest] = [computed(steps, x, tensors), ir.max(ir.abs(expected)).item()]
    // Rounding in float32 through 20 layers, some by minimal filtering.
    expect(ir.max(ir.abs(ir.sub(z, expected))).item()).toBeLessThan(1e-4 * largest)
  })

  test('counts products by definition', () => {
    const conv = { in: 3, out: 8, kernel: 3, stride: 2, padding: 1, seed: 0 }
    const net = ir.layers.sequential({
      conv: ir.layers.conv2d(conv),
      flatten: ir.layers.flatten(),
      fc: ir.layers.linear({ in: 4 * 4 * 8, out: 5, seed: 0 }),
    })
    const [first, second] = [2 * (4 * 4 * 8) * (3 * 3 * 3), 2 * (4 * 4 * 8) * 5]
    const plan = planOf(net, [8, 8, 3])
    expect([plan.forward, plan.step]).toEqual([first + second, 2 * first + 3 * second])
  })

  test('what the peers are not told of is refused', () => {
    const conv = { in: 1, out: 1, kernel: 3, seed: 0 }
    const dilated = ir.layers.conv2d({ ...conv, dilation: 2 })
    expect(() => planOf(dilated, [8, 8, 1])).toThrow('a dilation of 1 expected, got 2')
    const grouped = ir.layers.conv2d({ ...conv, in: 2, out: 2, groups: 2 })
    expect(() => planOf(grouped, [8, 8, 2])).toThrow('one group expected, got 2')
    expect(() => planOf(ir.layers.gelu(), [8])).toThrow('a layer that the peers have expected, got gelu')
  })
})

test('a build that records takes the same steps', async () => {
  const c = netCases().find(({ name }) => name === 'step smallNet 28 b128')!
  const [now, before] = await Promise.all(
    [{}, { before: true }].map(async ways => {
      const prepared = prepareNetStep(c, ways)
      await prepared.call()
      await prepared.call()
      const outputs = await prepared.outputs()
      prepared.end()
      return outputs
    }),
  )
  expect(before).toEqual(now)
})

test('the most memory is at least what is resident now', () => {
  expect(mostMemory().bytes).toBeGreaterThanOrEqual(0.9 * process.memoryUsage().rss)
})
