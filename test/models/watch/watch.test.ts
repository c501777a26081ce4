import { describe, expect, it } from 'vitest'
import { generator } from '../../../engine/index.ts'
import { cosFace } from '../../../losses/index.ts'
import { loadCheckpoint, saveCheckpoint } from '../../../models/checkpoint.ts'
import type { Report } from '../../../models/train/progress.ts'
import { averageWeights } from '../../../models/watch/averageWeights.ts'
import { callbacks } from '../../../models/watch/callbacks.ts'
import { jsonLog } from '../../../models/watch/jsonLog.ts'
import { keepBest } from '../../../models/watch/keepBest.ts'
import { lrRangeTest } from '../../../models/watch/lrRangeTest.ts'
import { bits, both, build, clouds, richNet, values } from '../training.ts'

const report = (step: number): Report => ({ step, loss: 1, lr: 0.1, samples: 4 })

describe('callbacks', () => {
  it('calls all in order, waits for each, and ends the run where one says so', async () => {
    const told: string[] = []
    const slow = async ({ step }: Report) => {
      await new Promise(resolve => setTimeout(resolve))
      told.push(`slow ${step}`)
      return step < 2
    }
    const last = await build().run({
      steps: 9,
      onStep: callbacks(slow, ({ step }) => told.push(`next ${step}`)),
    })
    expect(last?.step).toBe(2)
    expect(told).toEqual(['slow 1', 'next 1', 'slow 2', 'next 2'])
    expect(() => callbacks(1 as never)).toThrow('callbacks: callback 0 as a function expected, got 1')
  })
})

describe('jsonLog', () => {
  it('writes a line of JSON a step, whole lists among it', async () => {
    const lines: string[] = []
    const reports: Report[] = []
    await build().run({
      steps: 3,
      forces: true,
      onStep: callbacks(
        r => void reports.push(r),
        jsonLog(
          line => lines.push(line),
          ({ step }) => ({ square: step * step }),
        ),
      ),
    })
    expect(lines.every(line => line.indexOf('\n') === line.length - 1)).toBe(true)
    const expected = reports.map(r => ({
      ...r,
      pull: Array.from(r.pull!),
      push: Array.from(r.push!),
      square: r.step ** 2,
    }))
    expect(lines.map(line => JSON.parse(line))).toEqual(expected)
  })
})

describe('keepBest', () => {
  const figures = [1, 5, 5, 3, 4, 6, 0]

  it('keeps what the net had at the best figure, the first of equals', async () => {
    const trainer = build({ net: richNet })
    const seen: string[] = []
    const best = keepBest(trainer.net, { every: 2, metric: step => figures[step / 2 - 1] })
    expect(() => best.restore()).toThrow('keepBest.restore: a look at the metric before expected, got none')
    const onStep = callbacks(() => void seen.push(bits(trainer.net.state())), best.onStep)
    await trainer.run({ steps: 11, onStep })
    expect([best.value, best.step, best.stale]).toEqual([5, 4, 3])
    best.restore()
    expect(bits(trainer.net.state())).toBe(seen[3])
    // Kept values are not those that later steps change.
    await trainer.run({ steps: 2, onStep })
    expect([best.value, best.step]).toEqual([6, 12])
  })

  it('ends the run after `patience` looks that were no better, also of less is better', async () => {
    for (const [mode, sign] of [
      ['max', 1],
      ['min', -1],
    ] as const) {
      const trainer = build()
      const best = keepBest(trainer, {
        every: 1,
        mode,
        patience: 2,
        metric: async step => sign * figures[step - 1],
      })
      await trainer.run({ steps: 7, onStep: best.onStep })
      expect(trainer.steps).toBe(4)
      best.restore()
      expect(trainer.steps).toBe(2)
    }
    const demanding = keepBest(build(), { every: 1, minDelta: 2, metric: step => figures[step - 1] })
    for (let step = 1; step <= 6; step++) await demanding.onStep(report(step))
    expect(demanding.step).toBe(2)
  })

  it('goes on from its state as it would have', async () => {
    const trainer = build()
    const make = () => keepBest(trainer.net, { every: 1, patience: 3, metric: step => figures[step - 1] })
    const [whole, first] = [make(), make()]
    await trainer.run({ steps: 4, onStep: callbacks(whole.onStep, first.onStep) })
    const second = make()
    second.load(loadCheckpoint(saveCheckpoint(first.state())))
    expect([second.value, second.step, second.stale]).toEqual([5, 2, 2])
    await trainer.run({ steps: 2, onStep: callbacks(whole.onStep, second.onStep) })
    expect(bits(second.state())).toBe(bits(whole.state()))
    second.load(make().state())
    expect(second.value).toBeUndefined()
  })

  it('refuses a figure that is none', async () => {
    const best = keepBest(build().net, { every: 1, metric: () => Number.NaN })
    await expect(best.onStep(report(1))).rejects.toThrow(
      'keepBest: metric as a number expected at step 1, got NaN',
    )
  })
})

describe('averageWeights', () => {
  it('is the sum of all weights with their shares, and the net has it only meanwhile', async () => {
    const trainer = build({ net: richNet })
    const average = averageWeights(trainer.net, { decay: 0.4 })
    const weights = () => values(trainer.net.parameters['fc1.weight'])
    let expected = weights()
    await trainer.run({
      steps: 6,
      onStep: callbacks(average.onStep, ({ step: t }) => {
        const d = Math.min(0.4, (1 + t) / (10 + t))
        expected = weights().map((w, i) => d * expected[i] + (1 - d) * w)
      }),
    })
    const before = bits(trainer.net.state())
    const meanwhile = average.during(weights)
    // float32 beside float64: six roundings of numbers below 1.
    for (const [i, w] of meanwhile.entries()) expect(Math.abs(w - expected[i])).toBeLessThan(1e-6)
    expect(meanwhile).not.toEqual(weights())
    expect(await average.during(async () => weights())).toEqual(meanwhile)
    expect(() =>
      average.during(() => {
        throw new Error('enough')
      }),
    ).toThrow('enough')
    expect(bits(trainer.net.state())).toBe(before)
    const again = averageWeights(trainer.net, { decay: 0.4 })
    again.load(loadCheckpoint(saveCheckpoint(average.state())))
    again.apply()
    expect(weights()).toEqual(meanwhile)
  })
})

describe('lrRangeTest', () => {
  const parts = () => {
    const rng = generator(3)
    const net = richNet(rng)
    const loss = cosFace({ classes: 3, dim: 2, s: 8, m: 0.2 })
    return { net, loss, optimizer: both(net, loss), ...clouds(50, rng), batch: 16, seed: 1 }
  }

  it('takes the steps of a trainer of that schedule, and leaves all as it was', async () => {
    const trained = parts()
    const all = () => [trained.net, trained.loss, trained.optimizer].map(part => bits(part.state()))
    const before = all()
    const { lrs, losses, smoothed, steepest } = await lrRangeTest(trained, {
      low: 1e-4,
      high: 1,
      steps: 9,
      divergence: 1e9,
    })
    expect(all()).toEqual(before)
    expect(lrs.length).toBe(9)
    expect([lrs[0], lrs[8]].map(lr => lr.toPrecision(12))).toEqual([1e-4, 1].map(lr => lr.toPrecision(12)))
    expect(lrs[4]).toBeCloseTo(1e-2, 12)
    const { losses: again } = await lrRangeTest(trained, { low: 1e-4, high: 1, steps: 9, divergence: 1e9 })
    expect(again).toEqual(losses)
    expect(smoothed[0]).toBeCloseTo(losses[0], 12)
    const inner = Array.from({ length: 7 }, (_, i) => i + 1)
    const falls = inner.map(t => smoothed[t + 1] - smoothed[t - 1])
    expect(steepest).toBe(lrs[1 + falls.indexOf(Math.min(...falls))])
  })

  it('ends where the loss runs away, and gives all back where a step throws', async () => {
    const trained = parts()
    const before = bits(trained.net.state())
    const { losses } = await lrRangeTest(trained, { low: 1e-3, high: 1e4, steps: 60, divergence: 1.01 })
    expect(losses.length).toBeLessThan(60)
    expect(bits(trained.net.state())).toBe(before)
    const inner = trained.optimizer.step
    const failing = {
      ...trained.optimizer,
      step(...args: Parameters<typeof inner>) {
        inner(...args)
        throw new Error('enough')
      },
    }
    await expect(lrRangeTest({ ...trained, optimizer: failing })).rejects.toThrow('enough')
    expect(bits(trained.net.state())).toBe(before)
  })
})
