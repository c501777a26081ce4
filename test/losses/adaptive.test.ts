import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, norm, type Tensor, tensor } from '../../engine/index.ts'
import {
  adaCos,
  adaFace,
  arcFace,
  cosFace,
  curricularFace,
  elasticFace,
  featureQuality,
  lossByName,
  magFace,
  mvSoftmax,
  sphereFace2,
  trainingLoss,
  uniFace,
} from '../../losses/index.ts'
import { margins } from '../../losses/margins/elasticFace.ts'
import { sphereFace2Margin } from '../../losses/margins/sphereFace2.ts'
import { onReference } from '../support/onReference.ts'
import { dot, draw, drawCase, farthest, lossWith, rowsOf, seeds, unit, values } from './support.ts'

onReference()

const float64 = { dtype: 'float64' } as const
const memoryOf = (loss: { state(): { tensors: Readonly<Record<string, Tensor>> } }, name: string): number =>
  loss.state().tensors[`margin.${name}`].item()

describe('ElasticFace', () => {
  it('is the loss of its base with the margin that was drawn for each sample', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom('arcFace', 'cosFace'), fc.nat(3), (seed, base, updates) => {
        const { x, W, y } = drawCase(seed)
        const options = { s: 8, reduction: 'none' as const, classes: W.shape[0], dim: W.shape[1], ...float64 }
        const loss = elasticFace({ ...options, base: base as 'arcFace', std: 0.2, m: 0.6, seed })
        loss.parameters.W.assign(W)
        for (let t = 0; t < updates; t++) loss.update(x, y)
        const drawn = margins(y.length, { m: 0.6, std: 0.2, seed, t: updates })
        const expected = y.map((label, i) => {
          const one = lossWith(lossByName(base), W, { s: 8, m: Math.max(0, drawn[i]) })
          return drawn[i] < 0 ? undefined : one(x.slice([i], [i + 1]), [label]).item()
        })
        fc.pre(expected.every(v => v !== undefined))
        // The same operations, on tensors in place of numbers.
        expect(farthest(loss(x, y), expected as number[])).toBeLessThan(1e-12)
      }),
      { numRuns: 40 },
    )
  })

  it('draws other margins at each step, and the same ones after its state', () => {
    const { x, W, y } = drawCase(4)
    const sizes = { classes: W.shape[0], dim: W.shape[1], ...float64 }
    const loss = elasticFace({ ...sizes, seed: 3 })
    const first = loss(x, y).item()
    expect(loss(x, y).item()).toBe(first)
    loss.update(x, y)
    expect(loss(x, y).item()).not.toBe(first)
    const again = elasticFace({ ...sizes, seed: 3 })
    again.load(loss.state())
    expect(again(x, y).item()).toBe(loss(x, y).item())
  })

  it('plus gives the smallest margins to the nearest samples; argsort as the authors’ code orders them', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, W, y } = drawCase(seed)
        const options = { s: 1, classes: W.shape[0], dim: W.shape[1], base: 'cosFace' as const, ...float64 }
        const cosines = y.map((label, i) => dot(unit(rowsOf(x)[i]), unit(rowsOf(W)[label])))
        const sorted = [...margins(y.length, { m: 0.35, std: 0.05, seed: 0, t: 0 })].sort((a, b) => a - b)
        const order = cosines.map((_, i) => i).sort((a, b) => cosines[b] - cosines[a] || a - b)
        const byPlus = { true: y.map((_, i) => sorted[order.indexOf(i)]), argsort: order.map(i => sorted[i]) }
        for (const plus of [true, 'argsort'] as const) {
          const loss = elasticFace({ ...options, plus, reduction: 'none' })
          loss.parameters.W.assign(W)
          const expected = y.map((label, i) =>
            lossWith(lossByName('cosFace'), W, { s: 1, m: byPlus[`${plus}`][i] })(x.slice([i], [i + 1]), [
              label,
            ]).item(),
          )
          expect(farthest(loss(x, y), expected)).toBeLessThan(1e-12)
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('what margins remember', () => {
  it('moves before the loss of its batch sees it: t of CurricularFace', () => {
    const { x, W, y } = drawCase(7)
    const sizes = { classes: W.shape[0], dim: W.shape[1], ...float64, m: 0.3, s: 8 }
    const loss = curricularFace({ ...sizes, tAlpha: 0.5 })
    loss.parameters.W.assign(W)
    const cosines = y.map((label, i) => dot(unit(rowsOf(x)[i]), unit(rowsOf(W)[label])))
    const mean = cosines.reduce((a, b) => a + b) / y.length
    const seen = trainingLoss(loss, x, y).item()
    expect(memoryOf(loss, 't')).toBeCloseTo(mean / 2, 12)
    expect(loss(x, y).item()).toBe(seen)
    trainingLoss(loss, x, y)
    expect(memoryOf(loss, 't')).toBeCloseTo(mean * 0.75, 12)
  })

  it('a batch of one leaves the deviation of AdaFace as it is, and its loss finite', () => {
    const loss = adaFace({ classes: 3, dim: 2, tAlpha: 1, ...float64 })
    const x = tensor([[3, 4]], float64)
    expect(trainingLoss(loss, x, [1]).item()).toBeGreaterThan(0)
    expect(memoryOf(loss, 'mean')).toBe(5)
    expect(memoryOf(loss, 'std')).toBe(100)
  })

  it('AdaCos begins at sqrt(2) ln(C - 1), and never below 1', () => {
    const scaleOf = (classes: number) => memoryOf(adaCos({ classes, dim: 2, ...float64 }), 's')
    expect(scaleOf(101)).toBeCloseTo(Math.SQRT2 * Math.log(100), 12)
    expect([scaleOf(1), scaleOf(2)]).toEqual([1, 1])
    const loss = adaCos({ classes: 2, dim: 2, ...float64 })
    for (let i = 0; i < 5; i++) loss.update(draw(generator(i), [4, 2]), [0, 1, 0, 1])
    expect(memoryOf(loss, 's')).toBeGreaterThanOrEqual(1)
  })
})

describe('MagFace', () => {
  it('is ArcFace with the margin of the norm, and its regulariser is least at ua', () => {
    const x = tensor([[6, 8]], float64)
    const sizes = { classes: 3, dim: 2, ...float64, s: 8 }
    const bounds = { la: 5, ua: 15, lMargin: 0.2, uMargin: 0.6 }
    const plain = arcFace({ ...sizes, m: 0.4 })(x, [1]).item()
    expect(magFace({ ...sizes, ...bounds, lambdaG: 0 })(x, [1]).item()).toBeCloseTo(plain, 12)
    const g = (length: number) =>
      magFace({ ...sizes, ...bounds, lMargin: 0.4, uMargin: 0.4, lambdaG: 1000 })(
        x.mul(length / 10),
        [1],
      ).item()
    expect(g(15)).toBeLessThan(g(14))
    expect(g(15.1)).toBeCloseTo(g(15), 10)
    expect(values(featureQuality(x))).toEqual(values(norm(x, { axis: -1 })))
  })
})

describe('a binary margin', () => {
  it('has a threshold where the logit without a margin is 0', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), b => {
        const cosine = (loss: ReturnType<typeof uniFace>): number => {
          loss.parameters.b.assign(tensor(b, float64))
          return (loss.threshold as () => Tensor)().item()
        }
        const sizes = { classes: 3, dim: 2, ...float64 }
        const c = cosine(sphereFace2({ ...sizes, s: 40, t: 3 }))
        expect(40 * (2 * ((c + 1) / 2) ** 3 - 1) + b).toBeCloseTo(0, 9)
        expect(64 * cosine(uniFace(sizes)) + b).toBeCloseTo(0, 9)
      }),
    )
  })

  it('of SphereFace2 starts with a b that pulls to neither side where all angles are right ones', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('C' as const, 'A' as const, 'M' as const),
        fc.integer({ min: 2, max: 1e5 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (type, classes, lambda) => {
          const margin = sphereFace2Margin({ type, lambda, s: 8 })
          const b = margin.binary?.bias(classes) as number
          const right = { cosTheta: tensor([[0]], float64), theta: tensor([[Math.PI / 2]], float64) }
          const angle = { ...right, sinTheta: tensor([[1]], float64) }
          const own = 8 * margin.psi!(angle).item()
          const batch = { norm: () => right.theta, memory: {}, t: 0 }
          const other = 8 * margin.others!(right.cosTheta, angle, batch).item()
          const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
          const pulls = lambda * sigmoid(-own - b)
          const pushes = (1 - lambda) * (classes - 1) * sigmoid(other + b)
          expect(pulls / pushes).toBeCloseTo(1, 8)
        },
      ),
    )
  })

  it('goes with a focal loss, and with nothing that is of softmax', () => {
    const sizes = { classes: 3, dim: 2, ...float64 }
    const { x, y } = { x: draw(generator(2), [4, 2]), y: [0, 1, 2, 2] }
    expect(uniFace({ ...sizes, focalGamma: 2 })(x, y).item()).toBeLessThan(uniFace(sizes)(x, y).item())
    const refused: [() => unknown, string][] = [
      [() => uniFace({ ...sizes, labelSmoothing: 0.1 }), 'uniFace: labelSmoothing goes with softmax'],
      [
        () => uniFace({ ...sizes, logitAdjustment: { sizes: [1, 2, 3] } }),
        'uniFace: logitAdjustment goes with softmax',
      ],
      [() => sphereFace2({ ...sizes, sampledClasses: { rate: 0.5 } }), 'sampledClasses expected, got both'],
      [() => sphereFace2({ ...sizes, t: 0.5 }), 'sphereFace2: t is a power >= 1, got 0.5'],
      [
        () => sphereFace2({ ...sizes, lambda: 1 }),
        'sphereFace2: lambda is a number above 0 and below 1, got 1',
      ],
      [() => sphereFace2({ ...sizes, type: 'B' as 'A' }), 'sphereFace2: type'],
      [
        () => curricularFace({ ...sizes, sampledClasses: { rate: 0.5 } }),
        'bends the other classes or sampledClasses',
      ],
      [() => magFace({ ...sizes, la: 20, ua: 10 }), 'magFace: la below ua expected, got la = 20 and ua = 10'],
      [() => mvSoftmax({ ...sizes, m: 3 }), 'mvSoftmax: m is a difference of cosines'],
      [
        () => elasticFace({ ...sizes, plus: 'rank' as 'argsort' }),
        'elasticFace: plus as true, false or argsort',
      ],
    ]
    for (const [make, message] of refused) expect(make).toThrow(message)
  })
})

describe('margins that bend the others', () => {
  it('are their base where no class is hard, and where t is 0', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { x, W, y } = drawCase(seed)
        const options = { s: 8, classes: W.shape[0], dim: W.shape[1], reduction: 'none' as const, ...float64 }
        const [plain, none] = [cosFace({ ...options, m: 0.35 }), mvSoftmax({ ...options, t: 0, m: 0.35 })]
        for (const loss of [plain, none]) loss.parameters.W.assign(W)
        expect(farthest(none(x, y), plain(x, y))).toBeLessThan(1e-12)
      }),
      { numRuns: 30 },
    )
  })
})
