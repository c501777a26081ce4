import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, type Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { type ConvOptions, conv2dInput } from './conv2d.ts'
import { type Pair, pair } from './window.ts'

export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the bottom and the right, below stride or dilation. Default 0. */
  outputPadding?: number | Pair
}

/**
 * The adjoint of conv2d as a layer that enlarges; w maps C channels to O.
 * x[N,H,W,C] w[KH,KW,O/groups,C] -> [N,P,Q,O],
 * P = (H - 1) stride - 2 padding + dilation (KH - 1) + outputPadding + 1
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  return apply(convTranspose2dOp, { x, w }, options)
}
export const convTranspose2dOp = defineOp<'x' | 'w', ConvTransposeOptions>({
  name: 'convTranspose2d',
  signature: 'x[N,H,W,C] w[KH,KW,I,C] -> [N,P,Q,O]',
  equation: 'z[n, p s + i d - pad, .., o] = sum x[n,p,q,c] w[i,j,o,c]',
  domain: { x: reals, w: reals },
  examples: [
    {
      inputs: { x: [[[[1], [2]]]], w: [[[[1]], [[10]]]] },
      attrs: { stride: 2 },
      z: [[[[1], [10], [2], [20]]]],
    },
  ],
  sample(rng) {
    const groups = rng.integer(1, 2)
    const options = {
      stride: rng.integer(1, 2),
      padding: [0, rng.integer(0, 1)] as const,
      dilation: [rng.integer(1, 2), 1] as const,
      groups,
    }
    const outputPadding = rng.integer(0, options.stride - 1)
    const x = [rng.integer(1, 2), rng.integer(2, 3), rng.integer(2, 3), groups * rng.integer(1, 2)]
    const w = [rng.integer(1, 2), rng.integer(2, 3), rng.integer(1, 2), x[3]]
    return { shapes: { x, w }, attrs: { ...options, outputPadding } }
  },
  shape: enlarged,
  compose: ({ x, w }, options, shape) => conv2dInput(x, w, shape, options),
})

function enlarged({ x, w }: { x: Shape; w: Shape }, options: ConvTransposeOptions): Shape {
  bind('convTranspose2d', 'x[N,H,W,C] w[KH,KW,I,C] -> [N]', { x, w })
  const [stride, padding] = [pair(options.stride, 1), pair(options.padding, 0)]
  const [dilation, extra] = [pair(options.dilation, 1), pair(options.outputPadding, 0)]
  if (!extra.every((n, i) => Number.isInteger(n) && n >= 0 && n < Math.max(stride[i], dilation[i]))) {
    throw new Error(
      `convTranspose2d: outputPadding is an integer >= 0 below stride or dilation, got ${extra} with ${stride} and ${dilation}`,
    )
  }
  const size = (i: 0 | 1): number =>
    (x[i + 1] - 1) * stride[i] - 2 * padding[i] + dilation[i] * (w[i] - 1) + extra[i] + 1
  return [x[0], size(0), size(1), w[2] * (options.groups ?? 1)]
}
