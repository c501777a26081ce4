import { describe, expect, inject, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { backend as named } from '../../engine/backends/registry.ts'
import { generator, tensor } from '../../engine/index.ts'
import { cosFace, irCosFace, type Loss } from '../../losses/index.ts'
import * as layers from '../../models/layers/index.ts'
import { adam } from '../../models/optim/index.ts'
import { Trainer } from '../../models/train/trainer.ts'
import { gpuSubjects } from '../support/backends.ts'

const [CLASSES, SAMPLES, SIDE, DIM] = [5, 70, 11, 3]
/** Steps over which losses are compared: rounding leads two trainings apart in time. */
const COMPARED = 50

/** A net with every kind of layer, on images of a bright spot whose place is their class. */
function trainer(
  create: (options: { classes: number; dim: number; s: number; m: number; backend: Backend }) => Loss,
  backend: Backend,
) {
  const rng = generator(3)
  const at = { rng, backend }
  const net = layers.sequential({
    conv1: layers.conv2d({ ...at, in: 1, out: 6, kernel: 5, padding: 2, bias: false }),
    bn: layers.batchNorm({ channels: 6, backend }),
    act1: layers.prelu({ channels: 6, backend }),
    pool1: layers.maxPool2d({ kernel: 2 }),
    conv2: layers.conv2d({ ...at, in: 6, out: 8, kernel: 3, stride: 2 }),
    act2: layers.leakyRelu({ slope: 0.25 }),
    flatten: layers.flatten(),
    drop: layers.dropout({ p: 0.2, rng }),
    fc: layers.linear({ ...at, in: 2 * 2 * 8, out: DIM }),
  })
  const y = Int32Array.from({ length: SAMPLES }, (_, i) => i % CLASSES)
  const images = Float32Array.from({ length: SAMPLES * SIDE ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / SIDE) % SIDE, i % SIDE]
    const turn = (2 * Math.PI * y[Math.floor(i / SIDE ** 2)]) / CLASSES
    const far = (row - 5 - 3 * Math.sin(turn)) ** 2 + (column - 5 - 3 * Math.cos(turn)) ** 2
    return Math.exp(-far / 4) + rng.normal()
  })
  const loss = create({ classes: CLASSES, dim: DIM, s: 8, m: 0.2, backend })
  const optimizer = adam([{ parameters: net.parameters }, { parameters: loss.parameters, lr: 0.03 }], {
    lr: 0.01,
  })
  const x = tensor(images, { shape: [SAMPLES, SIDE, SIDE, 1], backend })
  return new Trainer({ net, loss, optimizer, x, y, batch: 32, seed: 4, clip: { norm: 5 } })
}

/** The loss of each step. */
async function curve(t: Trainer, onStep: () => void = () => {}): Promise<number[]> {
  const losses: number[] = []
  await t.run({
    steps: inject('steps'),
    onStep({ loss }) {
      losses.push(loss)
      onStep()
    },
  })
  return losses
}

describe.each(gpuSubjects())('training on $name', ({ create }) => {
  it.each([
    ['cosFace', cosFace],
    ['irCosFace', irCosFace],
  ])('%s: its loss as on wasm, one readback a step, and no growth', async (_, loss) => {
    const right = await curve(trainer(loss, named('wasm')))
    const backend = await create()
    const t = trainer(loss, backend)
    const reads: number[] = []
    const used: number[] = []
    let before = backend.readbacks
    const losses = await curve(t, () => {
      reads.push(backend.readbacks - before)
      before = backend.readbacks
      used.push(backend.used)
    })
    const off = losses.slice(0, COMPARED).map((l, i) => Math.abs(l / right[i] - 1))
    expect(Math.max(...off)).toBeLessThan(0.01)
    expect(right.at(-1)).toBeLessThan(right[0] / 2)
    expect(new Set(reads)).toEqual(new Set([1]))
    // The optimiser's memory comes with the first step; what made the net goes as the garbage collector finds it.
    expect(used.slice(2).filter((bytes, i) => bytes > used[i + 1])).toEqual([])
  })
})
