import { describe, expect, it } from 'vitest'
import {
  backend,
  type Generator,
  generator,
  grad,
  randn,
  type State,
  setBackend,
  stopGradient,
  type Tensor,
  tensor,
  zeros,
} from '../../engine/index.ts'
import { arcFace, cosFace, irCosFace, irNormFace, sphereFace } from '../../losses/index.ts'
import { callable, type Loss } from '../../losses/loss.ts'
import { Batches } from '../../models/batches.ts'
import { loadCheckpoint, saveCheckpoint } from '../../models/checkpoint.ts'
import { embed } from '../../models/embed.ts'
import * as layers from '../../models/layers/index.ts'
import {
  adam,
  clipGradNorm,
  clipGradValue,
  type Optimizer,
  sgd,
  warmupCosine,
} from '../../models/optim/index.ts'
import { clock, progressBar, type Report } from '../../models/progress.ts'
import { Trainer, type TrainerOptions } from '../../models/train.ts'

const CLASSES = 3
const values = (t: Tensor): number[] => Array.from(t.dataSync())

/** Three clouds in the plane, by turns. */
function clouds(n: number, rng: Generator): { x: Tensor; y: Int32Array } {
  const y = Int32Array.from({ length: n }, (_, i) => i % CLASSES)
  const points = Array.from(y, label => {
    const angle = (2 * Math.PI * label) / CLASSES
    return [2 * Math.cos(angle) + 0.5 * rng.normal(), 2 * Math.sin(angle) + 0.5 * rng.normal()]
  })
  return { x: tensor(points), y }
}

const plainNet = (rng: Generator) =>
  layers.sequential({
    fc1: layers.linear({ in: 2, out: 8, rng }),
    act: layers.leakyRelu({ slope: 0.25 }),
    fc2: layers.linear({ in: 8, out: 2, rng }),
  })

/** With everything that has a memory beside its parameters. */
const richNet = (rng: Generator) =>
  layers.sequential({
    fc1: layers.linear({ in: 2, out: 8, rng }),
    bn: layers.batchNorm({ channels: 8 }),
    act: layers.prelu({ channels: 8 }),
    drop: layers.dropout({ p: 0.3, rng }),
    fc2: layers.linear({ in: 8, out: 2, rng }),
  })

interface Setting {
  net?: (rng: Generator) => layers.Layer
  loss?: () => Loss
  optimizer?: (net: layers.Layer, loss: Loss) => Optimizer
  seed?: number
  more?: Partial<TrainerOptions>
}

function build({
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

const both = (net: layers.Layer, loss: Loss): Optimizer =>
  adam([{ parameters: net.parameters }, { parameters: loss.parameters, lr: 0.03 }], { lr: 0.01 })
const momentum = (net: layers.Layer, loss: Loss): Optimizer =>
  sgd([{ parameters: net.parameters }, { parameters: loss.parameters }], {
    lr: 0.02,
    momentum: 0.9,
    nesterov: true,
  })

/** All bits of a state. */
const bits = (state: State): string =>
  JSON.stringify([Object.entries(state.tensors).map(([name, t]) => [name, values(t)]), state.values])

const take = (trainer: Trainer, steps: number): number[] =>
  Array.from({ length: steps }, () => trainer.step())
const average = (xs: number[]): number => xs.reduce((a, b) => a + b) / xs.length

const SETTINGS: readonly [string, Setting][] = [
  ['cosFace, Adam', {}],
  [
    'irCosFace, momentum, batch norm, dropout',
    { net: richNet, loss: () => irCosFace({ classes: CLASSES, dim: 2, s: 8, m: 0.2 }), optimizer: momentum },
  ],
  [
    'irNormFace with a running mean and late, Adam, a schedule, clipping',
    {
      net: richNet,
      loss: () => irNormFace({ classes: CLASSES, dim: 2, s: 8, late: true, runningMean: true }),
      more: { schedule: warmupCosine({ warmup: 4, steps: 40 }), clip: { norm: 1, value: 0.2 } },
    },
  ],
  [
    'irCosFace with exact centres every 3 steps',
    {
      net: richNet,
      loss: () => irCosFace({ classes: CLASSES, dim: 2, s: 8, m: 0.2, estimator: 'exact', refreshEvery: 3 }),
    },
  ],
  ['sphereFace, annealed', { loss: () => sphereFace({ classes: CLASSES, dim: 2 }), optimizer: momentum }],
]

describe.each(SETTINGS)('%s', (_, setting) => {
  it('lowers the loss substantially', () => {
    const trainer = build(setting)
    const losses = take(trainer, 120)
    expect(average(losses.slice(-20))).toBeLessThan(0.8 * average(losses.slice(0, 5)))
  })

  it('takes the steps that its parts taken by hand take, bit for bit', () => {
    const [trainer, parts] = [build(setting), build(setting)]
    const { net, loss, optimizer } = parts
    const { schedule = () => 1, clip } = setting.more ?? {}
    const { x, y } = dataOf(setting)
    const batches = new Batches(x, y, 16, setting.more?.seed ?? setting.seed ?? 1)
    for (let t = 0; t < 5; t++) {
      if (loss.refreshEvery > 0 && t % loss.refreshEvery === 0) loss.refresh(net(x), y)
      const batch = batches.next()
      const features = net(batch.x, { training: true })
      loss.update(stopGradient(features), batch.y)
      const value = loss(features, batch.y)
      let grads = grad(value, optimizer.parameters)
      if (clip?.value !== undefined) grads = clipGradValue(grads, clip.value)
      if (clip?.norm !== undefined) grads = clipGradNorm(grads, clip.norm).grads
      optimizer.step(grads, schedule(t))
      expect(trainer.step()).toBe(value.item())
    }
    for (const part of ['net', 'loss', 'optimizer'] as const) {
      expect(bits(trainer[part].state())).toBe(bits(parts[part].state()))
    }
  })

  it('is the same again with the same seed', () => {
    const [a, b] = [build(setting), build(setting)]
    expect(take(b, 12)).toEqual(take(a, 12))
    expect(bits(b.state())).toBe(bits(a.state()))
    const other = build({ ...setting, more: { ...setting.more, seed: 2 } })
    expect(take(other, 12)).not.toEqual(take(build(setting), 12))
  })

  it('stopped anywhere and resumed from its checkpoint ends with the same bits', () => {
    const whole = build(setting)
    const expected = take(whole, 14)
    for (const stop of [0, 1, 3, 7, 13]) {
      const first = build(setting)
      const before = take(first, stop)
      const bytes = saveCheckpoint(first.state())
      // Another process would start from another seed; nothing of it may be left.
      const resumed = build({ ...setting, seed: 77, more: { ...setting.more, ...dataOf(setting) } })
      take(resumed, 2)
      resumed.load(loadCheckpoint(bytes))
      expect(resumed.steps).toBe(stop)
      expect([...before, ...take(resumed, 14 - stop)]).toEqual(expected)
      expect(bits(resumed.state())).toBe(bits(whole.state()))
    }
  })

  it('leaves no tensor behind after a step', () => {
    const counting = counted()
    const before = backend()
    setBackend(counting.backend)
    try {
      const trainer = build(setting)
      take(trainer, 3)
      const live = counting.live()
      for (let i = 0; i < 6; i++) {
        trainer.step()
        expect(counting.live()).toBe(live)
      }
    } finally {
      setBackend(before)
    }
  })
})

/** The data of a setting's own seed. */
function dataOf({ seed = 1 }: Setting) {
  return clouds(50, generator(seed))
}

/** The reference backend, with a count of the buffers that were made and not freed. */
function counted() {
  const made = new Set<object>()
  const inner = backend('reference')
  const counting = new Proxy(inner, {
    get(target, key, receiver) {
      const member = Reflect.get(target, key, receiver)
      if (key === 'free') return (buffer: object) => made.delete(buffer)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        const result = member.apply(receiver, args)
        if (
          typeof result === 'object' &&
          result !== null &&
          'buffer' in result &&
          !ArrayBuffer.isView(result)
        ) {
          made.add(result.buffer as object)
        }
        return result
      }
    },
  })
  return { backend: counting, live: () => made.size }
}

describe('Trainer', () => {
  it('calls refresh, update and the loss in this order, the first two without a graph', () => {
    const calls: string[] = []
    const inner = irCosFace({ classes: CLASSES, dim: 2 })
    const { parameters, prototypes, logits, state, load } = inner
    const loss = callable(
      (x, y) => {
        calls.push(`loss ${x.requiresGrad} ${x.shape}`)
        return inner(x, y)
      },
      {
        ...{ name: 'spy', parameters, prototypes, logits, state, load, refreshEvery: 2 },
        update: x => calls.push(`update ${x.requiresGrad} ${x.shape}`),
        refresh: x => calls.push(`refresh ${x.requiresGrad} ${x.shape}`),
      },
    )
    take(build({ loss: () => loss }), 3)
    const step = ['update false 16,2', 'loss true 16,2']
    expect(calls).toEqual(['refresh false 50,2', ...step, ...step, 'refresh false 50,2', ...step])
  })

  it('visits every sample at most once an epoch, in another order each time', () => {
    const x = tensor(Array.from({ length: 10 }, (_, i) => [i, 0]))
    const y = Int32Array.from({ length: 10 }, (_, i) => i % CLASSES)
    const seen: number[][] = []
    const inner = plainNet(generator(1))
    const net = Object.assign(
      (t: Tensor, options?: layers.ForwardOptions) => {
        seen.push(values(t).filter((_, i) => i % 2 === 0))
        return inner(t, options)
      },
      { ...inner },
    ) as layers.Layer
    const loss = cosFace({ classes: CLASSES, dim: 2 })
    take(new Trainer({ net, loss, optimizer: both(net, loss), x, y, batch: 3, seed: 5 }), 6)
    const epochs = [seen.slice(0, 3).flat(), seen.slice(3).flat()]
    for (const epoch of epochs) expect(new Set(epoch).size).toBe(9)
    expect(epochs[0]).not.toEqual(epochs[1])
  })

  it('reports each step, stops when told, and goes on', async () => {
    const schedule = warmupCosine({ warmup: 2, steps: 10 })
    const trainer = build({ more: { schedule } })
    const reports: Report[] = []
    const onStep = (report: Report) => {
      reports.push(report)
      return report.step !== 4
    }
    expect(await trainer.run({ steps: 10, onStep })).toEqual(reports[3])
    expect(trainer.steps).toBe(4)
    await trainer.run({ steps: 6, onStep })
    expect(reports.map(r => r.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(reports.map(r => r.lr)).toEqual(reports.map((_, t) => 0.01 * schedule(t)))
    expect(reports.map(r => r.loss)).toEqual(take(build({ more: { schedule } }), 10))
    await expect(trainer.run({ steps: -1 })).rejects.toThrow('steps is an integer >= 0, got -1')
  })

  it('lets other events run meanwhile, and a progress of the caller draws every step, also when one throws', async () => {
    const trainer = build()
    const drawn: string[] = []
    const progress = {
      start: (last: number, done: number) => drawn.push(`start ${done} of ${last}`),
      update: ({ step }: Report) => drawn.push(`${step}`),
      stop: () => drawn.push('stop'),
    }
    await trainer.run({ steps: 2, progress })
    expect(drawn).toEqual(['start 0 of 2', '1', '2', 'stop'])
    const fails = () => {
      throw new Error('enough')
    }
    await expect(trainer.run({ steps: 2, progress, onStep: fails })).rejects.toThrow('enough')
    expect(drawn.slice(4)).toEqual(['start 2 of 4', '3', 'stop'])

    let over = false
    setTimeout(() => {
      over = true
    })
    // Stops only because the timer got its turn: without it the steps would go on and the count be reached.
    await trainer.run({ steps: 1_000_000, onStep: () => !over })
    expect(over).toBe(true)
  })

  it('stops at a loss that is no number, names the step, and moves no parameter', () => {
    const trainer = build({
      optimizer: net => sgd(net.parameters, { lr: 1e-3 }),
      loss: () => irCosFace({ classes: CLASSES, dim: 2 }),
    })
    trainer.step()
    const weight = trainer.net.parameters['fc1.weight']
    weight.assign(tensor(new Float32Array(16).fill(Number.NaN), { shape: [2, 8] }))
    const others = () => values(trainer.net.parameters['fc2.weight'])
    const before = others()
    expect(() => trainer.step()).toThrow(/Trainer: a finite loss expected, got NaN at step 2/)
    expect(others()).toEqual(before)
    expect(trainer.steps).toBe(1)
  })

  it('refuses data, labels and optimisers that do not fit', () => {
    const rng = generator(1)
    const net = plainNet(rng)
    const loss = arcFace({ classes: CLASSES, dim: 2 })
    const { x, y } = clouds(20, rng)
    const make = (more: Partial<TrainerOptions>) => () =>
      new Trainer({ net, loss, optimizer: both(net, loss), x, y, seed: 1, batch: 4, ...more })
    expect(make({ batch: 21 })).toThrow('at least one batch of 21 samples expected, got 20')
    expect(make({ batch: 0 })).toThrow('a size >= 1 expected, got 0')
    expect(make({ y: y.subarray(1) })).toThrow('one label a sample expected, got 19 for 20')
    expect(make({ y: Array.from(y, v => v + 0.5) })).toThrow('labels are integers >= 0, got 0.5 at 0')
    expect(make({ seed: 0.5 })).toThrow('the seed is an integer, got 0.5')
    expect(make({ optimizer: sgd(net.parameters, { lr: 1 }) })).toThrow("got one without loss's")
    expect(make({ optimizer: sgd(loss.parameters, { lr: 1 }) })).toThrow("got one without net's fc1.weight")
    expect(() => make({ y: Array.from(y, v => v + CLASSES) })().step()).toThrow(
      'arcFace: labels are integers',
    )
  })

  it('refuses a checkpoint that does not fit, and changes nothing', () => {
    const trainer = build({ net: richNet, loss: () => irCosFace({ classes: CLASSES, dim: 2 }) })
    take(trainer, 3)
    const good = trainer.state()
    const before = bits(good)
    take(trainer, 2)
    const now = bits(trainer.state())
    const refused = (state: State, message: string) => {
      expect(() => trainer.load(state)).toThrow(message)
      expect(bits(trainer.state())).toBe(now)
    }
    for (const name of Object.keys(good.tensors)) {
      const { [name]: t, ...rest } = good.tensors
      refused({ ...good, tensors: rest }, 'Trainer: ')
      refused(
        { ...good, tensors: { ...rest, [name]: zeros([...t.shape, 2], { dtype: t.dtype }) } },
        'Trainer: ',
      )
    }
    for (const name of Object.keys(good.values)) {
      const { [name]: _, ...rest } = good.values
      refused({ ...good, values: rest }, 'Trainer: ')
      refused({ ...good, values: { ...rest, [name]: 'text' } }, 'Trainer: ')
    }
    refused(
      { ...good, values: { ...good.values, 'trainer.steps': 1.5 } },
      'trainer: Trainer: steps is a whole number, got 1.5',
    )
    refused({ ...good, values: { ...good.values, 'batches.at': 51 } }, 'at is at most 50, got 51')
    const order = tensor(new Int32Array(50))
    refused({ ...good, tensors: { ...good.tensors, 'batches.order': order } }, 'each of 0 to 49 once')
    refused({ ...good, tensors: { ...good.tensors, netx: zeros([1]) } }, 'unknown: netx')
    trainer.load(good)
    expect(bits(trainer.state())).toBe(before)
  })

  it('its state does not move with later steps', () => {
    const trainer = build({ net: richNet })
    take(trainer, 2)
    const state = trainer.state()
    const before = bits(state)
    take(trainer, 3)
    expect(bits(state)).toBe(before)
  })
})

describe('progress', () => {
  it('tells the time left in minutes, and hours when there are any', () => {
    const times = [0, 9.6, 75, 3599, 3600, 36_061].map(clock)
    expect(times).toEqual(['0:00', '0:10', '1:15', '59:59', '1:00:00', '10:01:01'])
  })

  it('is a bar only where one was asked for, and drawing it changes no number', async () => {
    expect(await progressBar(false)).toBeUndefined()
    const [a, b] = [build(), build()]
    await a.run({ steps: 3, progress: 'cosFace' })
    await b.run({ steps: 3, progress: true })
    expect(bits(a.state())).toBe(bits(b.state()))
  })
})

describe('embed', () => {
  it('is the net outside training, whatever the block', () => {
    const rng = generator(8)
    const net = richNet(rng)
    const x = randn([11, 2], rng)
    net(x, { training: true })
    const expected = values(net(x))
    for (const block of [1, 3, 11, 100]) {
      const z = embed(net, x, block)
      expect(z.requiresGrad).toBe(false)
      expect(values(z)).toEqual(expected)
    }
    expect(() => embed(net, x, 0)).toThrow('embed: a block >= 1 expected, got 0')
    expect(() => embed(net, zeros([0, 2]))).toThrow('embed: at least one sample expected')
  })
})
