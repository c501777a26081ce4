import { checkFinite, type OptionNames } from '../../engine/check.ts'
import {
  add,
  div,
  full,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  normalize,
  reshape,
  scatterAdd,
  softplus,
  sum,
  type Tensor,
  take,
  tensor,
} from '../../engine/index.ts'
import { labelIndex } from '../labels.ts'
import { checkLossOptions, LOSS_OPTIONS, type Loss, type LossOptions } from '../loss.ts'
import { overUnmoved } from '../overUnmoved.ts'
import { learned } from '../prototypes/prototypes.ts'
import { logSum, lowest } from './masked.ts'

export interface ProxyAnchorOptions {
  /** delta, >= 0. Default 0.1. */
  margin?: number
  /** > 0. Default 32. */
  alpha?: number
}

type Options = Omit<LossOptions, 'reduction' | 'weight'> & ProxyAnchorOptions

const { reduction: _, weight: __, ...SIZES } = LOSS_OPTIONS

const KNOWN = { ...SIZES, margin: ['delta'], alpha: ['scale'] } satisfies OptionNames<Options>

/**
 * 1/|P+| sum_{p in P+} ln(1 + sum_{y_i = p} e^{-alpha (s_ip - delta)}) + 1/C sum_p ln(1 + sum_{y_i != p} e^{alpha (s_ip + delta)}), s = cos(x_i,
 * w_p), P+ the classes of the batch: proxy-anchor loss, Kim 2020, arXiv:2003.13911, over learned proxies w.
 * x[N,D] y[N] -> []
 *
 * The authors give proxies 100 times the net's rate. `logits` are s_ip.
 */
export function proxyAnchor(options: Options): Loss {
  const name = 'proxyAnchor'
  checkLossOptions(name, options, KNOWN)
  const { margin = 0.1, alpha = 32, ...rest } = options
  checkFinite(name, 'margin', margin, { orZero: true })
  checkFinite(name, 'alpha', alpha)
  const proxies = learned(name, rest)
  return overUnmoved(name, rest, proxies, (x, y) => proxyAnchorLoss(x, proxies.W, y, { margin, alpha }))
}

/** x[N,D] W[C,D] y[N] -> [] */
export function proxyAnchorLoss(
  x: Tensor,
  W: Tensor,
  y: Int32Array,
  { margin, alpha }: Required<ProxyAnchorOptions>,
): Tensor {
  const [u, V] = [mul(normalize(x), alpha), normalize(W)]
  const index = labelIndex(y, x.backend)
  const own = sum(mul(u, take(V, reshape(index, [-1]))), { axis: 1 })
  const { places, there } = placesByClass(y, own)
  const drawn = softplus(add(logSum(neg(take(own, places)), there), alpha * margin))
  // z_pi = alpha s_ip, but for the own classes, which have no part in the sum.
  const z = matmul(V, u, { transposeB: true })
  const leftOut = full([1, y.length], lowest(z), { dtype: z.dtype, backend: z.backend })
  const others = scatterAdd(z, reshape(index, [1, -1]), leftOut, { axis: 0 })
  const pushed = softplus(add(logSumExp(others, { axis: 1 }), alpha * margin))
  return add(div(sum(drawn), drawn.size), mean(pushed))
}

/** The samples of each class of the batch, and which places hold one.  y[N] -> places[P,K] there[P,K] */
function placesByClass(y: Int32Array, like: Tensor): { places: Tensor; there: Tensor } {
  const lists = new Map<number, number[]>()
  y.forEach((label, i) => {
    lists.set(label, [...(lists.get(label) ?? []), i])
  })
  const all = [...lists.values()]
  const widest = Math.max(...all.map(list => list.length))
  const shape = [all.length, widest]
  const { dtype, backend } = like
  const cells = all.flatMap(list => Array.from({ length: widest }, (_, k) => list[k] ?? -1))
  return {
    places: tensor(
      Int32Array.from(cells, i => Math.max(i, 0)),
      { shape, backend },
    ),
    there: tensor(
      Float64Array.from(cells, i => Number(i >= 0)),
      { shape, dtype, backend },
    ),
  }
}
