import { checkGiven, type OptionNames } from '../../engine/check.ts'
import * as ops from '../../engine/index.ts'
import { checkNoOptions, type Layer, layer, type NoOptions } from './layer.ts'
import { windowOf } from './window.ts'

export interface PoolOptions extends ops.WindowOptions {
  /** Height and width of the window; a number stands for both. `stride` is the same by default. */
  kernel: number | ops.Pair
}

const POOL = {
  kernel: true,
  stride: true,
  padding: true,
  dilation: true,
} satisfies OptionNames<PoolOptions>

/** z = the largest of x in each window.  x[N,H,W,C] -> [N,P,Q,C] */
export const maxPool2d = pool('maxPool2d', ops.maxPool2d)

/** z = the mean of x in each window, padding counted as zeros.  x[N,H,W,C] -> [N,P,Q,C] */
export const avgPool2d = pool('avgPool2d', ops.avgPool2d)

function pool(kind: 'maxPool2d' | 'avgPool2d', op: typeof ops.maxPool2d): (options: PoolOptions) => Layer {
  const name = `layers.${kind}`
  return options => {
    checkGiven(name, options, POOL)
    const { kernel, ...window } = windowOf(name, options.kernel, options, options.kernel)
    return layer(name, x => op(x, kernel, window), { description: { kind, kernel, ...window } })
  }
}

/** z = the mean of x over height and width (Lin 2014).  x[N,H,W,C] -> [N,C] */
export function globalAvgPool(options?: NoOptions): Layer {
  checkNoOptions('layers.globalAvgPool', options)
  return layer('layers.globalAvgPool', x => ops.mean(x, { axis: [1, 2] }), {
    description: { kind: 'globalAvgPool' },
  })
}

/** z = x with all axes but the first in one.  x[N,...] -> [N,D] */
export function flatten(options?: NoOptions): Layer {
  checkNoOptions('layers.flatten', options)
  return layer(
    'layers.flatten',
    x => ops.reshape(x, [x.shape[0], x.shape.slice(1).reduce((n, size) => n * size, 1)]),
    { description: { kind: 'flatten' } },
  )
}
