import type { Window } from '../backends/backend.ts'
import { checkOptions } from '../check.ts'
import { distinct, reals } from '../domain.ts'
import { apply, defineOp, type OpSpec } from '../op.ts'
import { bind } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { agreeing, avgPool2dGradOf, maxPool2dGather, pooled, samplePooling } from './adjoints/poolingGrad.ts'
import { stopGradient } from './arithmetic.ts'
import { outputSize, type Pair, WINDOW, WINDOW_ATTRS, type WindowOptions } from './window.ts'

const signature = 'x[N,H,W,C] -> [N,P,Q,C]'

/**
 * z = the largest of x in each window, NaN where one is in it; of equals the first in row-major order gets the gradient.
 * `stride` is the kernel's size by default; padding never wins, and a window of nothing else, which a dilation beyond the
 * image's size can make, is an error.  x[N,H,W,C] -> [N,P,Q,C]
 */
export function maxPool2d(x: Tensor, kernel: number | Pair, options: WindowOptions = {}): Tensor {
  const window = pooling('maxPool2d', x, kernel, options)
  for (const axis of [0, 1] as const) checkReach('maxPool2d', window, axis)
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
 * z = the sum of x in each window divided by the window's area, padding counted as zeros.
 * `stride` is the kernel's size by default.  x[N,H,W,C] -> [N,P,Q,C]
 */
export function avgPool2d(x: Tensor, kernel: number | Pair, options: WindowOptions = {}): Tensor {
  return apply(avgPool2dOp, { x }, pooling('avgPool2d', x, kernel, options))
}
export const avgPool2dOp: OpSpec<'x', Window> = defineOp<'x', Window>({
  name: 'avgPool2d',
  signature,
  equation: 'mean over each window of x',
  domain: { x: reals },
  examples: [
    { inputs: { x: [[[[1], [3]]]] }, attrs: outputSize('avgPool2d', [1, 2], [1, 2], {}), z: [[[[2]]]] },
  ],
  attrs: WINDOW_ATTRS,
  sample: samplePooling,
  shape: ({ x }, g) => agreeing('avgPool2d', g, { x }, pooled(x, g)),
  forward: (k, { x }, g) => k.avgPool2d(x, g),
  reads: { x: [] },
  vjp: { x: ({ dz, attrs: g }) => apply(avgPool2dGradOp, { dz }, g) },
})

export const avgPool2dGradOp = avgPool2dGradOf((x, g) => apply(avgPool2dOp, { x }, g))

function pooling(op: string, x: Tensor, kernel: number | Pair, options: WindowOptions): Window {
  checkTensor(op, 'x', x)
  checkOptions(op, options, WINDOW)
  bind(op, signature, { x: x.shape })
  const window = outputSize(op, [x.shape[1], x.shape[2]], kernel, {
    ...options,
    stride: options.stride ?? kernel,
  })
  if (options.padding !== 'same' && window.padding.some((p, i) => 2 * p > window.kernel[i])) {
    throw new Error(`${op}: padding is at most half the kernel, got ${window.padding} for ${window.kernel}`)
  }
  return window
}

/** Throws where a window begins in the padding and its taps step over the whole image. */
function checkReach(op: string, g: Window, axis: 0 | 1): void {
  const { padding, stride, dilation, input, output } = g
  for (let i = 0; i < output[axis] && i * stride[axis] < padding[axis]; i++) {
    const start = i * stride[axis] - padding[axis]
    if (start + Math.ceil(-start / dilation[axis]) * dilation[axis] < input[axis]) continue
    throw new Error(
      `${op}: windows that reach the image expected, got one from ${start} on in steps of ${dilation[axis]} for a size of ${input[axis]}`,
    )
  }
}
