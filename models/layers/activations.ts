import {
  checkFinite,
  checkFlag,
  checkGiven,
  checkNumber,
  checkOptions,
  checkSizes,
} from '../../engine/check.ts'
import * as ops from '../../engine/index.ts'
import { checkNoOptions, finite, type Layer, layer, type NoOptions } from './layer.ts'

/** z = max(x, 0).  x[...] -> [...] */
export const relu = plain('relu', x => ops.relu(x))

/** z = x where x > 0, else slope x; slope is 0.01 by default.  x[...] -> [...] */
export function leakyRelu(options: { slope?: number } = {}): Layer {
  checkOptions('layers.leakyRelu', options, { slope: true })
  const { slope = 0.01 } = options
  checkNumber('layers.leakyRelu', 'slope', slope, ...finite)
  return layer('layers.leakyRelu', x => ops.leakyRelu(x, slope), {
    description: { kind: 'leakyRelu', slope },
  })
}

/** z = x Phi(x), or its approximation by tanh.  x[...] -> [...] */
export function gelu(options: { tanh?: boolean } = {}): Layer {
  checkOptions('layers.gelu', options, { tanh: true })
  const { tanh = false } = options
  checkFlag('layers.gelu', 'tanh', tanh)
  return layer('layers.gelu', x => ops.gelu(x, { tanh }), { description: { kind: 'gelu', tanh } })
}

/** z = 1 / (1 + e^-x).  x[...] -> [...] */
export const sigmoid = plain('sigmoid', x => ops.sigmoid(x))

/** z = tanh x.  x[...] -> [...] */
export const tanh = plain('tanh', x => ops.tanh(x))

/** z = ln(1 + e^x).  x[...] -> [...] */
export const softplus = plain('softplus', x => ops.softplus(x))

/** z = x / (1 + e^-x).  x[...] -> [...] */
export const silu = plain('silu', x => ops.silu(x))

/** z = x where x > 0, else alpha (e^x - 1); alpha is 1 by default.  x[...] -> [...] */
export const elu = exponential('elu', ops.elu)

/** z = x where x > 0, else alpha (e^(x / alpha) - 1); alpha is 1 by default, and above 0.  x[...] -> [...] */
export const celu = exponential('celu', ops.celu)

/** z = scale times elu, with the scale and the alpha of Klambauer 2017.  x[...] -> [...] */
export const selu = plain('selu', x => ops.selu(x))

/** z = x tanh(ln(1 + e^x)).  x[...] -> [...] */
export const mish = plain('mish', x => ops.mish(x))

/** z = min(max(x / 6 + 1/2, 0), 1).  x[...] -> [...] */
export const hardsigmoid = plain('hardsigmoid', x => ops.hardsigmoid(x))

/** z = x min(max(x / 6 + 1/2, 0), 1).  x[...] -> [...] */
export const hardswish = plain('hardswish', x => ops.hardswish(x))

/** z = x / (1 + |x|).  x[...] -> [...] */
export const softsign = plain('softsign', x => ops.softsign(x))

export interface PReluOptions extends Pick<ops.TensorOptions, 'dtype' | 'backend'> {
  /** One slope a channel; 1 shares one among all. Default 1. */
  channels?: number
  /** What the slopes start as. Default 0.25. */
  slope?: number
}

/** z = x where x > 0, else slope x, slopes learned (He 2015).  x[...,C] slope[C] -> [...,C] */
export function prelu(all: PReluOptions = {}): Layer {
  checkOptions('layers.prelu', all, { channels: true, slope: true, dtype: true, backend: true })
  const { channels = 1, slope = 0.25, ...options } = all
  checkSizes('layers.prelu', { channels })
  checkNumber('layers.prelu', 'slope', slope, ...finite)
  const parameters = { slope: ops.parameter(ops.full([channels], slope, options)) }
  return layer('layers.prelu', x => ops.prelu(x, parameters.slope), {
    parameters,
    description: { kind: 'prelu' },
  })
}

export interface MaxFeatureMapOptions {
  /** C, the channels that come out: half of those that go in. */
  channels: number
}

/** z_c = max(x_c, x_{C+c}): max-feature-map (Wu 2018, arXiv:1511.02683, equation 1); equals share the gradient.  x[...,2C] -> [...,C] */
export function maxFeatureMap(options: MaxFeatureMapOptions): Layer {
  checkGiven('layers.maxFeatureMap', options, { channels: ['out', 'outChannels'] })
  const { channels } = options
  checkSizes('layers.maxFeatureMap', { channels })
  const forward = (x: ops.Tensor): ops.Tensor => {
    const rest = x.shape.slice(0, -1)
    const own = x.shape[x.rank - 1]
    if (own !== 2 * channels) {
      throw new Error(`layers.maxFeatureMap: x of ${2 * channels} channels expected, got ${own}`)
    }
    return ops.max(ops.reshape(x, [...rest, 2, channels]), { axis: -2 })
  }
  return layer('layers.maxFeatureMap', forward, { description: { kind: 'maxFeatureMap', channels } })
}

function exponential(
  kind: 'elu' | 'celu',
  f: (x: ops.Tensor, options: { alpha: number }) => ops.Tensor,
): (options?: { alpha?: number }) => Layer {
  const name = `layers.${kind}`
  return (options = {}) => {
    checkOptions(name, options, { alpha: true })
    const { alpha = 1 } = options
    if (kind === 'celu') checkFinite(name, 'alpha', alpha)
    else checkNumber(name, 'alpha', alpha, ...finite)
    return layer(name, x => f(x, { alpha }), { description: { kind, alpha } })
  }
}

type Plain =
  | 'relu'
  | 'sigmoid'
  | 'tanh'
  | 'softplus'
  | 'silu'
  | 'selu'
  | 'mish'
  | 'hardsigmoid'
  | 'hardswish'
  | 'softsign'

/** A factory of layers that have nothing to choose. */
function plain(kind: Plain, f: (x: ops.Tensor) => ops.Tensor): (options?: NoOptions) => Layer {
  return options => {
    checkNoOptions(`layers.${kind}`, options)
    return layer(`layers.${kind}`, f, { description: { kind } })
  }
}
