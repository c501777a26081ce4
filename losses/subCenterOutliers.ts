import { checkInteger, checkNumber, checkOptions, type OptionNames } from '../engine/check.ts'
import { noGrad, type Tensor, take, tensor } from '../engine/index.ts'
import { bind } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import { batchLabels, type Labels } from './labels.ts'
import { ownCosines } from './prototypes/subCenters.ts'

export interface SubCenterOutlierOptions {
  /** K, how many rows of W a class has. Default 3. */
  subCenters?: number
  /** The angle from which a sample is an outlier, in radians, 0 to pi. Default 75 degrees, 1.309. */
  threshold?: number
}

const KNOWN = {
  subCenters: ['k', 'K'],
  threshold: ['angle'],
} satisfies OptionNames<SubCenterOutlierOptions>

export interface SubCenterOutliers {
  /** Which samples lie further than the threshold from the dominant sub-centre of their class: the furthest first. */
  readonly outliers: Int32Array
  /** Which do not, in their order: the set to train on anew, with one centre a class. */
  readonly kept: Int32Array
  /** The angle of each sample to that sub-centre, in radians.  [N] */
  readonly angles: Float64Array
  /** For each class, which of its K sub-centres is nearest to most of its samples; 0 for a class without samples.  [C] */
  readonly dominant: Int32Array
  /** These rows of W.  [C,D] */
  readonly dominantCenters: Tensor
}

/**
 * Which samples are probably mislabelled: those further than 75 degrees from the dominant sub-centre of their class, the one that is
 * nearest to most of its samples. Deng 2020, ECCV, section 3.3, drops them and the other sub-centres, and trains anew. x are the
 * embeddings of the training set, W the parameter of a loss with `subCenters`.  x[N,D] W[C K,D] y[N]
 *
 * The angles are to the dominant sub-centre, as in pytorch-metric-learning's `get_outliers`, whose dominant centre of a class without
 * samples is not set. Throws unless shapes and labels fit, K is an integer >= 1, the threshold is an angle, and no cosine is NaN.
 */
export async function subCenterOutliers(
  W: Tensor,
  x: Tensor,
  y: Labels,
  options: SubCenterOutlierOptions = {},
): Promise<SubCenterOutliers> {
  const op = 'subCenterOutliers'
  checkOptions(op, options, KNOWN)
  const { subCenters: K = 3, threshold = (75 * Math.PI) / 180 } = options
  checkInteger(op, 'subCenters', K, 1)
  checkNumber(op, 'threshold', threshold, 0, Math.PI)
  for (const [name, t] of Object.entries({ x, W })) checkTensor(op, name, t)
  bind(op, 'x[N,D] W[C,D] -> [N,C]', { x: x.shape, W: W.shape })
  if (W.shape[0] % K !== 0) {
    throw new Error(`${op}: W[C K,D] of K = ${K} sub-centres a class expected, got ${W.shape[0]} rows`)
  }
  const classes = W.shape[0] / K
  const labels = batchLabels(op, y, x.shape[0], classes)
  const cosines = await noGrad(() => ownCosines(x, W, labels, K)).data()
  const wins = new Int32Array(classes * K)
  const lost = labels.findIndex((_, i) => cosines.subarray(i * K, (i + 1) * K).some(Number.isNaN))
  if (lost >= 0) throw new Error(`${op}: angles of numbers expected, got NaN for sample ${lost}`)
  labels.forEach((label, i) => {
    wins[label * K + largest(cosines, i * K, K)]++
  })
  const dominant = Int32Array.from({ length: classes }, (_, j) => largest(wins, j * K, K))
  const angles = Float64Array.from(labels, (label, i) =>
    Math.acos(Math.min(1, Math.max(-1, cosines[i * K + dominant[label]]))),
  )
  const samples = Int32Array.from(labels, (_, i) => i)
  return {
    outliers: samples.filter(i => angles[i] > threshold).sort((a, b) => angles[b] - angles[a] || a - b),
    kept: samples.filter(i => !(angles[i] > threshold)),
    angles,
    dominant,
    dominantCenters: take(
      W,
      tensor(
        dominant.map((k, j) => j * K + k),
        { backend: W.backend },
      ),
    ),
  }
}

/** Where among K entries the first largest stands. */
function largest(of: ArrayLike<number>, begin: number, K: number): number {
  let best = 0
  for (let k = 1; k < K; k++) if (of[begin + k] > of[begin + best]) best = k
  return best
}
