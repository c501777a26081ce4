import { checkFinite, type OptionNames } from '../../engine/check.ts'
import { add, div, mean, mul, oneHot, sub, sum, type Tensor, tensor, transpose } from '../../engine/index.ts'
import {
  callable,
  checkBatch,
  checkInput,
  checkLossOptions,
  LOSS_OPTIONS,
  type Loss,
  type LossOptions,
} from '../loss.ts'
import { cosTheta } from '../margins/angle.ts'
import { learned } from '../prototypes/prototypes.ts'
import { logOnePlusSum } from './masked.ts'

export interface ProxyAnchorOptions {
  /** delta, >= 0. Default 0.1. */
  margin?: number
  /** > 0. Default 32. */
  alpha?: number
}

const KNOWN = { ...LOSS_OPTIONS, margin: ['delta'], alpha: ['scale'] } satisfies OptionNames<
  LossOptions & ProxyAnchorOptions
>

/**
 * 1/|P+| sum_{p in P+} ln(1 + sum_{y_i = p} e^{-alpha (s_ip - delta)}) + 1/C sum_p ln(1 + sum_{y_i != p} e^{alpha (s_ip + delta)}), s = cos(x_i,
 * w_p), P+ the classes of the batch: proxy-anchor loss, Kim 2020, arXiv:2003.13911, over learned proxies w.
 * x[N,D] y[N] -> []
 *
 * The authors give proxies 100 times the net's rate. `logits` are s_ip.
 */
export function proxyAnchor(options: Omit<LossOptions, 'reduction' | 'weight'> & ProxyAnchorOptions): Loss {
  const name = 'proxyAnchor'
  checkLossOptions(name, options, KNOWN)
  const { classes, margin = 0.1, alpha = 32, ...rest } = options
  checkFinite(name, 'margin', margin, { orZero: true })
  checkFinite(name, 'alpha', alpha)
  const { W, parameters, state, load } = learned(name, { classes, ...rest })
  function loss(x: Tensor, y: Parameters<Loss>[1]): Tensor {
    const labels = checkBatch(name, options, x, y)
    return proxyAnchorLoss(x, W, labels, { margin, alpha })
  }
  return callable(loss, {
    name,
    classes,
    reduction: 'mean',
    parameters,
    prototypes: W,
    logits(x) {
      checkInput(name, options, x)
      return cosTheta(x, W)
    },
    update(x, y) {
      checkBatch(name, options, x, y)
    },
    updateAfter: undefined,
    refreshEvery: 0,
    refresh(x, y) {
      checkBatch(name, options, x, y)
    },
    state,
    load,
  })
}

/** x[N,D] W[C,D] y[N] -> [] */
export function proxyAnchorLoss(
  x: Tensor,
  W: Tensor,
  y: Int32Array,
  { margin, alpha }: Required<ProxyAnchorOptions>,
): Tensor {
  const s = transpose(cosTheta(x, W))
  const own = transpose(oneHot(tensor(y, { backend: x.backend }), W.shape[0], x.dtype))
  const drawn = logOnePlusSum(mul(sub(s, margin), -alpha), own)
  const pushed = logOnePlusSum(mul(add(s, margin), alpha), sub(1, own))
  return add(div(sum(drawn), new Set(y).size), mean(pushed))
}
