import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, grad, randn, tensor } from '../../engine/index.ts'
import { centerLoss, cosFace, irCosFace, LOSSES, softmaxLoss } from '../../losses/index.ts'
import { adam, smallNet, Trainer } from '../../models/index.ts'
import { onReference } from '../support/onReference.ts'
import {
  draw,
  drawCase,
  farthest,
  LEARNED,
  length,
  lossWith,
  named,
  rowsOf,
  seeds,
  values,
} from './support.ts'

onReference()

describe('pull and push', () => {
  it('of plain softmax are equation 2, in plain loops', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, W, y, classes, dim, n } = drawCase(seed)
        const softmax = LOSSES[0]
        const { pull, push } = lossWith(softmax, W).forces!(x, y)
        const [xs, ws] = [rowsOf(x), rowsOf(W)]
        const expected = (own: boolean) =>
          ws.map((_, k) => {
            const sum = Array.from({ length: dim }, () => 0)
            xs.forEach((xi, i) => {
              if ((y[i] === k) !== own) return
              const z = ws.map(w => w.reduce((s, v, d) => s + v * xi[d], 0))
              const largest = Math.max(...z)
              const p = Math.exp(z[k] - largest) / z.reduce((s, v) => s + Math.exp(v - largest), 0)
              xi.forEach((v, d) => {
                sum[d] += ((p - (own ? 1 : 0)) * v) / n
              })
            })
            return length(sum)
          })
        expect(pull.shape).toEqual([classes])
        // Sums of at most 8 terms below 10.
        expect(farthest(pull, expected(true))).toBeLessThan(1e-13)
        expect(farthest(push, expected(false))).toBeLessThan(1e-13)
      }),
    )
  })

  it.each(named(LEARNED))('of %s: what is pulled and pushed is the gradient in w', (_, row) => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, W, y, classes } = drawCase(seed)
        // One class apart, where a sample has no other class: then the whole gradient is of one kind.
        const loss = lossWith(row, W, { reduction: 'sum' })
        const { pull, push } = loss.forces!(x, y)
        const whole = rowsOf(grad(loss(x, y), loss.parameters.W)).map(length)
        for (let k = 0; k < classes; k++) {
          const [a, b] = [values(pull)[k], values(push)[k]]
          // Two sides of a triangle; rounding of sums to some hundreds.
          expect(whole[k]).toBeLessThanOrEqual(a + b + 1e-9)
          expect(whole[k]).toBeGreaterThanOrEqual(Math.abs(a - b) - 1e-9)
          if (!y.includes(k)) expect(a).toBe(0)
          if (y.every(label => label === k)) expect(b).toBe(0)
        }
      }),
    )
  })

  it('a run reports them of what the loss saw, where it is asked to, and trains the same', async () => {
    const x = randn([24, 28, 28, 1], generator(0), { dtype: 'float32' })
    const y = Array.from({ length: 24 }, (_, i) => i % 3)
    const train = async (forces: boolean, usePreviousCenters: boolean) => {
      const net = smallNet({ dim: 2, seed: 0 })
      const loss = irCosFace({ classes: 3, dim: 2, usePreviousCenters })
      const trainer = new Trainer({ net, loss, optimizer: adam(net.parameters), x, y, batch: 8 })
      const reports: unknown[] = []
      await trainer.run({ steps: 2, forces, onStep: report => void reports.push(report) })
      return { reports: reports as { loss: number; pull?: ArrayLike<number>; push?: ArrayLike<number> }[] }
    }
    for (const previous of [false, true]) {
      const [off, on] = [await train(false, previous), await train(true, previous)]
      expect(off.reports.map(r => Object.keys(r))).toEqual([
        ['step', 'lr', 'loss', 'samples'],
        ['step', 'lr', 'loss', 'samples'],
      ])
      expect(on.reports.map(r => r.loss)).toEqual(off.reports.map(r => r.loss))
      for (const { pull, push } of on.reports) {
        expect(pull).toHaveLength(3)
        expect([...Array.from(pull!), ...Array.from(push!)].every(v => v > 0)).toBe(true)
      }
    }
  })

  it.each([false, true])(
    'a run tells of the centres that the loss saw, previous ones: %s',
    async previous => {
      const [x, y] = [randn([6, 28, 28, 1], generator(1)), [0, 1, 2, 2, 1, 1]]
      const make = () => ({
        net: smallNet({ dim: 2, seed: 0 }),
        loss: irCosFace({ classes: 3, dim: 2, alpha: 0.9, usePreviousCenters: previous }),
      })
      const { net, loss } = make()
      const features = net(x, { training: true })
      const before = loss.forces!(features, y)
      loss.update(features, y)
      const [seen, other] = previous
        ? [before, loss.forces!(features, y)]
        : [loss.forces!(features, y), before]
      const parts = make()
      const trainer = new Trainer({ ...parts, optimizer: adam(parts.net.parameters), x, y, batch: 6 })
      const report = await trainer.run({ steps: 1, forces: true })
      // The batch in another order: sums of six terms in float32.
      expect(farthest([...report!.push!], seen.push)).toBeLessThan(1e-5)
      expect(farthest([...report!.pull!], seen.pull)).toBeLessThan(1e-5)
      expect(farthest([...report!.push!], other.push)).toBeGreaterThan(1e-3)
    },
  )

  it('a loss without prototypes to push cannot tell', async () => {
    const net = smallNet({ dim: 2, seed: 0 })
    const loss = centerLoss({ classes: 2, dim: 2 })
    const x = randn([4, 28, 28, 1], generator(0))
    const trainer = new Trainer({ net, loss, optimizer: adam(net.parameters), x, y: [0, 1, 0, 1], batch: 2 })
    await expect(trainer.run({ steps: 1, forces: true })).rejects.toThrow(
      'Trainer.run: forces goes with margin losses, got centerLoss',
    )
  })

  it('takes what a loss takes', () => {
    expect(() => cosFace({ classes: 2, dim: 2 }).forces!(tensor([[1, 2]]), [2])).toThrow(
      'cosFace: labels are integers',
    )
    expect(() => softmaxLoss({ classes: 2, dim: 2 }).forces!(draw(generator(0), [1, 3]), [0])).toThrow(
      'softmax: ',
    )
  })
})
