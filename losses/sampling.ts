import {
  add,
  backend,
  concat,
  type Generator,
  gather,
  norm,
  normalize,
  reshape,
  stopGradient,
  sub,
  type Tensor,
  take,
  uniform,
} from '../engine/index.ts'
import { batchOf, rememberedBatch } from './bentLogits.ts'
import type { FocalOptions } from './crossEntropy.ts'
import { logPriors } from './imbalance.ts'
import type { LabelSmoothingOptions } from './labelSmoothing.ts'
import { type ClassIndices, labelIndex } from './labels.ts'
import type { ReductionOptions } from './loss.ts'
import { marginLoss, type PullOptions, sumOf } from './marginLoss.ts'
import { angleBetween, cosTheta } from './margins/angle.ts'
import type { Margin } from './margins/margin.ts'
import { startOf } from './margins/memory.ts'
import type { CenterOptions } from './prototypes/centerOptions.ts'
import { classCenters } from './prototypes/classCenters.ts'

/** A random case for a gradient check: f is a pure function of float64 tensors. */
export interface LossSample {
  f: (inputs: Record<string, Tensor>) => Tensor
  inputs: Record<string, Tensor>
  /** The step of the differences, where f changes over distances much shorter than 1. */
  step?: number
}

/** How far a case stays from where psi is not smooth (in the cosine) and from vectors of length 0, where no difference quotient holds. */
const CLEARANCE = { nonsmooth: 0.03, cosine: 0.95, length: 0.4 }
const TRIES = 1000

interface Sizes {
  readonly n: number
  readonly classes: number
  readonly dim: number
  readonly y: Int32Array
}

/** A random margin for so many classes. */
export type MarginOf = (rng: Generator, classes: number) => Margin

/**
 * A margin over W, both x and W being inputs; `bias` adds b. Half of the cases adjust the logits, half are focal, half pull, as
 * do those below.
 */
export const sampleLearned =
  (marginOf: MarginOf, { bias = false } = {}) =>
  (rng: Generator): LossSample => {
    const { n, classes, dim, y } = sampleSizes(rng)
    const margin = marginOf(rng, classes)
    return retry(() => {
      const inputs = { x: draw(rng, [n, dim]), W: draw(rng, [classes, dim]) }
      const distance = margin.psi && rng.uniform() < 0.3 ? 10 ** rng.uniform(-3, -1) : undefined
      if (distance !== undefined) inputs.x = atPole(rng, inputs.x, inputs.W, y, distance)
      const options = sampleOptions(rng, classes, margin)
      if (!clear(margin, inputs, y, options.t, distance !== undefined)) return undefined
      const priors = samplePriors(rng, classes)
      const smooth = attached(margin, inputs, y)
      return {
        inputs:
          margin.binary !== undefined
            ? { ...inputs, b: draw(rng, []) }
            : bias && rng.uniform() < 0.5
              ? { ...inputs, b: draw(rng, [classes]) }
              : inputs,
        ...(distance !== undefined && { step: STEP * distance }),
        f: ({ x, W, b }) => marginLoss(smooth, x, { W, b: sumOf(b, priors) }, y, options),
      }
    })
  }

/** A margin over class centres after two or three updates, x being the input; with `differentiate` they depend on x. */
export const sampleCenters =
  (name: string, marginOf: MarginOf) =>
  (rng: Generator): LossSample => {
    const { n, classes, dim, y } = sampleSizes(rng)
    const margin = marginOf(rng, classes)
    return retry(() => {
      const setting = { ...float64(), classes, dim, seed: rng.seed() }
      const prototypes = classCenters(name, { ...setting, ...sampleCenterOptions(rng) })
      for (let i = 0; i < 2; i++) prototypes.update(draw(rng, [n, dim]), y)
      const before = prototypes.state()
      const x = draw(rng, [n, dim])
      prototypes.update(x, y)
      const options = sampleOptions(rng, classes, margin)
      const b = samplePriors(rng, classes)
      if (!spread(prototypes.state().tensors.centers)) return undefined
      if (prototypes.updateAfter) prototypes.load(before)
      const { W } = prototypes.forBatch(x, y)
      if (!clear(margin, { x, W }, y, options.t)) return undefined
      const smooth = attached(margin, { x, W }, y)
      return {
        inputs: { x },
        f({ x }) {
          const { W, c } = prototypes.forBatch(x, y)
          return marginLoss(smooth, x, { W, b, c }, y, options)
        },
      }
    })
  }

/**
 * The margin whose gradient a detached one has, at these x and W: what counts as a constant stays as it is there, psi(theta) - cos theta or the
 * norms. Others as they are.
 */
export function attached(margin: Margin, { x, W }: { x: Tensor; W: Tensor }, y: ClassIndices): Margin {
  const { detached, normDetached, psi, others, ...rest } = margin
  if (psi !== undefined && normDetached) {
    const held = stopGradient(norm(x, { axis: -1, keepDims: true }))
    return { ...margin, psi: (angle, y, batch) => psi(angle, y, batch && { ...batch, norm: () => held }) }
  }
  if (!detached) return margin
  const w = take(W, reshape(labelIndex(y, x.backend), [-1]))
  const angle = angleBetween(() => ({ x, w: () => w, u: normalize(x), v: normalize(w) }))
  const cosines = cosTheta(x, W)
  const batch = batchOf(margin, x, { t: 0, memory: startOf(margin, W.shape[0], x) })
  const bend = psi && stopGradient(sub(psi(angle, y, batch), angle.cosTheta))
  const bends = others && stopGradient(sub(others(cosines, angle, batch), cosines))
  return {
    ...rest,
    ...(bend && { psi: ({ cosTheta }) => add(cosTheta, bend) }),
    ...(bends && { others: c => add(c, bends) }),
  }
}

export function sampleSizes(rng: Generator): Sizes {
  const classes = rng.integer(2, 5)
  const n = rng.integer(1, 4)
  return {
    n,
    classes,
    dim: rng.integer(2, 5),
    y: Int32Array.from({ length: n }, () => rng.integer(0, classes - 1)),
  }
}

export function sampleReduction(rng: Generator, classes: number): ReductionOptions {
  const reduction = (['mean', 'sum', 'none'] as const)[rng.integer(0, 2)]
  const weight = Array.from({ length: classes }, () => rng.uniform(0.5, 2))
  return rng.uniform() < 0.5 ? { reduction } : { reduction, weight }
}

const sampleOptions = (rng: Generator, classes: number, { binary }: Margin) => ({
  ...sampleReduction(rng, classes),
  ...sampleFurther(rng, binary === undefined),
  ...samplePull(rng),
  t: rng.integer(0, 50),
})

function sampleFurther(rng: Generator, softmax: boolean): FocalOptions & LabelSmoothingOptions {
  const draw = rng.uniform()
  if (draw < 0.4) return {}
  return draw < 0.8 || !softmax
    ? { focalGamma: rng.uniform(0.5, 3) }
    : { labelSmoothing: rng.uniform(0.1, 0.9) }
}

function samplePriors(rng: Generator, classes: number): Tensor | undefined {
  const sizes = Array.from({ length: classes }, () => rng.integer(1, 100))
  const logitAdjustment = { sizes, tau: rng.uniform(0, 2) }
  return rng.uniform() < 0.5
    ? undefined
    : logPriors('sample', { ...float64(), classes, dim: 1 }, logitAdjustment)
}

function sampleCenterOptions(rng: Generator): CenterOptions {
  const looks = ([{}, { usePreviousCenters: true }, { differentiate: true }] as const)[rng.integer(0, 2)]
  const common = { ...looks, subtractMean: rng.uniform() < 0.7 }
  const alpha = rng.uniform(0.1, 0.9)
  const estimators: readonly CenterOptions[] = [
    { alpha, cumulativeMean: rng.uniform() < 0.5 },
    { alpha, estimator: 'centerLoss' },
    { alpha: alpha / 2, estimator: 'sphere', batchMean: rng.uniform() < 0.5, momentum: rng.uniform(0, 0.9) },
    { estimator: 'accumulate' },
    { estimator: 'empirical' },
    { estimator: 'memoryBank', window: rng.integer(1, 4) },
  ]
  // Half of all by the default.
  return { ...common, ...estimators[Math.max(0, rng.integer(-5, estimators.length - 1))] }
}

const samplePull = (rng: Generator): PullOptions => (rng.uniform() < 0.5 ? {} : { pull: rng.uniform(0.5, 3) })

export const draw = (rng: Generator, shape: readonly number[]): Tensor =>
  uniform(shape, rng, { ...float64(), low: -2, high: 2 })

/** Finite differences need float64, which the reference backend has. */
const float64 = () => ({ dtype: 'float64', backend: backend('reference') }) as const

/**
 * Are the targets' cosines clear of where psi is not smooth, and all lengths of 0? With `pole` the first is near 1 or -1, and clear
 * of the rest.
 */
function clear(
  margin: Margin,
  { x, W }: { x: Tensor; W: Tensor },
  y: Int32Array,
  t: number,
  pole = false,
): boolean {
  const cosines = [...gather(cosTheta(x, W), labelIndex(y, x.backend)).dataSync()]
  const lengths = [...norm(x, -1).dataSync(), ...norm(W, -1).dataSync()]
  const inner = margin.nonsmoothAt.filter(c => Math.abs(c) < 1)
  const off = (c: number, cosines: readonly number[]): boolean =>
    cosines.every(other => Math.abs(c - other) > CLEARANCE.nonsmooth)
  const given = { t, memory: startOf(margin, W.shape[0], x), subCenters: 1 }
  const further = margin.clearance?.(rememberedBatch(margin, x, W, y, given)) ?? []
  return (
    lengths.every(length => length > CLEARANCE.length) &&
    further.every(distance => distance.dataSync().every(d => d > CLEARANCE.nonsmooth)) &&
    cosines.every((c, i) =>
      pole && i === 0 ? off(c, inner) : Math.abs(c) < CLEARANCE.cosine && off(c, margin.nonsmoothAt),
    )
  )
}

/** x with its first row at an angle of `distance` from that of its class's prototype, or of what is opposite it. */
function atPole(rng: Generator, x: Tensor, W: Tensor, y: Int32Array, distance: number): Tensor {
  const [w, other] = [W.slice([y[0]], [y[0] + 1]), draw(rng, [1, W.shape[1]])].map(v => normalize(v))
  const across = normalize(other.sub(w.mul(w.mul(other).sum())))
  const length = rng.uniform(0.5, 2) * (rng.uniform() < 0.5 ? 1 : -1)
  const first = w.mul(length * Math.cos(distance)).add(across.mul(length * Math.sin(distance)))
  return concat([first, x.slice([1])], 0)
}

/** That of gradcheck, for an f that changes over distances of 1. */
const STEP = 2 ** -12

/** Is every centre off the mean of all, and off 0? */
function spread(centers: Tensor): boolean {
  const away = [centers, centers.sub(centers.mean({ axis: 0, keepDims: true }))]
  return away.every(c =>
    norm(c, -1)
      .dataSync()
      .every(length => length > CLEARANCE.length),
  )
}

function retry(attempt: () => LossSample | undefined): LossSample {
  for (let i = 0; i < TRIES; i++) {
    const sample = attempt()
    if (sample !== undefined) return sample
  }
  throw new Error(`sample: a case clear of kinks expected within ${TRIES} tries, got none`)
}
