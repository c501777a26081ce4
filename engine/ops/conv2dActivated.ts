import type { Convolution } from '../backends/backend.ts'
import { like, zeros } from '../create.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { broadcast, type Shape, sameShape, sizeOf } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { Tensor } from '../tensor.ts'
import { letGo } from '../tidy.ts'
import { prelu, relu } from './activation.ts'
import { conv2dBiasOp } from './conv2d.ts'
import { type ConvOptions, convolution, empty, sampleConvolution, zShape } from './convolution.ts'
import { CONVOLUTION_ATTRS } from './window.ts'

/** What follows a convolution: relu, leakyRelu by a number, or prelu by a tensor. */
export type Activation = 'relu' | { readonly slope: number | Tensor }

interface Options extends ConvOptions {
  readonly bias?: Tensor
}

/**
 * z = relu(conv2d(x, w) + bias), or prelu of it. Where nothing is recorded, one pass on a backend that has a kernel for it.
 * x[N,H,W,C] w[KH,KW,C/groups,O] bias[O] slope[] or slope[O] -> [N,P,Q,O]
 */
export function conv2dActivated(x: Tensor, w: Tensor, activation: Activation, all: Options): Tensor {
  const { bias = zeros(w.shape.slice(-1), { dtype: w.dtype, backend: w.backend }), ...options } = all
  const g = convolution('conv2d', x.shape, w.shape, options)
  if (activation === 'relu') return apply(conv2dReluOp, { x, w, bias }, g)
  const { slope: given } = activation
  const slope = given instanceof Tensor ? given : like('conv2d', given, w)
  return apply(conv2dPreluOp, { x, w, bias, slope }, g)
}

const row = {
  attrs: CONVOLUTION_ATTRS,
  // The bias alone tells on which side of 0 a channel is: sums of the products are below 50.
  domain: { x: reals, w: reals, bias: { ...reals, low: -60, high: 60, avoid: [0], margin: 50 } },
} as const

type Biased = 'x' | 'w' | 'bias'

export const conv2dReluOp: OpSpec<Biased, Convolution> = defineOp<Biased, Convolution>({
  ...row,
  name: 'conv2dRelu',
  signature: 'x[N,H,W,C] w[KH,KW,I,O] bias[O] -> [N,P,Q,O]',
  equation: 'max(conv2d(x, w) + bias, 0)',
  examples: [
    {
      inputs: { x: [[[[1], [2]]]], w: [[[[1, 10]]]], bias: [-2, 4] },
      attrs: convolution('conv2d', [1, 1, 2, 1], [1, 1, 1, 2], {}),
      z: [
        [
          [
            [0, 14],
            [0, 24],
          ],
        ],
      ],
    },
  ],
  sample(rng) {
    const { x, w, g } = sampleConvolution(rng)
    return { shapes: { x, w, bias: [g.outChannels] }, attrs: g }
  },
  shape: (shapes, g) => biased(shapes, g),
  compose: (inputs, g) => after(apply(conv2dBiasOp, inputs, g), relu),
  fused: (k, { x, w, bias }, g, shape) =>
    empty(x, w, shape) ? undefined : k.conv2dActivated?.(x, w, g, bias),
})

export const conv2dPreluOp: OpSpec<Biased | 'slope', Convolution> = defineOp<Biased | 'slope', Convolution>({
  ...row,
  name: 'conv2dPrelu',
  domain: { ...row.domain, slope: reals },
  signature: 'x[N,H,W,C] w[KH,KW,I,O] bias[O] slope[...] -> [N,P,Q,O]',
  equation: 'prelu(conv2d(x, w) + bias, slope)',
  examples: [
    {
      inputs: { x: [[[[1], [2]]]], w: [[[[1, 10]]]], bias: [-4, 4], slope: [0.5, 3] },
      attrs: convolution('conv2d', [1, 1, 2, 1], [1, 1, 1, 2], {}),
      z: [
        [
          [
            [-1.5, 14],
            [-1, 24],
          ],
        ],
      ],
    },
  ],
  sample(rng) {
    const { x, w, g } = sampleConvolution(rng)
    return {
      shapes: { x, w, bias: [g.outChannels], slope: rng.uniform() < 0.5 ? [] : [g.outChannels] },
      attrs: g,
    }
  },
  shape: ({ slope, ...shapes }, g) => broadcast('prelu', biased(shapes, g), slope),
  compose: ({ x, w, bias, slope }, g) => after(apply(conv2dBiasOp, { x, w, bias }, g), h => prelu(h, slope)),
  fused(k, { x, w, bias, slope }, g, shape) {
    const byChannel = sizeOf(slope.shape) === 1 || sameShape(slope.shape, [g.outChannels])
    if (!byChannel || !sameShape(shape, zShape(g)) || empty(x, w, shape)) return undefined
    return k.conv2dActivated?.(x, w, g, bias, slope)
  },
})

/** z = f(h), which alone holds h. */
function after(h: Tensor, f: (h: Tensor) => Tensor): Tensor {
  const z = f(h)
  letGo(h)
  return z
}

const biased = (shapes: Readonly<Record<Biased, Shape>>, g: Convolution): Shape =>
  conv2dBiasOp.shape!(shapes, g)
