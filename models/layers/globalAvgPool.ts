import { mean } from '../../engine/index.ts'
import { checkNoOptions, type Layer, layer, type NoOptions } from './layer.ts'

/** z = the mean of x over height and width (Lin 2014).  x[N,H,W,C] -> [N,C] */
export function globalAvgPool(options?: NoOptions): Layer {
  checkNoOptions('layers.globalAvgPool', options)
  return layer('layers.globalAvgPool', x => mean(x, { axis: [1, 2] }), {
    description: { kind: 'globalAvgPool' },
  })
}
