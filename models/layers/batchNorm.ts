import {
  checkFlag,
  checkGiven,
  checkNumber,
  checkSizes,
  type OptionNames,
  shown,
} from '../../engine/check.ts'
import {
  add,
  batchNorm as batchNormOp,
  keep,
  moments,
  mul,
  noGrad,
  ones,
  parameter,
  slice,
  type Tensor,
  type TensorOptions,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { type Layer, layer } from './layer.ts'

export interface BatchNormOptions extends Pick<TensorOptions, 'dtype' | 'backend'> {
  /** Size of the last axis. */
  channels: number
  /** How much of the running statistics each batch replaces. Default 0.1. */
  momentum?: number
  /** Added to the variance. Default 1e-5. */
  eps?: number
  /** Do not train gamma: it stays 1, or what is loaded, as MXNet's `fix_gamma` does. Default false. */
  fixGamma?: boolean
  /** Do not train beta: it stays 0, or what is loaded. Default false. */
  fixBeta?: boolean
}

const KNOWN = {
  channels: ['numFeatures', 'features'],
  momentum: true,
  eps: true,
  fixGamma: true,
  fixBeta: true,
  dtype: true,
  backend: true,
} satisfies OptionNames<BatchNormOptions>

/**
 * z = gamma (x - mean) / sqrt(variance + eps) + beta, channel by channel (Ioffe and Szegedy 2015). In training the
 * statistics are the batch's, and the running ones move: r <- (1 - momentum) r + momentum batch's, the variance
 * unbiased, as PyTorch does. Otherwise they are the running ones.  x[...,C] -> [...,C]
 * Throws in training when a channel has a single value, whose variance means nothing.
 */
export function batchNorm(all: BatchNormOptions): Layer {
  checkGiven('layers.batchNorm', all, KNOWN)
  const { channels, momentum = 0.1, eps = 1e-5, fixGamma = false, fixBeta = false, ...options } = all
  checkSizes('layers.batchNorm', { channels })
  if (typeof momentum !== 'number' || !(momentum >= 0 && momentum <= 1)) {
    throw new Error(`layers.batchNorm: a momentum from 0 to 1 expected, got ${shown(momentum)}`)
  }
  checkNumber('layers.batchNorm', 'eps', eps, 0, Number.MAX_VALUE)
  checkFlag('layers.batchNorm', 'fixGamma', fixGamma)
  checkFlag('layers.batchNorm', 'fixBeta', fixBeta)
  const gamma = (fixGamma ? keep : parameter)(ones([channels], options))
  const beta = (fixBeta ? keep : parameter)(zeros([channels], options))
  const parameters = { ...(!fixGamma && { gamma }), ...(!fixBeta && { beta }) }
  const buffers = {
    ...(fixGamma && { gamma }),
    ...(fixBeta && { beta }),
    runningMean: keep(zeros([channels], options)),
    runningVariance: keep(ones([channels], options)),
  }

  function forward(x: Tensor, training: boolean): Tensor {
    const { runningMean, runningVariance } = buffers
    if (!training) return batchNormOp(x, gamma, beta, { mean: runningMean, variance: runningVariance, eps })
    const n = x.size / channels
    if (!(n > 1)) {
      throw new Error(`layers.batchNorm: more than 1 value a channel expected in training, got ${n}`)
    }
    const statistics = moments(x)
    const z = batchNormOp(x, gamma, beta, { moments: statistics, eps })
    noGrad(() =>
      tidy(() => {
        const [mean, variance] = [0, 1].map(i => slice(statistics, [i], [i + 1]).reshape([channels]))
        move(runningMean, mean, momentum)
        move(runningVariance, mul(variance, n / (n - 1)), momentum)
      }),
    )
    return z
  }

  return layer('layers.batchNorm', forward, {
    parameters,
    buffers,
    description: { kind: 'batchNorm', eps, momentum },
  })
}

const move = (r: Tensor, batch: Tensor, momentum: number): Tensor =>
  r.assign(add(mul(r, 1 - momentum), mul(batch, momentum)))
