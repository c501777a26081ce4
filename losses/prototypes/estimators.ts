import {
  add,
  concat,
  div,
  equal,
  greater,
  maximum,
  minimum,
  mul,
  normalize,
  reshape,
  type Shape,
  sigmoid,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  where,
} from '../../engine/index.ts'
import { type ClassIndices, labelIndex, meansByClass, type Sums, sumsByClass } from '../labels.ts'

/** A batch as estimators see it: z_i = x_i / ‖x_i‖ (or x_i), their classes, and the sums of each class. */
export interface Batch extends Sums {
  readonly z: Tensor
  readonly y: ClassIndices
}

export const batchOf = (z: Tensor, y: ClassIndices, classes: number): Batch => ({
  z,
  y,
  ...sumsByClass(z, y, classes),
})

/** c[C,D], and what else an estimator remembers. */
export type Memory = { readonly centers: Tensor } & Readonly<Record<string, Tensor>>

type Shapes = Readonly<Record<string, Shape>>

/** The options of all estimators, defaults filled in. */
export interface Rates {
  readonly alpha: number
  readonly cumulativeMean: boolean
  readonly batchMean: boolean
  readonly momentum: number
  readonly window: number
}

/** How a class centre follows the embeddings of its class. Classes without a sample in the batch keep theirs. */
export interface Estimator {
  /** The default rate, for one that has a rate. */
  readonly alpha?: number
  /** Are the centres put back on the unit sphere? They start on it then. */
  readonly unit?: boolean
  /** The shapes of what it remembers beside the centres; all starts as 0. */
  memory?(classes: number, dim: number, rates: Rates): Shapes
  /** All that it remembers, after a batch. */
  next(memory: Memory, batch: Batch, rates: Rates): Memory
}

const kept = ({ counts }: Sums, before: Tensor, after: Tensor): Tensor =>
  where(equal(counts, 0), before, after)

/**
 * c_j <- (1 - a_j) c_j + a_j mean_j, where a_j = alpha, or with `visits`, v[C,1] samples of each class before, max(alpha,
 * k_j / (v_j + k_j)): the plain mean of all images until there are 1 / alpha batches' worth. An absent class has a_j = 0.
 */
const ema: Estimator = {
  alpha: 0.1,
  memory: (classes, _, { cumulativeMean }): Shapes => (cumulativeMean ? { visits: [classes, 1] } : {}),
  next({ centers, visits }, batch, { alpha }): Memory {
    const { counts } = batch
    const known = visits && add(visits, counts)
    const rate = known === undefined ? alpha : maximum(div(counts, maximum(known, 1)), alpha)
    const a = mul(greater(counts, 0), rate)
    const after = add(mul(sub(1, a), centers), mul(a, meansByClass(batch)))
    return known === undefined ? { centers: after } : { centers: after, visits: known }
  },
}

/** c_j <- mean_j, the batch being the whole training set. */
const exact: Estimator = {
  next: ({ centers }, batch) => ({ centers: kept(batch, centers, meansByClass(batch)) }),
}

/** c_j <- c_j - alpha sum over the batch's class j of (c_j - z_i) / (1 + k_j): Wen 2016, equation 4. */
const centerLoss: Estimator = {
  alpha: 0.5,
  next({ centers }, { sums, counts }, { alpha }) {
    const delta = div(sub(mul(counts, centers), sums), add(counts, 1))
    return { centers: sub(centers, mul(delta, alpha)) }
  },
}

/**
 * c_j <- normalize(c_j - alpha g_j), g_j = sum over the batch's class j of (c_j - z_i): gradient descent on the term
 * 1/2 ‖c_j - z_i‖^2, put back on the sphere (Zhu 2020, p. 9). With `batchMean` g_j is the mean of the k_j samples; with
 * `momentum` v_j <- momentum v_j + g_j takes its place, as in PyTorch's SGD, and absent classes move on by theirs.
 */
const sphere: Estimator = {
  alpha: 0.1,
  unit: true,
  memory: (classes, dim, { momentum }): Shapes => (momentum > 0 ? { velocity: [classes, dim] } : {}),
  next({ centers, velocity }, batch, { alpha, batchMean, momentum }): Memory {
    const { sums, counts } = batch
    const gradient = sub(mul(counts, centers), sums)
    const g = batchMean ? div(gradient, maximum(counts, 1)) : gradient
    const v = velocity === undefined ? g : add(mul(velocity, momentum), g)
    const after = normalize(sub(centers, mul(v, alpha)))
    return velocity === undefined ? { centers: kept(batch, centers, after) } : { centers: after, velocity: v }
  },
}

/** c_j <- normalize(c_j + sum over the batch's class j of z_i): the code of Zhu 2020 from before the paper. */
const accumulate: Estimator = {
  unit: true,
  next: ({ centers }, batch) => ({
    centers: kept(batch, centers, normalize(add(centers, batch.sums))),
  }),
}

/**
 * c_j <- normalize(sum over the batch's class j of a_i c_j + (1 - a_i) z_i), a_i = sigmoid(<z_i, c_j>): empirical
 * prototypes, Fan 2024, arXiv:2405.12447, which takes one sample at a time; that those of a batch are averaged is ours.
 */
const empirical: Estimator = {
  unit: true,
  next({ centers }, batch) {
    const { z, y } = batch
    const [classes] = centers.shape
    const own = take(centers, reshape(labelIndex(y, z.backend), [-1]))
    const a = sigmoid(sum(mul(z, own), { axis: 1, keepDims: true }))
    const stay = sumsByClass(a, y, classes).sums
    const come = sumsByClass(mul(sub(1, a), z), y, classes).sums
    return { centers: kept(batch, centers, normalize(add(mul(stay, centers), come))) }
  },
}

/**
 * c_j <- the mean of the class's last `window` samples, of fewer while there are no more: the memory bank that Zhu 2020
 * (p. 9) tried and left; a window of 1 is its other try, one sample as the weight, as in DocFace. bank[C,K,D] has the newest first.
 */
const memoryBank: Estimator = {
  memory: (classes, dim, { window }) => ({ bank: [classes, window, dim], visits: [classes, 1] }),
  next({ centers, bank, visits }, batch, { window }) {
    const { z, y, counts } = batch
    const [classes, dim] = centers.shape
    const rows = concat([reshape(bank, [classes * window, dim]), z], 0)
    const index = tensor(newest(y, classes, window), { backend: z.backend })
    const after = reshape(take(rows, index), [classes, window, dim])
    const known = add(visits, counts)
    const mean = div(sum(after, { axis: 1 }), minimum(maximum(known, 1), window))
    return { centers: kept(batch, centers, mean), bank: after, visits: known }
  },
}

/** Which rows of a bank[C K,D] and of the batch after it make the next bank: the batch's own first, the last of them foremost. */
function newest(y: ClassIndices, classes: number, window: number): Int32Array {
  const size = classes * window
  const index = Int32Array.from({ length: size }, (_, row) => row)
  for (let i = 0; i < y.length; i++) {
    const start = y[i] * window
    index.copyWithin(start + 1, start, start + window - 1)
    index[start] = size + i
  }
  return index
}

export const ESTIMATORS = {
  ema,
  exact,
  centerLoss,
  sphere,
  accumulate,
  empirical,
  memoryBank,
} as const satisfies Record<string, Estimator>
