import { checkGiven, type OptionNames } from '../../engine/check.ts'
import {
  avgPool2d as avgPool2dOp,
  maxPool2d as maxPool2dOp,
  mean,
  type Pair,
  reshape,
  type WindowOptions,
} from '../../engine/index.ts'
import { checkedPair } from '../../engine/ops/window.ts'
import { checkNoOptions, type Description, type Layer, layer, type NoOptions } from './layer.ts'
import { fixedPadding } from './window.ts'

export interface PoolOptions extends WindowOptions {
  /** Height and width of the window; a number stands for both. `stride` is the same by default. */
  kernel: number | Pair
}

const POOL = {
  kernel: true,
  stride: true,
  padding: true,
  dilation: true,
} satisfies OptionNames<PoolOptions>

/** z = the largest of x in each window.  x[N,H,W,C] -> [N,P,Q,C] */
export function maxPool2d(all: PoolOptions): Layer {
  checkGiven('layers.maxPool2d', all, POOL)
  const { kernel, ...options } = all
  const window = {
    ...options,
    padding: fixedPadding('layers.maxPool2d', kernel, { stride: kernel, ...options }),
  }
  return layer('layers.maxPool2d', x => maxPool2dOp(x, kernel, window), {
    description: description('maxPool2d', kernel, window),
  })
}

/** z = the mean of x in each window, padding counted as zeros.  x[N,H,W,C] -> [N,P,Q,C] */
export function avgPool2d(all: PoolOptions): Layer {
  checkGiven('layers.avgPool2d', all, POOL)
  const { kernel, ...options } = all
  const window = {
    ...options,
    padding: fixedPadding('layers.avgPool2d', kernel, { stride: kernel, ...options }),
  }
  return layer('layers.avgPool2d', x => avgPool2dOp(x, kernel, window), {
    description: description('avgPool2d', kernel, window),
  })
}

const description = (
  kind: 'maxPool2d' | 'avgPool2d',
  kernel: number | Pair,
  { stride, padding, dilation }: WindowOptions & { padding: Pair },
): Description => ({
  kind,
  kernel: checkedPair(`layers.${kind}`, 'kernel', kernel, undefined, 1),
  stride: checkedPair(`layers.${kind}`, 'stride', stride ?? kernel, undefined, 1),
  padding,
  dilation: checkedPair(`layers.${kind}`, 'dilation', dilation, 1, 1),
})

/** z = the mean of x over height and width (Lin 2014).  x[N,H,W,C] -> [N,C] */
export function globalAvgPool(options?: NoOptions): Layer {
  checkNoOptions('layers.globalAvgPool', options)
  return layer('layers.globalAvgPool', x => mean(x, { axis: [1, 2] }), {
    description: { kind: 'globalAvgPool' },
  })
}

/** z = x with all axes but the first in one.  x[N,...] -> [N,D] */
export function flatten(options?: NoOptions): Layer {
  checkNoOptions('layers.flatten', options)
  return layer(
    'layers.flatten',
    x => reshape(x, [x.shape[0], x.shape.slice(1).reduce((n, size) => n * size, 1)]),
    { description: { kind: 'flatten' } },
  )
}
