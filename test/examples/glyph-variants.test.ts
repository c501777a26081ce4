import { describe, expect, test } from 'vitest'
import { generator, randn, tensor } from '../../engine/index.ts'
import { withNeck } from '../../examples/glyph-reid/train/bnNeck.ts'
import { classifierOf } from '../../examples/glyph-reid/train/classifier.ts'
import { createLoss } from '../../examples/glyph-reid/train/losses.ts'
import { nameOf, variantOf } from '../../examples/glyph-reid/train/variants.ts'
import {
  classBalancedWeights,
  irSphereFace,
  softmaxLoss,
  sphereFace,
  trainingLoss,
  triplet,
} from '../../losses/index.ts'
import { classMeans, layers, nearestClassMean, predict } from '../../models/index.ts'
import { dot, farthest, length, rowsOf, values } from '../losses/support.ts'
import { onReference } from '../support/onReference.ts'

onReference()

const [classes, dim] = [5, 4]
const training = { sizes: [40, 9, 4, 2, 1], stepsAnEpoch: 3, steps: 10 }
const lossOf = (name: string) =>
  createLoss(variantOf(name), { classes, dim, seed: 1, dtype: 'float64' }, training)

const rng = generator(0)
const x = randn([8, dim], rng, { dtype: 'float64' })
const y = Array.from({ length: 8 }, () => rng.integer(0, classes - 1))

describe('variants', () => {
  test.each(['cosFace', 'irCosFace', 'irCosFace-previous-tau1', 'softmax', 'irSphereFace-learned2'])(
    '%s: pull2 adds twice the mean of ‖w_y / ‖w_y‖ - x / ‖x‖‖^2',
    name => {
      const [plain, pulled] = [lossOf(name), lossOf(`${name}-pull2`)]
      // Centres as they are, also where the loss takes them relative to their mean; learned prototypes come first.
      const { centers } = plain.state().tensors
      const c = rowsOf(name.includes('learned') ? plain.prototypes : (centers ?? plain.prototypes))
      const squares = rowsOf(x).map((xi, i) => 2 - (2 * dot(xi, c[y[i]])) / (length(xi) * length(c[y[i]])))
      const mean = squares.reduce((a, b) => a + b) / squares.length
      expect(pulled(x, y).item() - plain(x, y).item()).toBeCloseTo(2 * mean, 12)
      expect(farthest(values(pulled.logits(x)), values(plain.logits(x)))).toBe(0)
    },
  )

  test.each(['cosFace', 'irCosFace-previous-tau1', 'softmax', 'irSphereFace-learned2'])(
    '%s: sampled1 is the loss without; sampled0.9 sees the classes of the batch and a part of the others',
    name => {
      const part = `${name}-sampled1`
      const [plain, all] = [lossOf(name), lossOf(part)]
      const some = lossOf(part.replace('sampled1', 'sampled0.9'))
      for (let step = 0; step < 3; step++) {
        const [a, b] = [plain, all].map(loss => trainingLoss(loss, x, y).item())
        expect(b).toBe(a)
        expect(trainingLoss(some, x, y).item()).toBeGreaterThan(0)
      }
      expect(Object.keys(some.state().values)).toContain('sampledClasses')
      expect(values(all.prototypes)).toEqual(values(plain.prototypes))
    },
  )

  test('a share of the classes is at most 1, and no idea samples', () => {
    expect(() => variantOf('cosFace-sampled1.5')).toThrow(
      'a share of the classes from 0 to 1 expected, got 1.5',
    )
    expect(() => variantOf('cosFace-uncertain-sampled0.5')).toThrow('sampled or uncertain expected, got both')
  })

  test('corrected, the sum over the classes that were drawn stands for all others: a larger loss', () => {
    // Of one class, so that others are drawn, and some are not.
    const alike = Array.from(y, () => 0)
    const lossAt = (name: string): number => trainingLoss(lossOf(name), x, alike).item()
    expect(lossAt('cosFace-sampled0.5-corrected')).toBeGreaterThan(lossAt('cosFace-sampled0.5'))
    expect(lossAt('cosFace-sampled1-corrected')).toBe(lossAt('cosFace'))
  })

  test('centres on the sphere are moved by alpha = 0.5 times their distance to each sample, after the loss', () => {
    const loss = lossOf('irCosFace-sphere')
    expect(loss.updateAfter).toBe(true)
    const before = rowsOf(loss.prototypes)
    for (const c of before) expect(length(c)).toBeCloseTo(1, 12)
    loss.update(x, y)
    rowsOf(loss.prototypes).forEach((after, j) => {
      const moved = [...before[j]]
      rowsOf(x).forEach((xi, i) => {
        if (y[i] !== j) return
        for (let k = 0; k < dim; k++) moved[k] -= 0.5 * (before[j][k] - xi[k] / length(xi))
      })
      expect(
        farthest(
          after,
          moved.map(v => v / length(moved)),
        ),
      ).toBeLessThan(1e-12)
    })
  })

  test('blend4: prototypes are those of centerBlend with k = 4; ir2 adds twice the loss over centres', () => {
    const options = { classes, dim, seed: 1, dtype: 'float64', s: 16, m: 4 } as const
    const adjusted = { ...options, logitAdjustment: { sizes: training.sizes, tau: 1 } }
    const first = sphereFace({ ...adjusted, centerBlend: { sizes: training.sizes, k: 4 } })
    const second = irSphereFace({
      ...adjusted,
      seed: 2,
      estimator: 'sphere',
      alpha: 0.5,
      usePreviousCenters: true,
      subtractMean: false,
      learnedSteps: 6,
    })
    const both = lossOf('sphereFace-blend4-ir2-tau1')
    for (let step = 1; step <= 8; step++) {
      const [one, two] = [first, second].map(loss => trainingLoss(loss, x, y).item())
      expect(trainingLoss(both, x, y).item()).toBeCloseTo(one + 2 * two, 10)
    }
    expect(values(both.logits(x))).toEqual(values(first.logits(x)))
  })

  test('bnneck: the loss of what a batch norm makes of the features, and the hardest triplets of these', () => {
    const loss = lossOf('softmax-smooth0.1-bnneck')
    const identity = softmaxLoss({ classes, dim, seed: 1, dtype: 'float64', labelSmoothing: 0.1 })
    const hardest = triplet({ margin: 0.3, normalized: false })
    const net = withNeck(layers.sequential({}), dim)
    const features = tensor(rowsOf(x))
    const both = net(features, { training: true })
    expect(both.shape).toEqual([x.shape[0], 2 * dim])
    const f = both.slice([0, 0], [x.shape[0], dim])
    expect(values(f)).toEqual(values(features))
    const z = rowsOf(both).map(row => row.slice(dim))
    for (let d = 0; d < dim; d++) {
      const mean = z.reduce((sum, row) => sum + row[d], 0) / z.length
      const variance = z.reduce((sum, row) => sum + (row[d] - mean) ** 2, 0) / z.length
      // A batch norm in float32, whose eps of 1e-5 is beside a variance of some 1.
      expect(mean).toBeCloseTo(0, 5)
      expect(variance).toBeCloseTo(1, 3)
    }
    const exact = (rows: number[][]) => tensor(rows, { dtype: 'float64' })
    const value = loss(exact(rowsOf(both)), y).item()
    expect(value).toBeCloseTo(identity(exact(z), y).item() + hardest(exact(rowsOf(f)), y).item(), 10)
    // What is judged is z by itself, with the statistics of the training.
    const judged = net(features)
    expect(judged.shape).toEqual([x.shape[0], dim])
    expect(values(judged)).not.toEqual(z.flat())
    expect(values(loss.logits(exact(z)))).toEqual(values(loss.logits(exact(rowsOf(both)))))
    expect(Object.keys(net.parameters)).toEqual(['neck.gamma'])
    expect(Object.keys(net.state().tensors).sort()).toEqual([
      'neck.beta',
      'neck.gamma',
      'neck.runningMean',
      'neck.runningVariance',
    ])
  })

  test('simplex: all prototypes at the same angle to each other, and nothing to learn', () => {
    const loss = lossOf('cosFace-simplex')
    expect(loss.parameters).toEqual({})
    const W = rowsOf(loss.prototypes)
    for (let j = 1; j < classes; j++) expect(dot(W[0], W[j])).toBeCloseTo(-1 / (classes - 1), 12)
  })

  test.each(['normFace', 'irNormFace-previous'])(
    '%s-drw: weights count from four fifths of the steps on',
    name => {
      const [plain, deferred] = [lossOf(name), lossOf(`${name}-drw`)]
      const v = classBalancedWeights(training.sizes, { beta: 0.9999 })
      const total = y.reduce((sum, j) => sum + v[j], 0)
      for (let step = 1; step <= training.steps; step++) {
        const losses = y.map((j, i) => plain(x.slice([i], [i + 1]), [j]).item())
        const mean = losses.reduce((a, b) => a + b) / losses.length
        const weighted = losses.reduce((sum, loss, i) => sum + v[y[i]] * loss, 0) / total
        expect(trainingLoss(deferred, x, y).item()).toBeCloseTo(step <= 8 ? mean : weighted, 10)
        trainingLoss(plain, x, y)
      }
    },
  )
})

describe('the classifier after training', () => {
  const sizes = training.sizes
  // Class j lies around the axis j, the last two around their negatives.
  const many = Int32Array.from(sizes.flatMap((k, j) => new Array<number>(k).fill(j)))
  const rows = Float32Array.from({ length: many.length * dim }, (_, i) => {
    const j = many[Math.floor(i / dim)]
    return rng.uniform(-0.4, 0.4) + (j % dim === i % dim ? (j < dim ? 2 : -2) : 0)
  })
  const train = { x: tensor(rows, { shape: [many.length, dim] }), y: many }
  const options = { ...training, sizes, stepsAnEpoch: 60, batch: 10, lr: 0.05, seed: 3 }
  const single = (name: string) => createLoss(variantOf(name), { classes, dim, seed: 1 }, training)
  const classifierFor = (name: string) => classifierOf(variantOf(name), single(name), train, options)
  const guesses = async (name: string) => predict((await classifierFor(name)).logits(train.x))

  test('is the loss itself where nothing else is said', async () => {
    const loss = single('cosFace')
    const { prototypes, logits } = await classifierOf(variantOf('cosFace'), loss, train, options)
    expect(values(prototypes)).toEqual(values(loss.prototypes))
    expect(values(logits(train.x))).toEqual(values(loss.logits(train.x)))
  })

  test('tauNorm: <w_j, x> / ‖w_j‖^tau, and posthoc: less tau ln pi_j', async () => {
    const W = rowsOf(single('softmax').prototypes)
    const total = sizes.reduce((a, b) => a + b)
    const expected = rowsOf(train.x).map(xi =>
      W.map((w, j) => dot(w, xi) / length(w) ** 0.5 - 2 * Math.log(sizes[j] / total)),
    )
    const { logits } = await classifierFor('softmax-tauNorm0.5-posthoc2')
    // Sums of four products in float32.
    expect(farthest(logits(train.x), expected.flat())).toBeLessThan(1e-6)
  })

  test.each(['softmax-means', 'irCosFace-means'])('%s: by the nearest class mean', async name => {
    const means = classMeans(train.x, many, classes)
    const { prototypes, logits } = await classifierFor(name)
    expect(Array.from(await predict(logits(train.x)))).toEqual(
      Array.from(await nearestClassMean(train.x, means)),
    )
    for (const [j, c] of rowsOf(prototypes).entries()) {
      const m = rowsOf(means)[j]
      // Both in float32.
      expect(dot(c, m) / length(m)).toBeCloseTo(1, 6)
    }
  })

  test.each(['softmax-crt', 'cosFace-crt', 'softmax-lws-posthoc1', 'cosFace-lws'])(
    '%s: the same from a seed',
    async name => {
      const [one, two] = [await classifierFor(name), await classifierFor(name)]
      expect(values(two.logits(train.x))).toEqual(values(one.logits(train.x)))
    },
  )

  test.each(['softmax-crt', 'cosFace-crt'])(
    '%s: learns classes that lie apart, from untrained prototypes',
    async name => {
      expect(await guesses(name)).toEqual(many)
    },
  )

  test.each(['softmax', 'cosFace'])(
    '%s-lws: each prototype keeps its line, with a factor that was learned',
    async name => {
      const before = rowsOf(single(name).prototypes)
      const { prototypes, logits } = await classifierFor(`${name}-lws`)
      // Of cosFace s w_j / ‖w_j‖ and x / ‖x‖ take the places of w_j and x.
      const free = name === 'softmax'
      const W = before.map(w => (free ? w : w.map(v => (16 * v) / length(w))))
      const f = rowsOf(prototypes).map((w, j) => {
        expect(Math.abs(dot(w, W[j])) / (length(w) * length(W[j]))).toBeCloseTo(1, 5)
        return dot(w, W[j]) / dot(W[j], W[j])
      })
      expect(Math.max(...f) - Math.min(...f)).toBeGreaterThan(0.1)
      const expected = rowsOf(train.x).map(xi =>
        W.map((w, j) => (f[j] * dot(w, xi)) / (free ? 1 : length(xi))),
      )
      // Logits up to 32 in float32, and f is read from float32.
      expect(farthest(logits(train.x), expected.flat())).toBeLessThan(1e-5)
    },
  )
})

describe('names', () => {
  test.each([
    'softmax-x1-tau1-drw-crt-tauNorm0.5-posthoc1',
    'cosFace-simplex-pull2',
    'sphereFace-blend50-pull1-ir0.5-tau1-means',
    'irCosFace-previous-drw-posthoc1',
    'softmax-smooth0.1-bnneck',
    'cosFace-sampled0.5-corrected',
    'irCosFace-previous-bnneck',
  ])('%s is the name of its variant', name => {
    expect(nameOf(variantOf(name))).toBe(name)
  })

  test.each([
    ['cosFace-tauNorm1', 'variantOf: tauNorm goes with lengths of w, which cosFace leaves out'],
    ['irSoftmax-crt', 'got "crt"'],
    ['irSoftmax-simplex', 'got "simplex"'],
    ['softmax-smooth1.5', 'a smoothing from 0 to 1 expected, got 1.5'],
    ['cosFace-corrected', 'corrected goes with sampled'],
    ['cosFace-sampled0.5-smooth0.1', 'smooth or sampled expected, got both'],
  ])('%s is refused', (name, message) => {
    expect(() => variantOf(name)).toThrow(message)
  })
})
