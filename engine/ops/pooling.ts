import type { Backend, NDArray, Window } from '../backends/backend.ts'
import { checkFlag, checkOptions, type OptionNames } from '../check.ts'
import { distinct, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, type Shape } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import {
  agreeing,
  avgPool2dGradOf,
  maxPool2dGather,
  pooled,
  sampleAveraging,
  samplePooling,
} from './adjoints/poolingGrad.ts'
import { stopGradient } from './arithmetic.ts'
import { type Averaging, counted, recounted } from './averaging.ts'
import {
  checkReach,
  outputSize,
  type Pair,
  type PoolOptions,
  paddingOf,
  WINDOW,
  WINDOW_ATTRS,
} from './window.ts'

const signature = 'x[N,H,W,C] -> [N,P,Q,C]'

const POOL = { ...WINDOW, ceilMode: true } as const satisfies OptionNames<PoolOptions>

export interface AvgPoolOptions extends PoolOptions {
  /** Padding counts as zeros; else the mean is of what lies on the image. Default true. */
  countIncludePad?: boolean
}

/** No padding counts. */
const NONE = [
  [0, 0],
  [0, 0],
] as const

const AVERAGE = { ...POOL, countIncludePad: true } as const satisfies OptionNames<AvgPoolOptions>

/**
 * z = the largest of x in each window, NaN where one is in it; of equals the first in row-major order gets the gradient.
 * `stride` is the kernel's size by default; padding never wins, and a window of nothing else is an error.
 * x[N,H,W,C] -> [N,P,Q,C]
 */
export function maxPool2d(x: Tensor, kernel: number | Pair, options: PoolOptions = {}): Tensor {
  checkOptions('maxPool2d', options, POOL)
  const window = pooling('maxPool2d', x, kernel, options)
  checkReach('maxPool2d', window)
  return apply(maxPool2dOp, { x }, window)
}
export const maxPool2dOp: OpSpec<'x', Window> = defineOp<'x', Window>({
  name: 'maxPool2d',
  signature,
  equation: 'max over each window of x',
  domain: { x: distinct },
  examples: [
    {
      inputs: {
        x: [
          [
            [[1], [4]],
            [[4], [2]],
          ],
        ],
      },
      attrs: outputSize('maxPool2d', [2, 2], [2, 2], {}),
      z: [[[[4]]]],
      grads: {
        x: [
          [
            [[0], [1]],
            [[0], [0]],
          ],
        ],
      },
    },
  ],
  attrs: WINDOW_ATTRS,
  sample: samplePooling,
  shape: ({ x }, g) => agreeing('maxPool2d', g, { x }, pooled(x, g)),
  compose: ({ x }, g) => maxPool2dGather(x, x.requiresGrad ? stopGradient(x) : x, g),
})

/**
 * z = the mean of x in each window, padding counted as zeros; with `countIncludePad: false` of what lies on the image, and a
 * window of nothing but padding is an error. What `ceilMode` adds beyond the padding never counts, as in PyTorch.
 * `stride` is the kernel's size by default.  x[N,H,W,C] -> [N,P,Q,C]
 */
export function avgPool2d(x: Tensor, kernel: number | Pair, options: AvgPoolOptions = {}): Tensor {
  const op = 'avgPool2d'
  checkOptions(op, options, AVERAGE)
  const { countIncludePad = true, ...window } = options
  checkFlag(op, 'countIncludePad', countIncludePad)
  const g = pooling(op, x, kernel, window)
  if (!countIncludePad) {
    checkReach(op, g)
    return apply(avgPool2dOp, { x }, { ...g, counted: NONE })
  }
  const padding = paddingOf(op, options.padding)
  const inside = typeof padding === 'string' || options.ceilMode !== true
  return apply(avgPool2dOp, { x }, { ...g, counted: inside ? 'all' : padding })
}
export const avgPool2dOp: OpSpec<'x', Averaging> = defineOp<'x', Averaging>({
  name: 'avgPool2d',
  signature,
  equation: 'mean over each window of x',
  domain: { x: reals },
  examples: [
    {
      inputs: { x: [[[[1], [3]]]] },
      attrs: { ...outputSize('avgPool2d', [1, 2], [1, 2], {}), counted: 'all' },
      z: [[[[2]]]],
    },
    {
      inputs: { x: [[[[1], [3], [8]]]] },
      attrs: { ...outputSize('avgPool2d', [1, 3], [1, 2], { stride: 2, ceilMode: true }), counted: NONE },
      z: [[[[2], [8]]]],
      grads: { x: [[[[0.5], [0.5], [1]]]] },
    },
  ],
  attrs: { ...WINDOW_ATTRS, counted },
  sample: sampleAveraging,
  shape: ({ x }, g) => agreeing('avgPool2d', g, { x }, pooled(x, g)),
  forward: averaged,
  reads: { x: [] },
  vjp: { x: ({ dz, attrs: g }) => apply(avgPool2dGradOp, { dz }, g) },
})

function averaged(k: Backend, { x }: { x: NDArray }, g: Averaging, shape: Shape): NDArray {
  // Of an image without a place there may be windows all the same, of padding.
  if (x.shape.includes(0)) return k.fill(0, shape, x.dtype)
  const means = k.avgPool2d(x, g)
  const z = recounted(k, means, g)
  if (z !== means) k.free(means.buffer)
  return z
}

export const avgPool2dGradOp = avgPool2dGradOf((x, g) => apply(avgPool2dOp, { x }, g))

function pooling(op: string, x: Tensor, kernel: number | Pair, options: PoolOptions): Window {
  checkTensor(op, 'x', x)
  bind(op, signature, { x: x.shape })
  const { ceilMode = false, stride = kernel } = options
  checkFlag(op, 'ceilMode', ceilMode)
  return outputSize(op, [x.shape[1], x.shape[2]], kernel, { ...options, ceilMode, stride })
}
