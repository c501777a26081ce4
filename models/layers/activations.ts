import * as ops from '../../engine/index.ts'
import { type Layer, layer } from './layer.ts'

/** z = max(x, 0).  x[...] -> [...] */
export const relu = (): Layer => layer('layers.relu', x => ops.relu(x), { description: { kind: 'relu' } })

/** z = x where x > 0, else slope x; slope is 0.01 by default.  x[...] -> [...] */
export const leakyRelu = ({ slope = 0.01 } = {}): Layer =>
  layer('layers.leakyRelu', x => ops.leakyRelu(x, slope), { description: { kind: 'leakyRelu', slope } })

/** z = x Phi(x), or its approximation by tanh.  x[...] -> [...] */
export const gelu = (options: { tanh?: boolean } = {}): Layer =>
  layer('layers.gelu', x => ops.gelu(x, options), {
    description: { kind: 'gelu', tanh: options.tanh ?? false },
  })

/** z = 1 / (1 + e^-x).  x[...] -> [...] */
export const sigmoid = (): Layer =>
  layer('layers.sigmoid', x => ops.sigmoid(x), { description: { kind: 'sigmoid' } })

/** z = tanh x.  x[...] -> [...] */
export const tanh = (): Layer => layer('layers.tanh', x => ops.tanh(x), { description: { kind: 'tanh' } })

/** z = ln(1 + e^x).  x[...] -> [...] */
export const softplus = (): Layer =>
  layer('layers.softplus', x => ops.softplus(x), { description: { kind: 'softplus' } })

export interface PReluOptions extends Pick<ops.TensorOptions, 'dtype' | 'backend'> {
  /** One slope a channel; 1 shares one among all. Default 1. */
  channels?: number
  /** What the slopes start as. Default 0.25. */
  slope?: number
}

/** z = x where x > 0, else slope x, slopes learned (He 2015).  x[...,C] slope[C] -> [...,C] */
export function prelu({ channels = 1, slope = 0.25, ...options }: PReluOptions = {}): Layer {
  const parameters = { slope: ops.parameter(ops.full([channels], slope, options)) }
  return layer('layers.prelu', x => ops.prelu(x, parameters.slope), {
    parameters,
    description: { kind: 'prelu' },
  })
}
