import { reshape } from '../../engine/index.ts'
import { checkNoOptions, type Layer, layer, type NoOptions } from './layer.ts'

/** z = x with all axes but the first in one.  x[N,...] -> [N,D] */
export function flatten(options?: NoOptions): Layer {
  checkNoOptions('layers.flatten', options)
  return layer(
    'layers.flatten',
    x => reshape(x, [x.shape[0], x.shape.slice(1).reduce((n, size) => n * size, 1)]),
    { description: { kind: 'flatten' } },
  )
}
