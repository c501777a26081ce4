import { checkFinite, checkInteger, type OptionNames } from '../../engine/check.ts'
import {
  add,
  argmax,
  div,
  equal,
  less,
  lessEqual,
  max,
  min,
  minimum,
  mul,
  relu,
  reshape,
  stopGradient,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  where,
} from '../../engine/index.ts'
import { type ClassIndices, meansByClass, sumsByClass } from '../labels.ts'
import type { EmbeddingLoss } from '../loss.ts'
import { above0, smallest } from './masked.ts'
import { batchLoss, optionsOf } from './pairLoss.ts'
import { type Pairs, pairsOf } from './pairs.ts'

export interface RangeOptions {
  /** How many of the largest ranges of a class count, an integer >= 1. Default 2. */
  k?: number
  /** How far the nearest two class means are to be, in squared distance, > 0. Default 2e4, for features of no fixed length. */
  margin?: number
  /** What ranges count, >= 0. Default 5e-5. */
  alpha?: number
  /** What the nearest class means count, >= 0. Default 1e-4. */
  beta?: number
}

export const RANGE_OPTIONS = {
  k: true,
  margin: ['m'],
  alpha: true,
  beta: true,
} satisfies OptionNames<RangeOptions>

/**
 * alpha sum_j k / sum_{r <= k} 1 / D_jr + beta [margin - D]_+, D_j1 >= D_j2 .. the largest squared distances ‖x_a - x_b‖^2 within class j, D
 * the smallest between the batch's class means: range loss, Zhang 2016, arXiv:1611.08976; auxiliary, beside a
 * softmax loss.  x[N,D] y[N] -> []
 *
 * A batch of one class has no second term. A class of one sample has no range, and one of fewer than k pairs has those that there are. A range of 0, which in
 * float32 is one below a distance of 1e-6, makes its class's term 0. Embeddings longer than 1e14, in float64
 * 1e145, are refused.
 * Sums, not means over classes. The paper's abstract says what it is made of; its settings were not looked up, and the defaults of all but k are
 * ours, for features of no fixed length. Public code parts: RangeLoss-Caffe has k = 2, margin 2e4 and weights 1e-4 and 1e-3.
 */
export function range(options?: RangeOptions): EmbeddingLoss {
  const name = 'range'
  const { k = 2, margin = 2e4, alpha = 5e-5, beta = 1e-4 } = optionsOf(name, options, RANGE_OPTIONS)
  checkInteger(name, 'k', k, 1)
  checkFinite(name, 'margin', margin)
  checkFinite(name, 'alpha', alpha, { orZero: true })
  checkFinite(name, 'beta', beta, { orZero: true })
  const compute = (pairs: Pairs, x: Tensor, y: ClassIndices): Tensor => {
    const within = mul(ranges(pairs, k), alpha)
    const between = nearestMeans(x, y)
    return between === undefined ? within : add(within, mul(relu(sub(margin, between)), beta))
  }
  return batchLoss(name, compute, { normalized: false })
}

/** sum_j k / sum_{r <= k} 1 / D_jr  -> [] */
function ranges({ sames, squares }: Pairs, k: number): Tensor {
  const d = squares(false)
  const lists = pairsByClass(sames)
  const widest = Math.max(1, ...lists.map(list => list.length))
  const places = new Int32Array(Math.max(1, lists.length) * widest)
  const filled = new Float64Array(places.length)
  lists.forEach((list, j) => {
    list.forEach(([a, b], r) => {
      places[j * widest + r] = a * sames.length + b
      filled[j * widest + r] = 1
    })
  })
  const shape = [places.length / widest, widest]
  const index = tensor(places, { shape, backend: d.backend })
  const there = tensor(filled, { shape, dtype: d.dtype, backend: d.backend })
  const column = tensor(
    Int32Array.from({ length: widest }, (_, r) => r),
    { backend: d.backend },
  )
  let left = where(there, take(reshape(d, [-1]), index), NONE)
  const largest: Tensor[] = []
  for (let r = 0; r < Math.min(k, widest); r++) {
    largest.push(max(left, { axis: 1 }))
    left = where(equal(column, argmax(left, { axis: 1, keepDims: true })).astype(d.dtype), NONE, left)
  }
  // What is left out is asked for, so that NaN stays in.
  const given = largest.map(one => sub(1, less(one, 0)))
  const positive = largest.map(one => sub(1, lessEqual(one, LEAST[d.dtype as keyof typeof LEAST])))
  // As multiples of the least: squares of the inverses would leave the dtype.
  const least = stopGradient(largest.map((one, r) => where(positive[r], one, largest[0])).reduce(minimum))
  const inverse = largest.map((one, r) => where(positive[r], div(least, where(positive[r], one, 1)), 0))
  const zero = given.map((one, r) => sub(one, positive[r])).reduce(add)
  const total = inverse.reduce(add)
  // A class without a pair has a total of 0, too.
  const some = above0(total)
  const term = where(some, mul(div(given.reduce(add), where(some, total, 1)), least), 0)
  return sum(where(zero, 0, term))
}

/** A squared distance up to here counts as 0: the powers of its inverse that second derivatives take would leave the dtype. */
const LEAST = { float32: 1e-12, float64: 1e-100 }

/** Below every squared distance. */
const NONE = -1

/** The pairs a < b of each class that has one. */
function pairsByClass(sames: Pairs['sames']): [number, number][][] {
  return sames.flatMap((list, a) => {
    const isFirst = list.every(b => b > a)
    if (list.length === 0 || !isFirst) return []
    const all = [a, ...list]
    return [all.flatMap((one, i) => all.slice(i + 1).map((two): [number, number] => [one, two]))]
  })
}

/** The smallest squared distance between the means of two classes of the batch; undefined where there is one class. */
function nearestMeans(x: Tensor, y: ClassIndices): Tensor | undefined {
  const classes = [...new Set(Array.from(y))]
  if (classes.length < 2) return undefined
  const place = new Map(classes.map((label, j) => [label, j]))
  const means = meansByClass(
    sumsByClass(
      x,
      Array.from(y, label => place.get(label) as number),
      classes.length,
    ),
  )
  const { other, squares } = pairsOf(
    means,
    classes.map((_, j) => j),
  )
  return min(smallest(squares(false), other))
}
