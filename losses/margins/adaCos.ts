import { checkFlag, checkOptions, type OptionNames } from '../../engine/check.ts'
import {
  add,
  div,
  equal,
  full,
  greater,
  logSumExp,
  maximum,
  mul,
  reshape,
  scatterAdd,
  sub,
  sum,
  type Tensor,
  tensor,
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
const LEFT_OUT = -1e30

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
  const z = mul(cosines(), s)
  const { dtype, backend } = z
  const leftOut = full([y.length, 1], LEFT_OUT, { dtype, backend })
  const others = scatterAdd(z, labelIndex(y, backend), leftOut)
  const logB = sub(logSumExp(reshape(others, [-1])), Math.log(y.length))
  // cos(min(pi / 4, theta)) = max(cos(pi / 4), cos theta).
  return maximum(div(logB, maximum(medianAngle(cosTheta()), Math.SQRT1_2)), LEAST)
}

/** The cosine of the median of these angles, of an even number the lower; the first of equals.  [N,1] -> [] */
function medianAngle(cosTheta: Tensor): Tensor {
  const n = cosTheta.size
  const { dtype, backend } = cosTheta
  const [column, row] = [reshape(cosTheta, [n, 1]), reshape(cosTheta, [1, n])]
  const earlier = Float64Array.from({ length: n * n }, (_, at) => Number(at % n < Math.floor(at / n)))
  const ties = mul(equal(row, column), tensor(earlier, { shape: [n, n], dtype, backend }))
  const rank = sum(add(greater(row, column), ties), { axis: 1, keepDims: true })
  return sum(mul(cosTheta, equal(rank, Math.floor((n - 1) / 2))))
}
