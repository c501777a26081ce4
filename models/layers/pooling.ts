import { checkFlag, checkGiven, type OptionNames } from '../../engine/check.ts'
import * as ops from '../../engine/index.ts'
import { checkNoOptions, type Layer, layer, type NoOptions } from './layer.ts'
import { windowOf } from './window.ts'

export interface PoolOptions extends ops.PoolOptions {
  /** Height and width of the window; a number stands for both. `stride` is the same by default. */
  kernel: number | ops.Pair
}

export interface AvgPoolOptions extends PoolOptions, ops.AvgPoolOptions {}

const POOL = {
  kernel: true,
  stride: true,
  padding: true,
  dilation: true,
  ceilMode: true,
} satisfies OptionNames<PoolOptions>

const AVERAGE = { ...POOL, countIncludePad: true } satisfies OptionNames<AvgPoolOptions>

/** z = the largest of x in each window.  x[N,H,W,C] -> [N,P,Q,C] */
export function maxPool2d(options: PoolOptions): Layer {
  const name = 'layers.maxPool2d'
  checkGiven(name, options, POOL)
  const { kernel, ...window } = poolOf(name, options)
  return layer(name, x => ops.maxPool2d(x, kernel, window), {
    description: { kind: 'maxPool2d', kernel, ...window },
  })
}

/** z = the mean of x in each window, padding counted as zeros unless `countIncludePad: false`.  x[N,H,W,C] -> [N,P,Q,C] */
export function avgPool2d(options: AvgPoolOptions): Layer {
  const name = 'layers.avgPool2d'
  checkGiven(name, options, AVERAGE)
  const { kernel, ...pool } = poolOf(name, options)
  const { countIncludePad = true } = options
  checkFlag(name, 'countIncludePad', countIncludePad)
  const window = { ...pool, countIncludePad }
  return layer(name, x => ops.avgPool2d(x, kernel, window), {
    description: { kind: 'avgPool2d', kernel, ...window },
  })
}

function poolOf(name: string, options: PoolOptions) {
  const { ceilMode = false } = options
  checkFlag(name, 'ceilMode', ceilMode)
  return { ...windowOf(name, options.kernel, options, options.kernel), ceilMode }
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
