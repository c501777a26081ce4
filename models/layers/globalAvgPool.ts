import { mean } from '../../engine/index.ts'
import { type Layer, layer } from './layer.ts'

/** z = the mean of x over height and width (Lin 2014).  x[N,H,W,C] -> [N,C] */
export const globalAvgPool = (): Layer =>
  layer('layers.globalAvgPool', x => mean(x, { axis: [1, 2] }), { description: { kind: 'globalAvgPool' } })
