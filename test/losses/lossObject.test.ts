import { describe, expect, it } from 'vitest'
import { generator, grad, matmul, noGrad, tensor, tidy } from '../../engine/index.ts'
import {
  cosFace,
  irCosFace,
  lossByName,
  normFace,
  softmaxLoss,
  sphereFace,
  trainingLoss,
} from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { CENTERS, draw, drawCase, f64, farthest, LEARNED, lossWith, named, values } from './support.ts'

onReference()

describe('a learned W', () => {
  it.each(named(LEARNED))('%s: gets a gradient, and starts as N(0, 1/D) by seed', (_, row) => {
    const options = { classes: 60, dim: 50, dtype: 'float64' } as const
    const loss = row.create({ ...options, seed: 4 })
    const { W } = loss.parameters
    expect(values(W)).toEqual(values(row.create({ ...options, seed: 4 }).prototypes))
    expect(values(W)).not.toEqual(values(row.create({ ...options, seed: 5 }).prototypes))
    // 3,000 draws: the mean square is off by 2.6 % (one sigma), here allowed five.
    expect(W.mul(W).mean().item() * 50).toBeCloseTo(1, 0.9)
    const x = draw(generator(1), [4, 50])
    const dW = grad(loss(x, [0, 1, 2, 59]), W)
    expect(values(dW.norm(-1)).filter(n => n > 1e-9).length).toBeGreaterThan(3)
    const ofMargin = /^(b$|margin\.)/
    expect(Object.keys(loss.state().tensors).filter(name => !ofMargin.test(name))).toEqual(['W'])
  })

  it('may have a bias, for softmax', () => {
    const loss = softmaxLoss({ classes: 3, dim: 2, dtype: 'float64', bias: true })
    expect(Object.keys(loss.parameters)).toEqual(['W', 'b'])
    const x = draw(generator(1), [2, 2])
    const { tensors } = loss.state()
    loss.load({ tensors: { ...tensors, b: f64([1, 2, 3], [3]) }, values: {} })
    const plain = matmul(x, loss.prototypes, { transposeB: true })
    expect(farthest(loss.logits(x), plain.add(f64([1, 2, 3], [3])))).toBe(0)
    expect(values(grad(loss(x, [0, 1]), loss.parameters.b)).some(g => Math.abs(g) > 0.01)).toBe(true)
  })
})

describe('annealing', () => {
  it.each(['sphereFace', 'irSphereFace'])(
    '%s: lambda falls with the updates, and is part of the state',
    name => {
      const { x, W, y } = drawCase(11)
      const row = lossByName(name)
      const slow = name === 'sphereFace' ? {} : { alpha: 1e-9 }
      const loss = lossWith(row, W, slow)
      const losses = Array.from({ length: 6 }, () => {
        loss.update(x, y)
        return loss(x, y).item()
      })
      expect(loss.state().values).toEqual({ t: 6 })
      // psi <= cos theta, so the loss grows as lambda falls; the centres stand still.
      for (let t = 1; t < losses.length; t++) expect(losses[t]).toBeGreaterThan(losses[t - 1])
      const other = lossWith(row, W, slow)
      other.load(loss.state())
      expect(other(x, y).item()).toBe(loss(x, y).item())
    },
  )

  it('can be off, and on for L-Softmax', () => {
    const sizes = { classes: 2, dim: 2 }
    expect(sphereFace({ ...sizes, annealing: false }).state().values).toEqual({})
    expect(
      lossByName('lSoftmax')
        .create({ ...sizes, annealing: true })
        .state().values,
    ).toEqual({ t: 0 })
  })
})

describe('a margin loss', () => {
  const loss = cosFace({ classes: 3, dim: 2 })
  const x = tensor([
    [1, 2],
    [3, 4],
  ])

  it('refuses embeddings and labels that do not fit', () => {
    expect(() => loss(tensor([[1, 2, 3]]), [0])).toThrow('cosFace: x[N,D] W[C,D]: D is 3 in x but 2 in W')
    expect(() => loss(tensor([1, 2]), [0])).toThrow(
      'cosFace: x[N,D] W[C,D] -> [N,C]: x has rank 2, got shape [2]',
    )
    expect(() => loss(x, [0])).toThrow('cosFace: 2 labels expected, one a row of x, got 1')
    expect(() => loss(x, [0, 3])).toThrow('cosFace: labels are integers from 0 to 2, got 3 for sample 1')
    expect(() => loss.update(x, [0, 1.5])).toThrow('got 1.5 for sample 1')
    expect(() => loss(tensor([], { shape: [0, 2] }), [])).toThrow('cosFace: at least one sample expected')
    expect(() => loss.logits(tensor([[1]]))).toThrow('D is 1 in x but 2 in W')
    expect(() => loss(x.astype('float64'), [0, 1])).toThrow('one dtype expected')
  })

  it('refuses sizes and weights that do not fit', () => {
    expect(() => cosFace({ classes: 0, dim: 2 })).toThrow(
      'cosFace: classes as an integer >= 1 expected, got 0',
    )
    expect(() => normFace({ classes: 2, dim: 1.5 })).toThrow(
      'normFace: dim as an integer >= 1 expected, got 1.5',
    )
    expect(() => irCosFace({ classes: 2, dim: 2, weight: [1] })).toThrow(
      'irCosFace: weight: 2 numbers expected',
    )
    expect(() => cosFace({ classes: 2, dim: 2, dtype: 'int32' as 'float32' })).toThrow(
      'dtype is float32 or float64',
    )
  })

  it('refuses a state that does not fit, and keeps its own', () => {
    const before = values(loss.prototypes)
    const wrong = cosFace({ classes: 4, dim: 2, seed: 1 }).state()
    expect(() => loss.load(wrong)).toThrow('cosFace: W is float32[3,2] on reference, got float32[4,2]')
    expect(() => loss.load({ tensors: {}, values: {} })).toThrow(
      'cosFace: other names expected, got missing: W; unknown: none',
    )
    expect(() => loss.load({ ...loss.state(), values: { t: 3 } })).toThrow(
      'no t: no updates are counted expected, got 3',
    )
    const annealed = sphereFace({ classes: 3, dim: 2 })
    expect(() => annealed.load(loss.state())).toThrow('the number t of updates expected, got undefined')
    expect(values(loss.prototypes)).toEqual(before)
  })

  it('survives tidy, and leaves nothing behind in it', () => {
    const made = tidy(() => irCosFace({ classes: 3, dim: 2, usePreviousCenters: true }))
    tidy(() => made.update(x, [0, 1]))
    expect(tidy(() => noGrad(() => made(x, [0, 1]).item()))).toBeGreaterThan(0)
    expect(made.prototypes.shape).toEqual([3, 2])
  })

  it('trains W by gradient', () => {
    const own = normFace({ classes: 3, dim: 2, s: 4 })
    const y = [0, 1]
    const first = own(x, y).item()
    for (let i = 0; i < 50; i++) {
      const { W } = own.parameters
      const dW = grad(own(x, y), W)
      tidy(() => W.assign(noGrad(() => W.sub(dW.mul(0.5)))))
    }
    expect(own(x, y).item()).toBeLessThan(first - 0.1)
  })
})

describe('class centres under every margin', () => {
  it.each(named(CENTERS))('%s: no gradient reaches the centres', (_, row) => {
    const { x, W, y } = drawCase(8)
    const loss = lossWith(row, W)
    expect(Object.keys(loss.parameters)).toEqual(row.defaultMargin?.binary ? ['b'] : [])
    const watched = tensor(x.toArray(), { dtype: 'float64', requiresGrad: true })
    const through = lossWith(row, W, { differentiate: true })
    const [stopped, flowing] = [loss, through].map(l => trainingLoss(l, watched, y))
    // The same value, by another path to the gradient.
    expect(farthest(flowing, stopped)).toBeLessThan(1e-12)
    expect(farthest(grad(flowing, watched), grad(stopped, watched))).toBeGreaterThan(1e-4)
    expect(loss.prototypes.requiresGrad).toBe(false)
  })
})
