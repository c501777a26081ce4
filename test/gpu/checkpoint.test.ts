import { describe, expect, it } from 'vitest'
import { type Backend, generator, backend as named, uniform } from '../../engine/index.ts'
import { irCosFace } from '../../losses/index.ts'
import { loadCheckpoint, moveState, saveCheckpoint } from '../../models/checkpoint.ts'
import * as layers from '../../models/layers/index.ts'
import { adam } from '../../models/optim/index.ts'
import { Trainer } from '../../models/train/trainer.ts'
import { gpuSubjects } from '../support/backends.ts'

function trainer(backend: Backend): Trainer {
  const rng = generator(1)
  const net = layers.sequential({
    conv: layers.conv2d({ in: 1, out: 4, kernel: 3, stride: 2, rng, backend }),
    bn: layers.batchNorm({ channels: 4, backend }),
    flatten: layers.flatten(),
    fc: layers.linear({ in: 3 * 3 * 4, out: 2, rng, backend }),
  })
  const loss = irCosFace({ classes: 3, dim: 2, s: 8, m: 0.2, backend })
  const x = uniform([24, 7, 7, 1], rng, { backend })
  const y = Int32Array.from({ length: 24 }, (_, i) => i % 3)
  return new Trainer({ net, loss, optimizer: adam(net.parameters, { lr: 0.01 }), x, y, batch: 8, seed: 2 })
}

async function train(t: Trainer, steps: number): Promise<number[]> {
  const losses: number[] = []
  await t.run({ steps, onStep: ({ loss }) => losses.push(loss) })
  return losses
}

const bytesOf = async (t: Trainer): Promise<Uint8Array> =>
  saveCheckpoint(await moveState(t.state(), named('wasm')))

describe.each(gpuSubjects())('a training on $name', ({ create }) => {
  it('goes on bit for bit from the bytes of a checkpoint', async () => {
    const backend = await create()
    const whole = trainer(backend)
    await train(whole, 3)
    const bytes = await bytesOf(whole)
    const rest = await train(whole, 4)
    const resumed = trainer(backend)
    resumed.load(loadCheckpoint(bytes, { backend }))
    expect(await train(resumed, 4)).toEqual(rest)
    expect(await bytesOf(resumed)).toEqual(await bytesOf(whole))
  })
})
