import { reshape } from '../../engine/index.ts'
import { type Layer, layer } from './layer.ts'

/** z = x with all axes but the first in one.  x[N,...] -> [N,D] */
export const flatten = (): Layer =>
  layer('layers.flatten', x => reshape(x, [x.shape[0], x.shape.slice(1).reduce((n, size) => n * size, 1)]), {
    description: { kind: 'flatten' },
  })
