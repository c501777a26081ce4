import { checkFlag, checkOptions, type OptionNames } from '../../engine/check.ts'
import {
  add,
  div,
  expm1,
  gather,
  log,
  logSumExp,
  maximum,
  min,
  neg,
  reshape,
  softmaxCrossEntropy,
  sub,
  type Tensor,
  topk,
} from '../../engine/index.ts'
import { labelIndex } from '../labels.ts'
import type { Margin, RememberedBatch } from './margin.ts'

export interface AdaCosOptions {
  /** s follows the batches, the default; false: it stays sqrt(2) ln(C - 1). */
  dynamic?: boolean
}

export const ADA_COS_OPTIONS = { dynamic: ['adaptive'] } satisfies OptionNames<AdaCosOptions>

export const adaCosDefaults = { dynamic: true } as const

/** No scale is smaller: of two classes the paper's start would be 0. */
const LEAST = 1
/** The least share of the other classes, where there is none. */
const LEFT = 1e-37

/**
 * z_j = s cos theta_j with s = ln B / cos(min(pi / 4, theta_med)) after each batch, from s = sqrt(2) ln(C - 1): AdaCos, Zhang 2019,
 * arXiv:1905.00292. B is the mean over samples of the sum of e^(s cos theta_j) over the other classes, by the s before; theta_med is the
 * median of the angles to the own class (of an even number the lower). s is a constant to the gradient. `dynamic: false` is the
 * paper's fixed AdaCos.
 *
 * s moves with the batch before it is used, as in the paper. Ours: s is 1 at least, which counts for two classes, where the paper's start is 0,
 * and for one. Public code (4uiiurz1/pytorch-adacos) takes the median of the angles to all classes.
 */
export function adaCosMargin(options: AdaCosOptions = {}): Margin {
  const op = 'adaCos'
  checkOptions(op, options, ADA_COS_OPTIONS)
  const { dynamic = adaCosDefaults.dynamic } = options
  checkFlag(op, 'dynamic', dynamic)
  return {
    equation: `z_j = s cos theta_j, s = ${dynamic ? 'ln B / cos(min(pi / 4, theta_med)), B the batch mean of sum e^(s cos theta_j) over the other classes' : 'sqrt(2) ln(C - 1)'}`,
    s: LEAST,
    unitX: true,
    unitW: true,
    scale: ({ s }) => s,
    memory: {
      start: classes => ({ s: Math.max(LEAST, Math.SQRT2 * Math.log(Math.max(1, classes - 1))) }),
      next: batch => ({ s: dynamic ? nextScale(batch) : batch.memory.s }),
    },
    nonsmoothAt: [],
  }
}

function nextScale({ memory: { s }, cosines, cosTheta, y }: RememberedBatch): Tensor {
  const z = cosines(s)
  const index = labelIndex(y, z.backend)
  // l = ln(1 + O / e^z_y), O the sum of e^z over the other classes: ln O = z_y + l + ln(1 - e^-l).
  const l = softmaxCrossEntropy(z, index)
  const share = maximum(neg(expm1(neg(l))), LEFT)
  const others = add(add(reshape(gather(z, index), [-1]), l), log(share))
  const logB = sub(logSumExp(others), Math.log(y.length))
  // cos(min(pi / 4, theta)) = max(cos(pi / 4), cos theta).
  return maximum(div(logB, maximum(medianAngle(cosTheta()), Math.SQRT1_2)), LEAST)
}

/** The cosine of the median of these angles, of an even number the lower.  [N,1] -> [] */
function medianAngle(cosTheta: Tensor): Tensor {
  const half = Math.floor((cosTheta.size + 1) / 2)
  return min(topk(reshape(cosTheta, [-1]), half).values)
}
