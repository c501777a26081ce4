import { describe, expect, it } from 'vitest'
import { backend, type State } from '../../engine/index.ts'
import { irCosFace } from '../../losses/index.ts'
import { loadCheckpoint, saveCheckpoint } from '../../models/checkpoint.ts'
import { noise, pixels } from '../../models/index.ts'
import type { Report } from '../../models/train/progress.ts'
import { bits, build, CLASSES, richNet, type Setting, take } from './training.ts'

const setting: Setting = {
  net: richNet,
  loss: () => irCosFace({ classes: CLASSES, dim: 2, usePreviousCenters: true }),
}

/** Data on a backend that answers later, as far as a run can see: it then prepares batches ahead. */
function answersLater(more: Setting = {}) {
  const x = pixels(
    Uint8Array.from({ length: 100 }, (_, k) => k * 2),
    { image: [1, 1, 2], augment: noise() },
  )
  const flat = {
    ...x,
    shape: [50, 2],
    draw: (picks: ArrayLike<number>) => () => x.draw(picks)().reshape([16, 2]),
  }
  const later = new Proxy(backend(), {
    get: (target, key) => (key === 'synchronous' ? false : Reflect.get(target, key, target)),
  })
  return { ...setting, ...more, more: { x: { ...flat, backend: later } } }
}

describe('steps', () => {
  it('are refused beside a step, and the state meanwhile is that of before it', async () => {
    const [trainer, twin] = [build(setting), build(setting)]
    await trainer.stepAsync()
    twin.step()
    const before = bits(trainer.state())
    const under = trainer.stepAsync()
    const meanwhile = trainer.state()
    expect(bits(meanwhile)).toBe(before)
    expect(() => trainer.step()).toThrow('Trainer.step: one step at a time expected')
    expect(() => trainer.load(meanwhile)).toThrow('Trainer.load: one step at a time expected')
    const beside = [trainer.stepAsync(), trainer.run({ steps: 2 })]
    for (const refused of beside) await expect(refused).rejects.toThrow('one step at a time expected')
    expect(await under).toBe(twin.step())
    expect(bits(trainer.state())).toBe(bits(twin.state()))
    // It was taken while a step was under way, and is whole all the same.
    trainer.load(loadCheckpoint(saveCheckpoint(meanwhile)))
    expect(bits(trainer.state())).toBe(before)
  })

  it('of two runs, or beside a run, are refused, and the first run is as if nothing had been', async () => {
    for (const make of [() => setting, answersLater]) {
      const [trainer, twin] = [build(make()), build(make())]
      const first = trainer.run({ steps: 5 })
      const beside = [trainer.run({ steps: 5 }), trainer.stepAsync()]
      expect(() => trainer.step()).toThrow('at a time expected')
      for (const refused of beside) await expect(refused).rejects.toThrow('at a time expected')
      await first
      expect(trainer.steps).toBe(5)
      await twin.run({ steps: 5 })
      expect(bits(trainer.state())).toBe(bits(twin.state()))
      await trainer.run({ steps: 1 })
      trainer.step()
      expect(trainer.steps).toBe(7)
    }
  })

  it('go on after a run that failed', async () => {
    const trainer = build(setting)
    const fails = () => {
      throw new Error('enough')
    }
    await expect(trainer.run({ steps: 2, onStep: fails })).rejects.toThrow('enough')
    await trainer.run({ steps: 2 })
    expect(trainer.steps).toBe(3)
  })
})

describe('on a backend that answers later', () => {
  it('a run goes on bit for bit from a checkpoint taken at any step, while the next batch is prepared', async () => {
    const whole = build(answersLater())
    const states: State[] = [whole.state()]
    const losses: number[] = []
    const onStep = ({ loss }: Report) => {
      losses.push(loss)
      states.push(loadCheckpoint(saveCheckpoint(whole.state())))
    }
    await whole.run({ steps: 6, onStep })
    for (let at = 0; at < 6; at++) {
      const resumed = build(answersLater({ seed: 9 }))
      await resumed.run({ steps: 2 })
      resumed.load(states[at])
      expect(bits(resumed.state())).toBe(bits(states[at]))
      const rest: number[] = []
      await resumed.run({ steps: 6 - at, onStep: ({ loss }) => rest.push(loss) })
      expect(rest).toEqual(losses.slice(at))
      expect(bits(resumed.state())).toBe(bits(whole.state()))
    }
  })

  it('takes the steps that it takes at once', async () => {
    const [now, then] = [build({ ...setting, more: { x: answersLater().more.x } }), build(answersLater())]
    const expected = take(now, 5)
    const losses: number[] = []
    await then.run({ steps: 5, onStep: ({ loss }) => losses.push(loss) })
    expect(losses).toEqual(expected)
    expect(bits(then.state())).toBe(bits(now.state()))
  })
})
