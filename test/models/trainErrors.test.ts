import { describe, expect, it } from 'vitest'
import { generator, type State, sqrt, type Tensor, tensor, zeros } from '../../engine/index.ts'
import { arcFace, irCosFace } from '../../losses/index.ts'
import type { ForwardOptions } from '../../models/layers/index.ts'
import { sgd } from '../../models/optim/index.ts'
import type { TrainerOptions } from '../../models/train/options.ts'
import { Trainer } from '../../models/train/trainer.ts'
import { bits, both, build, CLASSES, clouds, plainNet, richNet, take, values } from './training.ts'

describe('Trainer', () => {
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

  it.each([undefined, null, Number.NaN, Number.POSITIVE_INFINITY, -1, '1', 1n])(
    'refuses a schedule that gives %s, and moves nothing',
    async factor => {
      const trainer = build({ more: { schedule: () => factor as number } })
      const before = bits(trainer.state())
      const error = /^Trainer: schedule\(0\) as a number >= 0 that is finite expected, got /
      expect(() => trainer.step()).toThrow(error)
      await expect(trainer.run({ steps: 1 })).rejects.toThrow(error)
      expect(bits(trainer.state())).toBe(before)
    },
  )

  it.each([{ update() {} }, { start() {}, update() {} }, { start: 1, update() {}, stop() {} }, null])(
    'refuses %o as what draws the progress',
    async progress => {
      const run = build().run({ steps: 1, progress: progress as never })
      await expect(run).rejects.toThrow(
        'Trainer.run: progress as true, a label, or { start, update, stop } expected',
      )
    },
  )

  it('leaves centres and running statistics as they were where a pixel is NaN, and names the sample', () => {
    const { x, y } = clouds(16, generator(1))
    const right = x.dataSync()
    const trainer = build({
      net: richNet,
      loss: () => irCosFace({ classes: CLASSES, dim: 2 }),
      more: { x, y, batch: 16 },
    })
    trainer.step()
    const before = bits(trainer.state())
    x.assign(tensor(right.slice().fill(Number.NaN, 9, 10), { shape: x.shape }))
    expect(() => trainer.step()).toThrow(
      'Trainer: a finite loss expected, got NaN at step 2, NaN in x of sample 4',
    )
    expect(bits(trainer.state())).toBe(before)
    x.assign(tensor(right, { shape: x.shape }))
    expect(Number.isFinite(trainer.step())).toBe(true)
  })

  it.each([undefined, { norm: 1 }, { value: 1 }])(
    'refuses the gradient of sqrt at 0 under a finite loss, clipped by %o, and names its parameters',
    clip => {
      const inner = plainNet(generator(1))
      const net = Object.assign(
        (x: Tensor, options?: ForwardOptions) => inner(x, options).add(sqrt(inner(x).mul(0))),
        { ...inner },
      )
      const trainer = build({ net: () => net, more: { clip } })
      const before = bits(trainer.state())
      expect(() => trainer.step()).toThrow(
        /^Trainer: finite gradients expected, got NaN in that of 0\.fc1\.weight, .*0\.fc2\.bias at step 1$/,
      )
      expect(bits(trainer.state())).toBe(before)
    },
  )

  it('takes data whose sum is beyond the largest number, and says nothing', () => {
    const inner = plainNet(generator(1))
    const small = Object.assign((x: Tensor, options?: ForwardOptions) => inner(x.mul(1e-38), options), {
      ...inner,
    })
    const x = tensor(new Float32Array(100).fill(3e38), { shape: [50, 2] })
    const trainer = build({ net: () => small, more: { x } })
    expect(Number.isFinite(trainer.step())).toBe(true)
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
    expect(make({ y: y.subarray(1) })).toThrow('20 labels expected, got 19')
    expect(make({ y: Array.from(y, v => v + 0.5) })).toThrow(
      'Trainer: arcFace: labels are integers from 0 to 2, got 0.5 for sample 0',
    )
    expect(make({ seed: 0.5 })).toThrow('the seed is an integer, got 0.5')
    expect(make({ optimizer: sgd(net.parameters, { lr: 1 }) })).toThrow("got one without loss's")
    expect(make({ optimizer: sgd(loss.parameters, { lr: 1 }) })).toThrow("got one without net's fc1.weight")
    // Before the first step, and by sample, wherever in the data it stands.
    expect(make({ y: Array.from(y, (v, i) => (i === 17 ? CLASSES : v)) })).toThrow(
      'Trainer: arcFace: labels are integers from 0 to 2, got 3 for sample 17',
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
    refused({ ...good, values: { ...good.values, 'batches.sampler.at': 51 } }, 'at is at most 50, got 51')
    refused({ ...good, values: { ...good.values, 'batches.sampler.samples': 49 } }, 'samples is 50, got 49')
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
