import type { Window } from '../backends/backend.ts'
import { checkOptions } from '../check.ts'
import { distinct, reals } from '../domain.ts'
import { stopGradient } from '../grad.ts'
import { apply, defineOp, type OpSpec } from '../op.ts'
import type { Generator } from '../random.ts'
import { bind, format, type Shape } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { checkOutput, outputSize, type Pair, WINDOW, WINDOW_ATTRS, type WindowOptions } from './window.ts'

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
  compose: ({ x }, g) => maxPool2dGather(x, stopGradient(x), g),
})

/** z = for each window of x, v at the place where x is largest: maxPool2d with the choice held fixed, linear in v. */
const maxPool2dGather = (v: Tensor, x: Tensor, g: Window): Tensor => apply(maxPool2dGatherOp, { v, x }, g)
export const maxPool2dGatherOp: OpSpec<'v' | 'x', Window> = defineOp<'v' | 'x', Window>({
  name: 'maxPool2dGather',
  signature: 'v[N,H,W,C] x[N,H,W,C] -> [N,P,Q,C]',
  equation: 'v[argmax over each window of x]',
  domain: { v: reals, x: distinct },
  examples: [
    {
      inputs: { v: [[[[5], [6]]]], x: [[[[2], [1]]]] },
      attrs: outputSize('maxPool2dGather', [1, 2], [1, 2], {}),
      z: [[[[5]]]],
    },
  ],
  attrs: WINDOW_ATTRS,
  sample(rng) {
    const { shapes, attrs } = samplePooling(rng)
    return { shapes: { v: shapes.x, x: shapes.x }, attrs }
  },
  shape({ v, x }, g) {
    bind('maxPool2dGather', 'v[N,H,W,C] x[N,H,W,C] -> [N]', { v, x })
    return agreeing('maxPool2dGather', g, { x }, pooled(x, g))
  },
  forward: (k, { v, x }, g) => k.maxPool2d(v, x, g),
  vjp: {
    v: (dz, { x }, _, g) => apply(maxPool2dGradOp, { dz, x }, g),
    x: 'nondifferentiable',
  },
})

/** The adjoint of maxPool2d: dz goes to where x is largest in its window. */
export const maxPool2dGradOp: OpSpec<'dz' | 'x', Window> = defineOp<'dz' | 'x', Window>({
  name: 'maxPool2dGrad',
  signature: 'dz[N,P,Q,C] x[N,H,W,C] -> [N,H,W,C]',
  equation: 'dx[argmax over each window of x] += dz',
  domain: { dz: reals, x: distinct },
  examples: [
    {
      inputs: { dz: [[[[5]]]], x: [[[[2], [1]]]] },
      attrs: outputSize('maxPool2dGrad', [1, 2], [1, 2], {}),
      z: [[[[5], [0]]]],
    },
  ],
  sample(rng) {
    const { shapes, attrs } = samplePooling(rng)
    return { shapes: { dz: pooled(shapes.x, attrs), x: shapes.x }, attrs }
  },
  attrs: WINDOW_ATTRS,
  shape({ dz, x }, g) {
    bind('maxPool2dGrad', 'dz[N,P,Q,C] x[N,H,W,C] -> [N]', { dz, x })
    return agreeing('maxPool2dGrad', g, { x, z: dz }, x)
  },
  forward: (k, { dz, x }, g) => k.maxPool2dGrad(dz, x, g),
  vjp: {
    dz: (dx, { x }, _, g) => maxPool2dGather(dx, x, g),
    x: 'nondifferentiable',
  },
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
  vjp: { x: (dz, _, __, g) => apply(avgPool2dGradOp, { dz }, g) },
})

/** The adjoint of avgPool2d: each window gives its dz in equal parts to the places it covers. */
export const avgPool2dGradOp: OpSpec<'dz', Window> = defineOp<'dz', Window>({
  name: 'avgPool2dGrad',
  signature: 'dz[N,P,Q,C] -> [N,H,W,C]',
  equation: 'dx = sum over the windows of dz / area',
  domain: { dz: reals },
  examples: [
    { inputs: { dz: [[[[4]]]] }, attrs: outputSize('avgPool2dGrad', [1, 2], [1, 2], {}), z: [[[[2], [2]]]] },
  ],
  sample(rng) {
    const { shapes, attrs } = samplePooling(rng)
    return { shapes: { dz: pooled(shapes.x, attrs) }, attrs }
  },
  attrs: WINDOW_ATTRS,
  shape: ({ dz }, g) => agreeing('avgPool2dGrad', g, { z: dz }, [dz[0], ...g.input, dz[3]]),
  forward: (k, { dz }, g) => k.avgPool2dGrad(dz, g),
  vjp: { dz: (dx, _, __, g) => apply(avgPool2dOp, { x: dx }, g) },
})

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

/** `output`. Throws unless the inputs have the shapes of `g`. */
function agreeing(
  op: string,
  g: Window,
  { x, z }: { readonly x?: Shape; readonly z?: Shape },
  output: Shape,
): Shape {
  checkOutput(op, g)
  if (x !== undefined) checkImage(op, x, g.input)
  if (z !== undefined) checkImage(op, z, g.output)
  return output
}

function checkImage(op: string, shape: Shape, [height, width]: Pair): void {
  if (shape.length === 4 && shape[1] === height && shape[2] === width) return
  throw new Error(`${op}: a shape of [N,${height},${width},C] expected, got ${format(shape)}`)
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

const pooled = (x: Shape, g: Window): Shape => [x[0], ...g.output, x[3]]

function samplePooling(rng: Generator): { shapes: { x: Shape }; attrs: Window } {
  const kernel: Pair = [rng.integer(1, 3), rng.integer(2, 3)]
  const input: Pair = [rng.integer(3, 5), rng.integer(3, 5)]
  const around: Pair = [0, rng.integer(0, 1)]
  const options = { stride: rng.integer(1, 2), padding: rng.uniform() < 0.4 ? ('same' as const) : around }
  const x = [rng.integer(1, 2), ...input, rng.integer(1, 2)]
  return { shapes: { x }, attrs: outputSize('pool', input, kernel, options) }
}
