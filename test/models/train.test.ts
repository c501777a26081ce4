import { describe, expect, it } from 'vitest'
import { backend, grad, setBackend, stopGradient } from '../../engine/index.ts'
import { irCosFace, irNormFace, sphereFace } from '../../losses/index.ts'
import { loadCheckpoint, saveCheckpoint } from '../../models/checkpoint.ts'
import { Batches } from '../../models/data/batches.ts'
import { clipGradNorm, clipGradValue, warmupCosine } from '../../models/optim/index.ts'
import { average, bits, build, CLASSES, dataOf, momentum, richNet, type Setting, take } from './training.ts'

const SETTINGS: readonly [string, Setting][] = [
  ['cosFace, Adam', {}],
  [
    'irCosFace, momentum, batch norm, dropout',
    { net: richNet, loss: () => irCosFace({ classes: CLASSES, dim: 2, s: 8, m: 0.2 }), optimizer: momentum },
  ],
  [
    'irNormFace with a cumulative mean and previous centres, Adam, a schedule, clipping',
    {
      net: richNet,
      loss: () =>
        irNormFace({ classes: CLASSES, dim: 2, s: 8, usePreviousCenters: true, cumulativeMean: true }),
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
      const update = () => loss.update(stopGradient(features), batch.y)
      if (!loss.updateAfter) update()
      const value = loss(features, batch.y)
      if (loss.updateAfter) update()
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
