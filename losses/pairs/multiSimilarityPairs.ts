import { checkNumber, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkLabels, checkRows, type Labels, MOST_CLASSES } from '../labels.ts'
import {
  checkEqualLengths,
  compared,
  type Found,
  listed,
  type MinedPairs,
  partnersOf,
  type Triplets,
} from './mined.ts'

export interface MultiSimilarityPairsOptions {
  /** How far a pair may be on the right side and still be taken, >= 0. Default 0.1. */
  epsilon?: number
}

const KNOWN = { epsilon: ['eps', 'margin'] } satisfies OptionNames<MultiSimilarityPairsOptions>

/**
 * Of each anchor the pairs of its class with s_ip < max_n s_in + epsilon and those of two classes with s_in > min_p s_ip - epsilon, s = cos:
 * Wang 2019, arXiv:1904.06627, equations 7 and 8; as pytorch-metric-learning's MultiSimilarityMiner. An anchor without pairs of
 * one kind has none of the other.  x[N,D] y[N] -> a1[P] p[P] a2[Q] n[Q]
 *
 * The loss `multiSimilarity` chooses so by itself. For others: `circle().among(x, y, await multiSimilarityPairs(x, y))`.
 */
export async function multiSimilarityPairs(
  x: Tensor,
  y: Labels,
  options: MultiSimilarityPairsOptions = {},
): Promise<MinedPairs> {
  const op = 'multiSimilarityPairs'
  checkOptions(op, options, KNOWN)
  const { epsilon = 0.1 } = options
  checkNumber(op, 'epsilon', epsilon, 0)
  const labels = checkLabels(op, y)
  const { product: s } = await compared(op, x, labels, {})
  const chosen = partnersOf(labels).map(({ same, other }, i) => {
    const least = Math.min(...same.map(j => s(i, j)))
    const most = Math.max(...other.map(j => s(i, j)))
    return {
      i,
      near: same.filter(j => s(i, j) < most + epsilon),
      far: other.filter(j => s(i, j) > least - epsilon),
    }
  })
  const near = chosen.flatMap(({ i, near }) => near.map(j => [i, j]))
  const far = chosen.flatMap(({ i, far }) => far.map(j => [i, j]))
  const column = (pairs: number[][], k: 0 | 1): Int32Array => Int32Array.from(pairs, pair => pair[k])
  return { a1: column(near, 0), p: column(near, 1), a2: column(far, 0), n: column(far, 1) }
}

/** Every pair of one class with every pair of two of the same anchor.  a1[P] p[P] a2[Q] n[Q] -> a[T] p[T] n[T] */
export function pairTriplets(pairs: MinedPairs): Triplets {
  const op = 'pairTriplets'
  if (typeof pairs !== 'object' || pairs === null) {
    throw refusal(op, 'pairs as an object, { a1, p, a2, n },', pairs)
  }
  const [a1, p, a2, n] = (['a1', 'p', 'a2', 'n'] as const).map(name =>
    checkRows(op, name, pairs[name], MOST_CLASSES),
  )
  checkEqualLengths(op, a1, p, a2, n)
  const far = new Map<number, number[]>()
  a2.forEach((a, k) => {
    const others = far.get(a)
    if (others === undefined) far.set(a, [n[k]])
    else others.push(n[k])
  })
  return listed(
    Array.from(a1).flatMap((a, k) => (far.get(a) ?? []).map((other): Found[number] => [a, p[k], other])),
  )
}
