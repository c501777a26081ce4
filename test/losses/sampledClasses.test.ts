import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  type Generator,
  generator,
  type Json,
  logSumExp,
  matmul,
  normalize,
  scatterAdd,
  type Tensor,
  tensor,
  valueAndGrad,
} from '../../engine/index.ts'
import { placeOfRows } from '../../engine/tableRows.ts'
import { gradcheck } from '../../engine/testing/index.ts'
import { cosFace, type Loss, lossByName, marginLogits, trainingLoss } from '../../losses/index.ts'
import { arcFaceMargin } from '../../losses/margins/additive.ts'
import { logSumExpOfOthers } from '../../losses/othersInBlocks.ts'
import { blocksOf } from '../../losses/prototypes/seen.ts'
import { ClassSampler, type SampledClasses } from '../../losses/sampledClasses.ts'
import { onReference } from '../support/onReference.ts'
import { draw, f64, farthest, named, OF_PSI, seeds, values } from './support.ts'

onReference()

/** A batch of few among some classes, and the random parts of an option of every kind. */
function drawMany(seed: number) {
  const rng = generator(seed)
  const [classes, dim, n] = [rng.integer(6, 12), rng.integer(2, 5), rng.integer(1, 4)]
  const y = Array.from({ length: n }, () => rng.integer(0, classes - 1))
  const perClass = (low: number, high: number) =>
    Array.from({ length: classes }, () => rng.uniform(low, high))
  const flip = (): boolean => rng.uniform() < 0.5
  const common = {
    ...(flip() && { logitAdjustment: { sizes: perClass(1, 50) } }),
    ...(flip() && { weight: perClass(0.5, 2) }),
    ...(flip() && { focalGamma: rng.uniform(0.5, 2) }),
    ...(flip() && { pull: rng.uniform(0.5, 2) }),
    reduction: (['mean', 'sum', 'none'] as const)[rng.integer(0, 2)],
    seed: rng.seed(),
  }
  return { rng, classes, dim, n, y, common, x: draw(rng, [n, dim]) }
}

/** The loss, and its gradients in x and all parameters under a cotangent that `rng` draws; those of rows as one of W. */
function told(loss: Loss, x: Tensor, y: readonly number[], rng: Generator): Record<string, Tensor> {
  const { value, grads } = valueAndGrad(
    ({ x }) => {
      const z = trainingLoss(loss, x, y)
      return z.mul(draw(rng, z.shape)).sum()
    },
    { x, ...loss.parameters },
  )
  const rows = Object.entries<Tensor>(grads).filter(([name]) => name.startsWith('W.'))
  if (rows.length === 0) return { value, ...grads }
  const [classes, dim] = loss.prototypes.shape
  const W = new Float64Array(classes * dim)
  for (const [name, g] of rows) {
    const { rows, begin, end } = placeOfRows(loss.parameters[name])!
    const values = g.dataSync()
    rows.rows!.subarray(begin, end).forEach((j, i) => {
      W.set(values.subarray(i * dim, (i + 1) * dim), j * dim)
    })
  }
  const others = Object.entries<Tensor>(grads).filter(([name]) => !name.startsWith('W.'))
  return { value, W: f64([...W], [classes, dim]), ...Object.fromEntries(others) }
}

const same = (a: Record<string, Tensor>, b: Record<string, Tensor>): void => {
  expect(Object.keys(a).sort()).toEqual(Object.keys(b).sort())
  for (const name of Object.keys(a))
    expect(values(a[name]).map(v => v + 0)).toEqual(values(b[name]).map(v => v + 0))
}

describe.each(named(OF_PSI))('%s', (_, row) => {
  const make = (options: object) => row.create({ dtype: 'float64', ...options } as never)

  it('has the bits of the full loss at rate 1, all classes at once or as one block', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { classes, dim, x, y, common } = drawMany(seed)
        const whole = make({ classes, dim, ...common })
        for (const sampledClasses of [{ rate: 1 }, { block: classes }]) {
          const sampled = make({ classes, dim, ...common, sampledClasses })
          // In tables the mean of all centres is a sum that is moved on: rounding of 1e-16, times s = 64.
          const rounded = 'block' in sampledClasses && row.prototypes === 'classCenters'
          for (let i = 0; i < 2; i++) {
            const [a, b] = [sampled, whole].map(loss => told(loss, x, y, generator(seed)))
            if (!rounded) same(a, b)
            else for (const name of Object.keys(b)) expect(farthest(a[name], b[name])).toBeLessThan(1e-10)
          }
          whole.load(make({ classes, dim, ...common }).state())
        }
      }),
      { numRuns: 15 },
    )
  })

  it('gives the same whatever the size of a block', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), fc.boolean(), (seed, block, corrected) => {
        const { classes, dim, x, y, common } = drawMany(seed)
        const options = { rate: 0.7, corrected, seed }
        const [whole, parts] = [classes, block].map(size =>
          make({ classes, dim, ...common, sampledClasses: { ...options, block: size } }),
        )
        for (let i = 0; i < 2; i++) {
          const [a, b] = [parts, whole].map(loss => told(loss, x, y, generator(seed)))
          // Sums in another order: rounding, times s = 64 in the gradients.
          for (const name of Object.keys(b)) expect(farthest(a[name], b[name])).toBeLessThan(1e-10)
        }
      }),
      { numRuns: 15 },
    )
  })
})

describe('sampledClasses', () => {
  const rates = fc.double({ min: 0.5, max: 1, noNaN: true })

  it('is the loss over the logits of the classes that were drawn, and of no others', () => {
    fc.assert(
      fc.property(seeds, rates, fc.boolean(), (seed, rate, corrected) => {
        const { rng, classes, dim, n, x, y } = drawMany(seed)
        const sampledClasses = { rate, corrected, seed, block: rng.integer(1, classes) }
        const options = { classes, dim, dtype: 'float64', reduction: 'none', s: 8 } as const
        const W = draw(rng, [classes, dim])
        const of = (own: object) => {
          const loss = lossByName('arcFace').create({ ...options, ...own })
          loss.load({ tensors: { W }, values: loss.state().values })
          return loss
        }
        const sampled = of({ sampledClasses })
        const { classes: seen, correction } = new ClassSampler('test', classes, sampledClasses).draw(y)
        const logits = marginLogits(arcFaceMargin({ s: 8 }), x, W, y)
        const masked = Float64Array.from({ length: n * classes }, (_, k) => {
          const j = k % classes
          return !seen.includes(j) ? -Infinity : y.includes(j) ? 0 : correction
        })
        const z = add(logits, tensor(masked, { shape: [n, classes] }))
        const target = logits.gather(tensor(Int32Array.from(y), { shape: [n, 1] }))
        const expected = logSumExp(z, { axis: 1 }).sub(target.reshape([n]))
        // Rounding of logits of 8.
        expect(farthest(sampled(x, y), expected)).toBeLessThan(1e-12)
      }),
    )
  })

  it('learns nothing about classes that were not drawn', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { classes, dim, x, y } = drawMany(seed)
        const sampledClasses = { rate: 0.6, block: 2 }
        const loss = cosFace({ classes, dim, dtype: 'float64', sampledClasses })
        const { W } = told(loss, x, y, generator(seed))
        const seen = new ClassSampler('test', classes, sampledClasses)
        seen.next()
        const drawn = [...seen.draw(y).classes]
        const rows: number[][] = W.toArray()
        rows.forEach((row, j) => {
          expect(row.some(g => g !== 0)).toBe(drawn.includes(j))
        })
      }),
    )
  })

  it('goes on from its state', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 4 }), (seed, stop) => {
        const { classes, dim, x, y } = drawMany(seed)
        const make = (seed: number) =>
          cosFace({ classes, dim, dtype: 'float64', sampledClasses: { rate: 0.6, seed } })
        const [whole, other] = [make(seed), make(seed + 1)]
        for (let i = 0; i < stop; i++) trainingLoss(whole, x, y)
        other.load(whole.state())
        for (let i = 0; i < 3; i++) {
          expect(values(trainingLoss(other, x, y))).toEqual(values(trainingLoss(whole, x, y)))
        }
      }),
    )
  })

  it('refuses what is no rate, block or seed, and a batch of more classes than the rate lets in', () => {
    const of = (sampledClasses: object) => () =>
      cosFace({ classes: 10, dim: 2, dtype: 'float64', sampledClasses: sampledClasses as SampledClasses })
    for (const rate of [0, -1, 1.5, NaN, '1']) expect(of({ rate })).toThrow(/rate as a number/)
    for (const block of [0, 1.5, '3']) expect(of({ block })).toThrow(/block as an integer/)
    expect(of({ sampleRate: 0.1 })).toThrow(/did you mean rate/)
    expect(of({ corrected: 1 })).toThrow(/corrected as true or false/)
    const loss = of({ rate: 0.2 })()
    expect(() => loss(f64([1, 2, 3, 4, 5, 6], [3, 2]), [0, 1, 2])).toThrow(
      /a rate of at least 3 \/ 10 .* 2 \/ 10/,
    )
    const { tensors } = loss.state()
    const states: Record<string, Json>[] = [{}, { sampledClasses: [1, 2] }, { sampledClasses: 'x' }]
    for (const values of states) {
      expect(() => loss.load({ tensors, values })).toThrow(/load: sampledClasses as 5 integers/)
    }
    const plain = cosFace({ classes: 10, dim: 2, dtype: 'float64' })
    expect(() => plain.load(loss.state())).toThrow(/no sampledClasses expected/)
  })
})

describe('ClassSampler', () => {
  it('draws as many classes as the rate says, ascending, the labels among them', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.4, max: 1, noNaN: true }), (seed, rate) => {
        const { classes: total, y } = drawMany(seed)
        const sampler = new ClassSampler('test', total, { rate, seed })
        fc.pre(Math.round(rate * total) >= new Set(y).size)
        for (let i = 0; i < 3; i++, sampler.next()) {
          const { classes, columns, drawn } = sampler.draw(y)
          expect(classes.length).toBe(Math.round(rate * total))
          expect([...classes]).toEqual([...new Set(classes)].sort((a, b) => a - b))
          expect([...columns].map(c => classes[c])).toEqual(y)
          expect([...classes].map((_, c) => drawn(c))).toEqual([...classes].map(j => !y.includes(j)))
          expect(sampler.draw(y).classes).toEqual(classes)
        }
      }),
    )
  })

  it('draws every other class equally often, alone and in pairs, and corrects the sum in the mean', () => {
    const [total, draws, y] = [12, 4000, [3, 7, 3]]
    const sampler = new ClassSampler('test', total, { rate: 0.5, corrected: true })
    const [once, twice] = [new Float64Array(total), new Float64Array(total)]
    let [sum, z] = [0, (j: number) => Math.cos(j)]
    for (let i = 0; i < draws; i++, sampler.next()) {
      const { classes, drawn, correction } = sampler.draw(y)
      const seen = [...classes]
      for (const j of seen) once[j]++
      for (const j of seen) if (seen.includes((j + 1) % total)) twice[j]++
      sum += seen.reduce((a, j, c) => a + Math.exp(z(j) + (drawn(c) ? correction : 0)), 0)
    }
    const [p, q] = [4 / 10, (4 * 3) / (10 * 9)]
    // Five standard deviations of a binomial count.
    const off = (p: number) => 5 * Math.sqrt(draws * p * (1 - p))
    for (let j = 0; j < total; j++) {
      const own = y.includes(j)
      expect(Math.abs(once[j] - draws * (own ? 1 : p))).toBeLessThanOrEqual(own ? 0 : off(p))
      if (!own && !y.includes((j + 1) % total)) expect(Math.abs(twice[j] - draws * q)).toBeLessThan(off(q))
    }
    const all = Array.from({ length: total }, (_, j) => Math.exp(z(j))).reduce((a, b) => a + b)
    // The sum of a draw varies by at most 2.5 e^1 a class that is drawn, of which there are 4: 5 sigma of the mean.
    expect(Math.abs(sum / draws - all)).toBeLessThan((5 * 2.5 * Math.E * 4) / Math.sqrt(draws))
  })
})

describe('logSumExpOfOthers', () => {
  /** ln sum of e^z without the own class, in W, u and what is added, in blocks; and as ops have it at once. */
  function drawBlocks(seed: number) {
    const rng = generator(seed)
    const [n, size, dim] = [rng.integer(1, 4), rng.integer(2, 7), rng.integer(1, 4)]
    const columns = Array.from({ length: n }, () => rng.integer(0, size - 1))
    const [s, unitW, more] = [rng.uniform(1, 4), rng.uniform() < 0.5, rng.uniform() < 0.5]
    const ranges = blocksOf(size, rng.integer(1, size))
    const inputs = { u: draw(rng, [n, dim]), W: draw(rng, [size, dim]), a: draw(rng, [size]) }
    const f = ({ u, W, a }: Record<string, Tensor>): Tensor => {
      const blocks = ranges.map(({ begin, end }) => {
        const rows = W.slice([begin], [end])
        const added = more ? a.slice([begin], [end]) : undefined
        return { begin, end, W: () => rows, constant: false, added }
      })
      return logSumExpOfOthers(u, blocks, { s, unitW, columns })
    }
    const once = ({ u, W, a }: Record<string, Tensor>): Tensor => {
      const z = matmul(u, unitW ? normalize(W) : W, { transposeB: true }).mul(s)
      const own = tensor(Int32Array.from(columns), { shape: [n, 1] })
      const out = f64(Array(n).fill(-1e30), [n, 1])
      return logSumExp(scatterAdd(more ? z.add(a) : z, own, out), { axis: 1 })
    }
    return { rng, f, once, inputs }
  }

  it('is the sum over all at once, with its gradients', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { rng, f, once, inputs } = drawBlocks(seed)
        const dz = draw(rng, [inputs.u.shape[0]])
        const [a, b] = [f, once].map(g => {
          const { value, grads } = valueAndGrad(xs => g(xs).mul(dz).sum(), inputs)
          return { value, ...grads }
        })
        // Rounding of sums of some terms in another order.
        for (const name of Object.keys(b))
          expect(farthest(a[name as 'u'], b[name as 'u'])).toBeLessThan(1e-12)
      }),
    )
  })

  it('passes the gradient check, to the second order', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { f, inputs } = drawBlocks(seed)
        gradcheck(f, inputs, { seed, order: 2 } as never)
      }),
      { numRuns: 20 },
    )
  })
})
