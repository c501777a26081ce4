import { type Generator, generator, randn } from '../../engine/index.ts'
import * as losses from '../../losses/index.ts'
import type { Loss } from '../../losses/loss.ts'
import { ESTIMATORS } from '../../losses/prototypes/estimators.ts'
import { LOSSES } from '../../losses/registry.ts'
import type { AnyLossOptions } from '../../losses/row.ts'
import { classAware, identityBalanced } from '../../models/data/samplers.ts'
import * as layers from '../../models/layers/index.ts'
import {
  adagrad,
  adam,
  adamW,
  cosineAnnealing,
  lamb,
  multiStepDecay,
  type Optimizer,
  oneCycle,
  polynomialDecay,
  rmsprop,
  sgd,
  stepDecay,
  warmup,
  warmupCosine,
} from '../../models/optim/index.ts'
import type { TrainerOptions } from '../../models/train/options.ts'
import { Trainer } from '../../models/train/trainer.ts'

const CLASSES = 6
const DIM = 4
const SIZES = { classes: CLASSES, dim: DIM, seed: 3 }
const BY_CLASS = [1, 2, 0.5, 1, 3, 0.7]

export interface Case {
  readonly name: string
  /** The same each time, but for the batch. */
  readonly make: (batch?: number) => Trainer
}

type Parts = {
  readonly net?: (rng: Generator) => layers.Layer
  readonly input?: readonly number[]
  readonly loss?: () => Loss
  readonly optimizer?: (net: layers.Layer, loss: Loss) => Optimizer
  readonly more?: Partial<TrainerOptions>
}

const netTo =
  (dim: number) =>
  (rng: Generator): layers.Layer =>
    layers.sequential({
      fc1: layers.linear({ in: 5, out: 8, rng }),
      act: layers.prelu({ channels: 8 }),
      fc2: layers.linear({ in: 8, out: dim, rng }),
    })
const plainNet = netTo(DIM)

const both = (net: layers.Layer, loss: Loss): Optimizer =>
  sgd([{ parameters: net.parameters }, { parameters: loss.parameters, lr: 0.1, weightDecay: 0.01 }], {
    lr: 0.02,
    momentum: 0.9,
    nesterov: true,
  })

/** A training on noise with labels, 50 samples. */
function train(
  { net = plainNet, input = [5], loss = cosFace, optimizer = both, more }: Parts,
  batch = more?.batch ?? 16,
): Trainer {
  const rng = generator(1)
  const model = net(rng)
  const criterion = loss()
  const x = randn([50, ...input], rng)
  const y = Int32Array.from({ length: 50 }, () => rng.integer(0, CLASSES - 1))
  return new Trainer({
    net: model,
    loss: criterion,
    optimizer: optimizer(model, criterion),
    x,
    y,
    seed: 2,
    ...more,
    batch,
  })
}

const cosFace = (): Loss => losses.cosFace({ ...SIZES, s: 8, m: 0.2 })
const irCosFace = (more: object = {}): Loss => losses.irCosFace({ ...SIZES, s: 8, m: 0.2, ...more })

/** In front of what makes vectors: an image, by every layer that PyTorch has. */
const imageNet = (rng: Generator): layers.Layer =>
  layers.sequential({
    conv: layers.conv2d({ in: 2, out: 8, kernel: 3, padding: 1, rng }),
    bn: layers.batchNorm({ channels: 8, momentum: 0.2, eps: 1e-3 }),
    act: layers.leakyRelu({ slope: 0.2 }),
    block: layers.residual({
      branch: layers.sequential({
        conv: layers.conv2d({ in: 8, out: 8, kernel: [3, 1], padding: [1, 0], groups: 2, bias: false, rng }),
        bn: layers.batchNorm({ channels: 8, fixGamma: true }),
        gelu: layers.gelu(),
        se: layers.squeezeExcite({ channels: 8, reduction: 2, rng }),
      }),
      shortcut: layers.conv2d({ in: 8, out: 8, kernel: 1, rng }),
    }),
    mfm: layers.maxFeatureMap({ channels: 4 }),
    max: layers.maxPool2d({ kernel: 2 }),
    avg: layers.avgPool2d({ kernel: 2, stride: 1, padding: 1 }),
    tanh: layers.tanh(),
    flatten: layers.flatten(),
    fc: layers.linear({ in: 4 * 4 * 3, out: 6, rng }),
    bn1: layers.batchNorm({ channels: 6 }),
    soft: layers.softplus(),
    fc2: layers.linear({ in: 6, out: DIM, rng }),
  })

const poolNet = (rng: Generator): layers.Layer =>
  layers.sequential({
    conv: layers.conv2d({ in: 2, out: 5, kernel: 3, stride: 2, rng }),
    relu: layers.relu(),
    group: layers.groupNorm({ channels: 5, groups: 5 }),
    instance: layers.instanceNorm({ channels: 5, affine: true }),
    rms: layers.rmsNorm({ channels: 5 }),
    pool: layers.gem({}),
    silu: layers.silu(),
    gelu: layers.gelu({ tanh: true }),
    drop: layers.dropout({ p: 0, rng }),
    fc: layers.linear({ in: 5, out: DIM, bias: false, rng }),
  })

const of = (name: string, parts: Parts): Case => ({ name, make: batch => train(parts, batch) })

const options: Readonly<Record<string, AnyLossOptions>> = {
  weight: { ...SIZES, weight: BY_CLASS },
  'weight and labelSmoothing': { ...SIZES, weight: BY_CLASS, labelSmoothing: 0.2 },
  logitAdjustment: { ...SIZES, logitAdjustment: { sizes: [1, 2, 3, 4, 5, 6], tau: 0.7 } },
  focalGamma: { ...SIZES, focalGamma: 2, weight: BY_CLASS },
  pull: { ...SIZES, pull: 0.3, weight: BY_CLASS },
  'reduction sum': { ...SIZES, s: 2, reduction: 'sum' },
  'm by class': { ...SIZES, m: [0.1, 0.2, 0.3, 0.1, 0.2, 0.4] } as unknown as AnyLossOptions,
  's norm': { ...SIZES, s: 'norm' },
  sampledClasses: { ...SIZES, sampledClasses: { rate: 1, block: 2 } },
  deferredSteps: { ...SIZES, weight: BY_CLASS, deferredSteps: 10 },
}

type Losses = Readonly<Record<string, () => Loss>>

/** Options of margins that go by more than the angle; norms of these nets are about 1. */
const MARGINS: Losses = {
  'curricularFace, continuous, norm': () =>
    losses.curricularFace({ ...SIZES, s: 'norm', m: 1.2, tAlpha: 0.3, beyondPi: 'continuous' }),
  'mvSoftmax, arcFace, easy': () =>
    losses.mvSoftmax({ ...SIZES, s: 8, base: 'arcFace', adaptive: false, easyMargin: true, t: 0.3 }),
  'mvSoftmax, norm': () => losses.mvSoftmax({ ...SIZES, s: 'norm', m: 0.2 }),
  'magFace, within its norms': () =>
    losses.magFace({ ...SIZES, s: 8, la: 0.5, ua: 2, lambdaG: 3, weight: BY_CLASS }),
  'magFace, easy': () => losses.magFace({ ...SIZES, s: 8, la: 0.1, ua: 5, easyMargin: true }),
  'adaFace, soon': () => losses.adaFace({ ...SIZES, s: 8, h: 30, tAlpha: 0.6 }),
  'adaFace, clamped': () => losses.adaFace({ ...SIZES, s: 8, h: 30, tAlpha: 0.6, clamped: true }),
  'elasticFace, plus': () => losses.elasticFace({ ...SIZES, s: 8, std: 0.3, plus: true, seed: -5 }),
  'elasticFace, argsort': () => losses.elasticFace({ ...SIZES, s: 8, std: 0.3, plus: 'argsort' }),
  'elasticFace, cosFace': () => losses.elasticFace({ ...SIZES, s: 'norm', base: 'cosFace', seed: 7 }),
  'adaCos, fixed': () => losses.adaCos({ ...SIZES, dynamic: false }),
  'sphereFace2, A': () => losses.sphereFace2({ ...SIZES, s: 8, type: 'A', t: 2, weight: BY_CLASS }),
  'sphereFace2, M, detached, focal': () =>
    losses.sphereFace2({ ...SIZES, s: 8, type: 'M', detached: true, focalGamma: 2 }),
  'uniFace, l': () => losses.uniFace({ ...SIZES, s: 8, l: 0.3 }),
  'irCurricularFace, previous centres': () =>
    losses.irCurricularFace({ ...SIZES, s: 8, tAlpha: 0.2, usePreviousCenters: true }),
  'irElasticFace, previous centres': () => losses.irElasticFace({ ...SIZES, s: 8, usePreviousCenters: true }),
}

/** Where weights come from. */
const RULES: Losses = {
  'subCenters, softmax': () => losses.softmaxLoss({ ...SIZES, subCenters: 2 }),
  'subCenters, curricularFace': () => losses.curricularFace({ ...SIZES, s: 8, subCenters: 3 }),
  'subCenters, adaCos': () => losses.adaCos({ ...SIZES, subCenters: 2 }),
  blend: () => losses.cosFace({ ...SIZES, s: 8, m: 0.2, blend: true }),
  'blend, soon too old': () =>
    losses.arcFace({ ...SIZES, s: 8, blend: { lambda: 0.4, maxAge: 2 }, pull: 0.2 }),
  centerBlend: () => losses.cosFace({ ...SIZES, s: 8, centerBlend: { sizes: [1, 5, 20, 50, 100, 300] } }),
  'centerBlend with a bias': () =>
    losses.softmaxLoss({ ...SIZES, bias: true, centerBlend: { sizes: [9, 5, 20, 50, 100, 300], k: 10 } }),
  queue: () => losses.cosFace({ ...SIZES, s: 8, m: 0.2, queue: 40 }),
  'queue of one batch, with a bias': () => losses.softmaxLoss({ ...SIZES, bias: true, queue: 16 }),
  'queue, sphereFace2': () => losses.sphereFace2({ ...SIZES, s: 8, queue: 16 }),
  learnedSteps: () => irCosFace({ learnedSteps: 10 }),
  'learnedSteps, previous centres, pull': () =>
    losses.irSphereFace({ ...SIZES, learnedSteps: 8, usePreviousCenters: true, pull: 0.3 }),
}

/** What goes with a part of the classes. */
const SAMPLED: Losses = {
  adaFace: () =>
    losses.adaFace({ ...SIZES, s: 8, h: 3, tAlpha: 0.5, sampledClasses: { rate: 0.7, seed: 5 } }),
  magFace: () => losses.magFace({ ...SIZES, s: 8, la: 0.1, ua: 5, sampledClasses: { rate: 0.7, seed: 5 } }),
  elasticFace: () => losses.elasticFace({ ...SIZES, s: 8, sampledClasses: { rate: 0.7, seed: 5 } }),
  'previous centres': () => irCosFace({ usePreviousCenters: true, sampledClasses: { rate: 0.7, seed: 5 } }),
}

export const CASES: readonly Case[] = [
  ...LOSSES.filter(({ margin }) => margin !== 'none').map(({ name, create }) =>
    of(name, { loss: () => create(SIZES) }),
  ),
  ...Object.keys(ESTIMATORS).map(estimator =>
    of(`irCosFace, ${estimator}`, {
      loss: () => irCosFace({ estimator, ...(estimator === 'exact' && { refreshEvery: 5 }) }),
    }),
  ),
  of('irCosFace, sphere with momentum and mean', {
    loss: () => irCosFace({ estimator: 'sphere', momentum: 0.5, batchMean: true, alpha: 0.3 }),
  }),
  of('irCosFace, cumulative mean, previous centres', {
    loss: () => irCosFace({ cumulativeMean: true, usePreviousCenters: true, subtractMean: false }),
  }),
  of('irSphereFace, preset paper', { loss: () => losses.irSphereFace({ ...SIZES, preset: 'paper' }) }),
  of('softmax with a bias', { loss: () => losses.softmaxLoss({ ...SIZES, bias: true }) }),
  of('arcFace, continuous, m by class', {
    loss: () => losses.arcFace({ ...SIZES, s: 8, m: [0.1, 2, 0, 0.5, 1, 3], beyondPi: 'continuous' }),
  }),
  of('sphereFaceR, not clamped', {
    loss: () => losses.sphereFaceR({ ...SIZES, s: 8, m: 2.5, clamped: false }),
  }),
  of('sphereFaceR, others bent', {
    loss: () => losses.sphereFaceR({ ...SIZES, s: 8, m: 1.4, bent: 'others' }),
  }),
  of('combinedMargin, m1 of 2', {
    loss: () => losses.combinedMargin({ ...SIZES, s: 8, m1: 2, m2: 0.3, m3: 0.1 }),
  }),
  ...['cosFace', 'irArcFace'].flatMap(name => {
    const { create } = LOSSES.find(row => row.name === name)!
    return Object.entries(options).flatMap(([option, given]) =>
      name === 'irArcFace' && option === 'reduction sum'
        ? []
        : [of(`${name}, ${option}`, { loss: () => create(given) })],
    )
  }),
  ...[losses.cosFace, losses.irCosFace].map((create, i) =>
    of(`sampled classes, ${i === 0 ? 'learned' : 'centres'}`, {
      loss: () =>
        create({ ...SIZES, s: 8, m: 0.2, sampledClasses: { rate: 0.7, corrected: i === 0, seed: 5 } }),
      more: { batch: 4 },
    }),
  ),
  ...Object.entries(MARGINS).map(([name, loss]) => of(name, { loss })),
  ...Object.entries(RULES).map(([name, loss]) => of(name, { loss })),
  of('simplex', {
    net: netTo(CLASSES - 1),
    loss: () => losses.cosFace({ classes: CLASSES, dim: CLASSES - 1, s: 8, simplex: true }),
    optimizer: net => sgd(net.parameters, { lr: 0.05 }),
  }),
  of('simplex with a bias', {
    net: netTo(CLASSES - 1),
    loss: () => losses.softmaxLoss({ classes: CLASSES, dim: CLASSES - 1, simplex: true, bias: true }),
  }),
  ...Object.entries(SAMPLED).map(([name, loss]) =>
    of(`sampled classes, ${name}`, { loss, more: { batch: 4 } }),
  ),
  of('lamb', {
    optimizer: (net, loss) =>
      lamb([{ parameters: net.parameters }, { parameters: loss.parameters, weightDecay: 0 }], { lr: 0.01 }),
    more: { schedule: warmup(cosineAnnealing({ steps: 12 }), { steps: 8, start: 0.2 }) },
  }),
  of('oneCycle', { more: { schedule: oneCycle({ steps: 18 }) } }),
  of('oneCycle, three lines', {
    more: { schedule: oneCycle({ steps: 18, threePhase: true, annealStrategy: 'linear', pctStart: 0.4 }) },
  }),
  of('adam, warmupCosine, clip', {
    optimizer: (net, loss) =>
      adam([{ parameters: net.parameters }, { parameters: loss.parameters, lr: 0.03 }], {
        lr: 0.01,
        weightDecay: 0.01,
      }),
    more: { schedule: warmupCosine({ warmup: 4, steps: 25 }), clip: { norm: 0.8, value: 0.5 } },
  }),
  of('adamW', {
    optimizer: (net, loss) => {
      const { 'fc1.weight': first, ...rest } = net.parameters
      return adamW(
        [
          { parameters: { first } },
          { parameters: { ...rest, ...loss.parameters }, lr: 0.005, weightDecay: 0 },
        ],
        {
          lr: 0.01,
          betas: [0.8, 0.99],
        },
      )
    },
  }),
  of('sgd, plain', { optimizer: (net, loss) => sgd({ ...net.parameters, ...loss.parameters }, { lr: 0.1 }) }),
  of('sgd, dampened', {
    optimizer: net => sgd({ ...net.parameters }, { lr: 0.05, momentum: 0.8, dampening: 0.3 }),
    loss: irCosFace,
    more: { schedule: stepDecay({ every: 5, gamma: 0.5 }) },
  }),
  of('adam, amsgrad', {
    optimizer: (net, loss) => adam({ ...net.parameters, ...loss.parameters }, { lr: 0.01, amsgrad: true }),
    more: { schedule: multiStepDecay({ milestones: [4, 9] }) },
  }),
  of('rmsprop, centred', {
    optimizer: (net, loss) =>
      rmsprop(
        { ...net.parameters, ...loss.parameters },
        { lr: 0.002, momentum: 0.5, centered: true, eps: 1e-3 },
      ),
    more: { schedule: cosineAnnealing({ steps: 30, min: 0.1 }) },
  }),
  of('adagrad', {
    optimizer: (net, loss) => adagrad({ ...net.parameters, ...loss.parameters }, { lr: 0.05, lrDecay: 0.1 }),
    more: { schedule: polynomialDecay({ steps: 40, power: 2 }) },
  }),
  of('classAware', { more: { sampling: classAware() } }),
  of('identityBalanced', { more: { sampling: identityBalanced({ samples: 4 }) } }),
  of('attention', {
    net: rng =>
      layers.sequential({
        attention: layers.multiHeadAttention({ dim: 6, heads: 2, causal: true, rng }),
        flatten: layers.flatten(),
        fc: layers.linear({ in: 18, out: DIM, rng }),
      }),
    input: [3, 6],
  }),
  of('layers of images', { net: imageNet, input: [6, 4, 2] }),
  of('layers of images, pooled', { net: poolNet, input: [6, 7, 2] }),
]
