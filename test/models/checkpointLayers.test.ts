import { describe, expect, it } from 'vitest'
import { createWasm } from '../../engine/backends/wasm/index.ts'
import { generator, grad, noGrad, randn, sum, type Tensor, tidy, valueAndGrad } from '../../engine/index.ts'
import { withPeak } from '../../engine/peak.ts'
import { mapRecord } from '../../engine/state.ts'
import { irCosFace, normFace } from '../../losses/index.ts'
import {
  exportOnnx,
  fold,
  type Layer,
  layers,
  resNet,
  sgd,
  sphereFaceNet,
  summary,
  Trainer,
} from '../../models/index.ts'
import { bits, values } from './training.ts'

const CLASSES = 3
const INPUT = [16, 16, 1] as const

/** Everything that has a memory; the tail's own block is within another. */
function richNet(again: (layer: Layer) => Layer): Layer {
  const rng = generator(1)
  const conv = (from: number, to: number): Layer =>
    layers.conv2d({ in: from, out: to, kernel: 3, padding: 1, rng })
  const block = (): Layer =>
    layers.sequential({
      conv: conv(4, 4),
      bn: layers.batchNorm({ channels: 4 }),
      act: layers.prelu({ channels: 4 }),
      drop: layers.dropout({ p: 0.4, rng }),
    })
  return layers.sequential({
    conv: again(conv(1, 4)),
    act: layers.prelu({ channels: 4 }),
    block1: again(layers.residual({ branch: block() })),
    blocks: again(layers.sequential({ a: again(block()), b: layers.residual({ branch: again(block()) }) })),
    pool: layers.globalAvgPool(),
    fc: layers.linear({ in: 4, out: 4, rng }),
  })
}

async function trained(net: Layer, loss = irCosFace({ classes: CLASSES, dim: 4 })) {
  const x = randn([24, ...INPUT], generator(2))
  const y = Int32Array.from({ length: 24 }, (_, i) => i % CLASSES)
  const optimizer = sgd([{ parameters: net.parameters }, { parameters: loss.parameters }].filter(given), {
    lr: 0.05,
    momentum: 0.9,
  })
  const trainer = new Trainer({ net, loss, optimizer, x, y, batch: 8 })
  const losses: number[] = []
  await trainer.run({ steps: 4, onStep: report => void losses.push(report.loss) })
  return { losses, state: bits(trainer.state()) }
}

const given = ({ parameters }: { parameters: Readonly<Record<string, Tensor>> }): boolean =>
  Object.keys(parameters).length > 0

describe('layers.checkpoint', () => {
  it('trains to the same bits: masks, running statistics and generators among them', async () => {
    const [plain, again] = [await trained(richNet(layer => layer)), await trained(richNet(layers.checkpoint))]
    expect(again.losses).toEqual(plain.losses)
    expect(again.state).toBe(plain.state)
  })

  it('is for all else the layer itself', () => {
    const [plain, again] = [richNet(layer => layer), richNet(layers.checkpoint)]
    const x = randn([2, ...INPUT], generator(3))
    expect(noGrad(() => again(x)).toArray()).toEqual(plain(x).toArray())
    expect(Object.keys(again.parameters)).toEqual(Object.keys(plain.parameters))
    expect(summary(again, INPUT)).toBe(summary(plain, INPUT))
    expect(Buffer.from(exportOnnx(again, INPUT)).equals(exportOnnx(plain, INPUT))).toBe(true)
    expect(fold(again)(x).toArray()).toEqual(fold(plain)(x).toArray())
    again.load(plain.state())
    expect(() => layers.checkpoint(1 as never)).toThrow('layers.checkpoint: layer')
  })
})

it('a checkpoint of a convolution takes in the activation behind it, and keeps what both read', () => {
  const conv = layers.conv2d({ in: 2, out: 3, kernel: 3, seed: 1 })
  const act = layers.prelu({ channels: 3 })
  const x = randn([2, 5, 5, 2], generator(1))
  const plain = layers.sequential({ conv, act })
  const again = layers.sequential({ conv: layers.checkpoint(conv), act })
  const { node } = again(x)
  expect(node?.op.name).toBe('checkpoint')
  expect(new Set(Object.values(node?.inputs ?? {}))).toEqual(new Set([x, ...Object.values(plain.parameters)]))
  const dz = randn([2, 3, 3, 3], generator(2))
  const of = (net: Layer) => grad(net(x), net.parameters, dz)
  expect(mapRecord(of(again), values)).toEqual(mapRecord(of(plain), values))
  // One of another kind is not taken in.
  expect(layers.sequential({ conv: layers.checkpoint(conv), act: layers.tanh() })(x).node?.op.name).toBe(
    'tanh',
  )
})

describe.each([
  ['resNet', resNet],
  ['sphereFaceNet', sphereFaceNet],
])('%s with checkpoint', (_, net) => {
  const options = { dim: 4, input: INPUT, width: 4, seed: 1 }

  it('trains to the same bits', async () => {
    const train = (checkpoint: boolean) =>
      trained(net({ ...options, checkpoint }), normFace({ classes: CLASSES, dim: 4 }))
    const [plain, again] = [await train(false), await train(true)]
    expect(again.losses).toEqual(plain.losses)
    expect(again.state).toBe(plain.state)
  })

  it('takes less memory', () => {
    const peak = (checkpoint: boolean): number => {
      const backend = createWasm({ threads: 1 })
      const input = [64, 64, 1] as const
      const f = net({ ...options, input, checkpoint, backend })
      const x = randn([8, ...input], generator(1), { backend })
      const step = () => noGrad(() => valueAndGrad(() => sum(f(x, { training: true })), f.parameters))
      return withPeak(backend, () => tidy(() => void step())).peak as number
    }
    expect(peak(true)).toBeLessThan(0.85 * peak(false))
  })

  it('refuses what is no flag', () => {
    expect(() => net({ ...options, checkpoint: 1 as never })).toThrow('checkpoint')
  })
})

it('outside training a checkpoint records what it reads alone', () => {
  const net = layers.checkpoint(layers.linear({ in: 2, out: 2, seed: 1 }))
  const z = tidy(() => net(randn([3, 2], generator(1))))
  expect(z.requiresGrad).toBe(true)
  expect(Object.values(z.node?.inputs ?? {}).length).toBe(3)
})
