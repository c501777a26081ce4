import {
  add,
  broadcastTo,
  div,
  equal,
  greater,
  maximum,
  mul,
  ones,
  scatterAdd,
  sub,
  type Tensor,
  where,
  zeros,
} from '../../engine/index.ts'
import { type ClassIndices, labelIndex } from '../labels.ts'

/** What is known of the classes: c[C,D], and visits[C,1], how many images of each went into it so far. */
export interface Centers {
  readonly centers: Tensor
  readonly visits: Tensor
}

interface Batch {
  /** Sum of z over the samples of each class, [C,D]. */
  readonly sums: Tensor
  /** k_j, the number of these, [C,1]. */
  readonly counts: Tensor
}

/** z[N,D] y[N] -> sums[C,D] counts[C,1] */
export function byClass(z: Tensor, y: ClassIndices, classes: number): Batch {
  const kind = { dtype: z.dtype, backend: z.backend }
  const index = labelIndex(y, z.backend)
  return {
    sums: scatterAdd(zeros([classes, z.shape[1]], kind), broadcastTo(index, z.shape), z, 0),
    counts: scatterAdd(zeros([classes, 1], kind), index, ones([y.length, 1], kind), 0),
  }
}

/** Each class's mean; 0 for a class without samples.  [C,D] */
const means = ({ sums, counts }: Batch): Tensor => div(sums, maximum(counts, 1))

/**
 * c_j <- (1 - a_j) c_j + a_j mean_j, where a_j = alpha, or with `cumulativeMean` max(alpha, k_j / visits_j), the visits
 * of this batch included: the plain mean of all images until there are 1 / alpha batches' worth. An absent class
 * has a_j = 0.
 */
export function ema(old: Centers, batch: Batch, { alpha, cumulativeMean }: Ema): Centers {
  const visits = add(old.visits, batch.counts)
  const present = greater(batch.counts, 0)
  const rate = cumulativeMean ? maximum(div(batch.counts, maximum(visits, 1)), alpha) : alpha
  const a = mul(present, rate)
  return { centers: add(mul(sub(1, a), old.centers), mul(a, means(batch))), visits }
}

export interface Ema {
  readonly alpha: number
  readonly cumulativeMean: boolean
}

/** c_j <- c_j - alpha sum over the batch's class j of (c_j - x_i) / (1 + k_j): Wen 2016, equation 4. */
export function centerLossRule(old: Centers, batch: Batch, alpha: number): Centers {
  const { sums, counts } = batch
  const delta = div(sub(mul(counts, old.centers), sums), add(counts, 1))
  return { centers: sub(old.centers, mul(delta, alpha)), visits: add(old.visits, counts) }
}

/** c_j <- mean_j, the batch being the whole training set; visits_j <- k_j. An absent class keeps both. */
export function exact(old: Centers, batch: Batch): Centers {
  const absent = equal(batch.counts, 0)
  return {
    centers: where(absent, old.centers, means(batch)),
    visits: where(absent, old.visits, batch.counts),
  }
}
