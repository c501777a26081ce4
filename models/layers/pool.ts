import {
  avgPool2d as avgPool2dOp,
  maxPool2d as maxPool2dOp,
  type Pair,
  type WindowOptions,
} from '../../engine/index.ts'
import { pair } from '../../engine/ops/window.ts'
import type { Description } from './description.ts'
import { type Layer, layer } from './layer.ts'

export interface PoolOptions extends WindowOptions {
  /** Height and width of the window; a number stands for both. `stride` is the same by default. */
  kernel: number | Pair
}

/** z = the largest of x in each window.  x[N,H,W,C] -> [N,P,Q,C] */
export const maxPool2d = ({ kernel, ...window }: PoolOptions): Layer =>
  layer('layers.maxPool2d', x => maxPool2dOp(x, kernel, window), {
    description: description('maxPool2d', { kernel, ...window }),
  })

/** z = the mean of x in each window, padding counted as zeros.  x[N,H,W,C] -> [N,P,Q,C] */
export const avgPool2d = ({ kernel, ...window }: PoolOptions): Layer =>
  layer('layers.avgPool2d', x => avgPool2dOp(x, kernel, window), {
    description: description('avgPool2d', { kernel, ...window }),
  })

const description = (
  kind: 'maxPool2d' | 'avgPool2d',
  { kernel, stride, padding, dilation }: PoolOptions,
): Description => ({
  kind,
  kernel: pair(kernel, 1),
  stride: pair(stride, kernel),
  padding: pair(padding, 0),
  dilation: pair(dilation, 1),
})
