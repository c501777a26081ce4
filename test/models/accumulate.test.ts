import { describe, expect, it } from 'vitest'
import { generator, randn, type Tensor } from '../../engine/index.ts'
import { cosFace } from '../../losses/index.ts'
import { loadCheckpoint, saveCheckpoint } from '../../models/checkpoint.ts'
import { accumulate, adam, sgd } from '../../models/optim/index.ts'
import { Trainer } from '../../models/train/trainer.ts'
import { bits, build, clouds, plainNet, take, values } from './training.ts'

/** A trainer over all the data in order, `batch` a time. */
function inOrder(batch: number, batches: number) {
  const rng = generator(4)
  const { x, y } = clouds(48, rng)
  const net = plainNet(rng)
  const loss = cosFace({ classes: 3, dim: 2, s: 8, m: 0.2 })
  const inner = adam([{ parameters: net.parameters }, { parameters: loss.parameters }], { lr: 0.01 })
  let at = 0
  const sampling = () => ({
    next: () => Int32Array.from({ length: batch }, () => at++ % 48),
    state: () => ({}),
    load() {},
  })
  return new Trainer({ net, loss, optimizer: accumulate(inner, batches), x, y, batch, sampling })
}

describe('accumulate', () => {
  it('of four batches is a batch of four times the size', () => {
    const [whole, parts] = [inOrder(16, 1), inOrder(4, 4)]
    const one = take(whole, 6)
    const four = take(parts, 24)
    for (const [t, loss] of one.entries()) {
      const mean = four.slice(4 * t, 4 * t + 4).reduce((a, b) => a + b) / 4
      // float32: the mean of four sums of four against a sum of 16, carried through six steps.
      expect(Math.abs(mean - loss)).toBeLessThan(2e-5 * Math.abs(loss))
    }
    for (const [name, p] of Object.entries(whole.optimizer.parameters)) {
      const other = values(parts.optimizer.parameters[name])
      // As above; Adam's step is 0.01 a step, of which roundings are some 1e-5.
      for (const [i, v] of values(p).entries()) expect(Math.abs(v - other[i])).toBeLessThan(1e-5)
    }
  })

  it('of one batch is the optimizer itself, to the bit', () => {
    const plain = build()
    const wrapped = build({
      optimizer: (net, loss) =>
        accumulate(
          adam([{ parameters: net.parameters }, { parameters: loss.parameters, lr: 0.03 }], { lr: 0.01 }),
          1,
        ),
    })
    expect(take(wrapped, 5)).toEqual(take(plain, 5))
  })

  it('goes on between two steps from its state, to the bit', () => {
    const make = () =>
      build({
        optimizer: (net, loss) =>
          accumulate(
            sgd([{ parameters: net.parameters }, { parameters: loss.parameters }], {
              lr: 0.1,
              momentum: 0.9,
            }),
            3,
          ),
      })
    const [whole, first, second] = [make(), make(), make()]
    take(whole, 11)
    take(first, 5)
    second.load(loadCheckpoint(saveCheckpoint(first.state())))
    take(second, 6)
    expect(bits(second.state())).toBe(bits(whole.state()))
  })

  it('moves nothing but at every n-th call, and nothing where a step throws', () => {
    const p = { w: randn([3], generator(1)) }
    const parameters: Record<string, Tensor> = { w: build().optimizer.parameters['0.fc1.bias'] }
    const optimizer = accumulate(sgd(parameters, { lr: 1 }), 2)
    const before = values(parameters.w)
    const g = { w: randn(parameters.w.shape, generator(2)) }
    optimizer.step(g)
    expect(values(parameters.w)).toEqual(before)
    const state = bits(optimizer.state())
    expect(() => optimizer.step(p)).toThrow('accumulate.step: w is')
    expect(() => optimizer.step({ w: g.w.mul(Infinity) })).toThrow('finite')
    expect(bits(optimizer.state())).toBe(state)
    optimizer.step(g)
    const moved = values(parameters.w)
    const slope = values(g.w)
    // p - g: one rounding each.
    for (const [i, v] of moved.entries()) expect(v).toBeCloseTo(before[i] - slope[i], 6)
    expect(() => accumulate(optimizer, 0)).toThrow('accumulate: batches as an integer >= 1 expected, got 0')
  })
  it('refuses rows of sampled classes: each batch sees others', () => {
    const { parameters } = cosFace({ classes: 20, dim: 2, sampledClasses: { rate: 0.5 } })
    expect(() => accumulate(sgd(parameters, { lr: 1 }), 2)).toThrow(
      'accumulate: parameters that hold all their values expected, got W.0, rows of sampledClasses',
    )
  })
})
