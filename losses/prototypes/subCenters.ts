import { checkFlag, checkInteger, type OptionNames } from '../../engine/check.ts'
import {
  argmax,
  gather,
  keep,
  mul,
  noGrad,
  normalize,
  ones,
  parameter,
  randn,
  reshape,
  scatterAdd,
  sum,
  type Tensor,
  take,
  tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossOptions } from '../loss.ts'
import { checkLossName } from '../lossName.ts'
import { LEARNED_OPTIONS, type LearnedOptions, ofTensors, type Prototypes } from './prototypes.ts'

export interface SubCenterOptions {
  /** K: each class has so many learned prototypes, of which the nearest counts; an integer >= 1. Default 1. */
  subCenters?: number
}

export const SUB_CENTER_OPTIONS = {
  subCenters: ['subcenters', 'subCentres', 'k', 'K'],
} satisfies OptionNames<SubCenterOptions>

/**
 * cos theta_j = max_k cos(x, w_jk), k = 1..K: each class has K learned prototypes, and the nearest stands for it. Sub-centre
 * ArcFace, Deng 2020, ECCV, section 3.3, for any margin: noisy images gather at sub-centres of their own and do not pull at the
 * others. Rows j K to j K + K - 1 of W[C K,D] are those of class j, from N(0, 1/D) by `seed` or `rng`; with `bias` also b[C].
 *
 * `dominant` has of each class the sub-centre that was nearest to most of its samples so far (`update` counts them); that of a
 * whole training set, and what lies far from it, `subCenterOutliers` tells. Throws unless K is an integer >= 1.
 */
export function subCenters(op: string, options: LearnedOptions, K: number): Prototypes {
  checkLossName('subCenters', op)
  checkLossOptions(op, options, LEARNED_OPTIONS)
  checkInteger(op, 'subCenters', K, 1)
  const { classes, dim, dtype = 'float32', backend, bias = false } = options
  checkFlag(op, 'bias', bias)
  const kind = { dtype, backend }
  const rng = generatorOf(op, options, 0)
  const shape = [classes * K, dim]
  const W = tidy(() => parameter(randn(shape, rng, { ...kind, std: 1 / Math.sqrt(dim) }), kind))
  const b = bias ? parameter(zeros([classes], kind), kind) : undefined
  const parameters: Record<string, Tensor> = b === undefined ? { W } : { W, b }
  const wins = keep(zeros([classes * K], kind))
  return {
    parameters,
    W,
    subCenters: K,
    dominant() {
      const rows = rowsOf(
        Int32Array.from({ length: classes }, (_, j) => j),
        K,
        W,
      )
      const most = argmax(reshape(wins, [classes, K]), { keepDims: true })
      return take(W, reshape(gather(rows, most), [-1]))
    },
    ...(b && { bias: b }),
    forBatch: () => ({ W, b }),
    updateAfter: false,
    update(x, y) {
      noGrad(() =>
        tidy(() => {
          const nearest = argmax(ownCosines(x, W, y, K), { keepDims: true })
          const row = reshape(gather(rowsOf(y, K, W), nearest), [-1])
          wins.assign(scatterAdd(wins, row, ones([y.length], kind)))
        }),
      )
    },
    refreshEvery: 0,
    refresh() {},
    ...ofTensors(op, { ...parameters, wins }),
  }
}

/** The rows of W[C K,D] that belong to each of these classes.  y[N] -> [N,K] */
export function rowsOf(y: ClassIndices, K: number, { backend }: Pick<Tensor, 'backend'>): Tensor {
  const rows = Int32Array.from({ length: y.length * K }, (_, i) => y[Math.floor(i / K)] * K + (i % K))
  return tensor(rows, { shape: [y.length, K], backend })
}

/** The cosines of each sample with the sub-centres of its own class.  x[N,D] W[C K,D] y[N] -> [N,K] */
export function ownCosines(x: Tensor, W: Tensor, y: ClassIndices, K: number): Tensor {
  const own = normalize(take(W, rowsOf(y, K, W)))
  const u = reshape(normalize(x), [x.shape[0], 1, x.shape[1]])
  return sum(mul(own, u), { axis: 2 })
}
