import { checkFinite, checkFlag, checkOptions, type OptionNames } from '../../engine/check.ts'
import * as ops from '../../engine/index.ts'
import { checkNoOptions, type Layer, layer, type NoOptions } from './layer.ts'

/** z = the mean of x over height and width (Lin 2014).  x[N,H,W,C] -> [N,C] */
export function globalAvgPool(options?: NoOptions): Layer {
  checkNoOptions('layers.globalAvgPool', options)
  return layer('layers.globalAvgPool', x => ops.mean(x, { axis: [1, 2] }), {
    description: { kind: 'globalAvgPool' },
  })
}

/** z = the largest of x over height and width; equals share the gradient evenly.  x[N,H,W,C] -> [N,C] */
export function globalMaxPool(options?: NoOptions): Layer {
  checkNoOptions('layers.globalMaxPool', options)
  return layer('layers.globalMaxPool', x => ops.max(x, { axis: [1, 2] }), {
    description: { kind: 'globalMaxPool' },
  })
}

export interface GemOptions extends Pick<ops.TensorOptions, 'dtype' | 'backend'> {
  /** What p starts as. Default 3. */
  p?: number
  /** Learn p. Default true. */
  learned?: boolean
  /** The least that x is taken for. Default 1e-6. */
  eps?: number
}

const GEM = {
  p: true,
  learned: true,
  eps: true,
  dtype: true,
  backend: true,
} satisfies OptionNames<GemOptions>

/** z = (mean over height and width of max(x, eps)^p)^(1/p) (Radenović 2018).  x[N,H,W,C] -> [N,C] */
export function gem(all: GemOptions = {}): Layer {
  const name = 'layers.gem'
  checkOptions(name, all, GEM)
  const { p: start = 3, learned = true, eps = 1e-6, ...place } = all
  checkFinite(name, 'p', start)
  checkFinite(name, 'eps', eps)
  checkFlag(name, 'learned', learned)
  const p = (learned ? ops.parameter : ops.keep)(ops.full([1], start, place))
  return layer(name, x => ops.gem(x, p, { eps }), {
    ...(learned ? { parameters: { p } } : { buffers: { p } }),
    description: { kind: 'gem', eps, learned },
  })
}
