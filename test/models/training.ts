import { type Generator, generator, type State, type Tensor, tensor } from '../../engine/index.ts'
import { cosFace } from '../../losses/index.ts'
import type { Loss } from '../../losses/loss.ts'
import * as layers from '../../models/layers/index.ts'
import { adam, type Optimizer, sgd } from '../../models/optim/index.ts'
import type { TrainerOptions } from '../../models/train/options.ts'
import { Trainer } from '../../models/train/trainer.ts'

export const CLASSES = 3
export const values = (t: Tensor): number[] => Array.from(t.dataSync())

/** Three clouds in the plane, by turns. */
export function clouds(n: number, rng: Generator): { x: Tensor; y: Int32Array } {
  const y = Int32Array.from({ length: n }, (_, i) => i % CLASSES)
  const points = Array.from(y, label => {
    const angle = (2 * Math.PI * label) / CLASSES
    return [2 * Math.cos(angle) + 0.5 * rng.normal(), 2 * Math.sin(angle) + 0.5 * rng.normal()]
  })
  return { x: tensor(points), y }
}

export const plainNet = (rng: Generator) =>
  layers.sequential({
    fc1: layers.linear({ in: 2, out: 8, rng }),
    act: layers.leakyRelu({ slope: 0.25 }),
    fc2: layers.linear({ in: 8, out: 2, rng }),
  })

/** With everything that has a memory beside its parameters. */
export const richNet = (rng: Generator) =>
  layers.sequential({
    fc1: layers.linear({ in: 2, out: 8, rng }),
    bn: layers.batchNorm({ channels: 8 }),
    act: layers.prelu({ channels: 8 }),
    drop: layers.dropout({ p: 0.3, rng }),
    fc2: layers.linear({ in: 8, out: 2, rng }),
  })

export interface Setting {
  net?: (rng: Generator) => layers.Layer
  loss?: () => Loss
  optimizer?: (net: layers.Layer, loss: Loss) => Optimizer
  seed?: number
  more?: Partial<TrainerOptions>
}

export function build({
  net = plainNet,
  loss = () => cosFace({ classes: CLASSES, dim: 2, s: 8, m: 0.2 }),
  optimizer = both,
  seed = 1,
  more,
}: Setting = {}) {
  const rng = generator(seed)
  const { x, y } = clouds(50, rng)
  const [model, criterion] = [net(rng), loss()]
  return new Trainer({
    net: model,
    loss: criterion,
    optimizer: optimizer(model, criterion),
    x,
    y,
    batch: 16,
    seed,
    ...more,
  })
}

export const both = (net: layers.Layer, loss: Loss): Optimizer =>
  adam([{ parameters: net.parameters }, { parameters: loss.parameters, lr: 0.03 }], { lr: 0.01 })
export const momentum = (net: layers.Layer, loss: Loss): Optimizer =>
  sgd([{ parameters: net.parameters }, { parameters: loss.parameters }], {
    lr: 0.02,
    momentum: 0.9,
    nesterov: true,
  })

/** All bits of a state. */
export const bits = (state: State): string =>
  JSON.stringify([Object.entries(state.tensors).map(([name, t]) => [name, values(t)]), state.values])

export const take = (trainer: Trainer, steps: number): number[] =>
  Array.from({ length: steps }, () => trainer.step())
export const average = (xs: number[]): number => xs.reduce((a, b) => a + b) / xs.length

/** The data of a setting's own seed. */
export function dataOf({ seed = 1 }: Setting) {
  return clouds(50, generator(seed))
}
