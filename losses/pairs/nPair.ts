import { checkFinite, type OptionNames } from '../../engine/check.ts'
import {
  add,
  matmul,
  mean,
  mul,
  softmaxCrossEntropy,
  sum,
  type Tensor,
  take,
  tensor,
} from '../../engine/index.ts'
import { type ClassIndices, labelIndex } from '../labels.ts'
import type { EmbeddingLoss } from '../loss.ts'
import { batchLoss, optionsOf } from './pairLoss.ts'
import type { Pairs } from './pairs.ts'

export interface NPairOptions {
  /** Adds l2 times the mean of ‖x‖^2 / 2 over the samples that are paired, >= 0. Default 0. */
  l2?: number
}

export const N_PAIR_OPTIONS = { l2: ['l2Reg', 'regularization'] } satisfies OptionNames<NPairOptions>

/**
 * mean over pairs i of ln(1 + sum_{j != i} e^{<a_i, p_j> - <a_i, p_i>}): multi-class N-pair loss, Sohn 2016 (NIPS), equation 10. The first
 * two samples of each class that has two are its pair (a, p); the others have no part in it.  x[N,D] y[N] -> []
 *
 * Products, not cosines: the paper bounds lengths by `l2` in place of normalising; those beyond 1e14, in float64
 * 1e145, are refused. A batch with fewer than two such classes has the
 * loss 0.
 */
export function nPair(options?: NPairOptions): EmbeddingLoss {
  const name = 'nPair'
  const { l2 = 0 } = optionsOf(name, options, N_PAIR_OPTIONS)
  checkFinite(name, 'l2', l2, { orZero: true })
  const compute = (_: Pairs, x: Tensor, y: ClassIndices): Tensor => {
    const pairs = firstTwo(y)
    if (pairs.length === 0) return sum(mul(mul(x, 0), x))
    const rows = (k: 0 | 1): Tensor =>
      take(
        x,
        tensor(
          Int32Array.from(pairs, pair => pair[k]),
          { backend: x.backend },
        ),
      )
    const [a, p] = [rows(0), rows(1)]
    const target = labelIndex(
      Int32Array.from(pairs, (_, i) => i),
      x.backend,
    )
    const loss = mean(softmaxCrossEntropy(matmul(a, p, { transposeB: true }), target))
    if (l2 === 0) return loss
    const squares = add(sum(mul(a, a)), sum(mul(p, p)))
    return add(loss, mul(squares, l2 / (4 * pairs.length)))
  }
  return batchLoss(name, compute, { normalized: false })
}

/** The first two samples of each class that has two, in the order of the second ones. */
function firstTwo(y: ClassIndices): [number, number][] {
  const [first, paired] = [new Map<number, number>(), new Set<number>()]
  const pairs: [number, number][] = []
  for (let i = 0; i < y.length; i++) {
    const one = first.get(y[i])
    if (one === undefined) first.set(y[i], i)
    else if (!paired.has(y[i])) {
      paired.add(y[i])
      pairs.push([one, i])
    }
  }
  return pairs
}
