import { describe, expect, it } from 'vitest'
import { generator, randn, type Tensor, tensor, zeros } from '../../engine/index.ts'
import { cosFace, irCosFace } from '../../losses/index.ts'
import { callable } from '../../losses/loss.ts'
import { embed } from '../../models/embed.ts'
import type * as layers from '../../models/layers/index.ts'
import { warmupCosine } from '../../models/optim/index.ts'
import { clock, progressBar, type Report } from '../../models/train/progress.ts'
import { Trainer } from '../../models/train/trainer.ts'
import { bits, both, build, CLASSES, plainNet, richNet, take, values } from './training.ts'

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
        name: 'spy',
        parameters,
        prototypes,
        logits,
        state,
        load,
        refreshEvery: 2,
        updateAfter: false,
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
    await expect(trainer.run({ steps: -1 })).rejects.toThrow('steps as an integer >= 0 expected, got -1')
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
    expect(() => embed(net, x, 0)).toThrow('embed: a batch >= 1 expected, got 0')
    expect(() => embed(net, zeros([0, 2]))).toThrow('embed: at least one sample expected')
  })
})
