import type { Convolution } from '../backends/backend.ts'
import { checkOptions, type OptionNames } from '../check.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, checkShape, type Shape } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { conv2dGradsOf } from './adjoints/conv2dGrad.ts'
import {
  agreeing,
  CONV,
  type ConvOptions,
  convolution,
  empty,
  sampleConvolution,
  zShape,
} from './convolution.ts'
import { sum } from './reduce.ts'
import { CONVOLUTION_ATTRS } from './window.ts'

type BiasedOptions = ConvOptions & { bias?: Tensor }

const BIASED = { ...CONV, bias: true } as const satisfies OptionNames<BiasedOptions>

/**
 * Cross-correlation, NHWC by HWIO:
 * z[n,p,q,o] = bias[o] + sum over i,j,c of x[n, p stride + i dilation - padding, .., c] w[i,j,c,o].
 * x[N,H,W,C] w[KH,KW,C/groups,O] bias[O] -> [N,P,Q,O],
 * P = floor((H + padding on both sides - dilation (KH - 1) - 1) / stride) + 1, or ceil(H / stride) where padding is 'same' or
 * 'sameLower';
 * without a bias by default.
 */
export function conv2d(x: Tensor, w: Tensor, options: BiasedOptions = {}): Tensor {
  checkTensor('conv2d', 'x', x)
  checkTensor('conv2d', 'w', w)
  checkOptions('conv2d', options, BIASED)
  const { bias } = options
  const g = convolution('conv2d', x.shape, w.shape, options)
  return bias === undefined ? apply(conv2dOp, { x, w }, g) : apply(conv2dBiasOp, { x, w, bias }, g)
}
export const conv2dOp: OpSpec<'x' | 'w', Convolution> = defineOp<'x' | 'w', Convolution>({
  name: 'conv2d',
  signature: 'x[N,H,W,C] w[KH,KW,I,O] -> [N,P,Q,O]',
  equation: 'z[n,p,q,o] = sum x[n, p s + i d - pad, .., c] w[i,j,c,o]',
  domain: { x: reals, w: reals },
  attrs: CONVOLUTION_ATTRS,
  examples: [
    {
      inputs: {
        x: [
          [
            [[1], [2]],
            [[3], [4]],
          ],
        ],
        w: [[[[1]], [[10]]]],
      },
      attrs: convolution('conv2d', [1, 2, 2, 1], [1, 2, 1, 1], {}),
      z: [[[[21]], [[43]]]],
    },
  ],
  sample(rng) {
    const { x, w, g } = sampleConvolution(rng)
    return { shapes: { x, w }, attrs: g }
  },
  shape: ({ x, w }, g) => agreeing('conv2d', g, { x, w }, zShape(g)),
  forward: (k, { x, w }, g, shape) => (empty(x, w, shape) ? k.fill(0, shape, x.dtype) : k.conv2d(x, w, g)),
  reads: { x: ['w'], w: ['x'] },
  vjp: {
    x: ({ dz, inputs: { w }, attrs: g }) => apply(conv2dInputGradOp, { dz, w }, g),
    w: ({ dz, inputs: { x }, attrs: g }) => apply(conv2dWeightGradOp, { x, dz }, g),
  },
})

export const conv2dBiasOp: OpSpec<'x' | 'w' | 'bias', Convolution> = defineOp<
  'x' | 'w' | 'bias',
  Convolution
>({
  name: 'conv2dBias',
  signature: 'x[N,H,W,C] w[KH,KW,I,O] bias[O] -> [N,P,Q,O]',
  equation: 'z[n,p,q,o] = bias[o] + sum x[n, p s + i d - pad, .., c] w[i,j,c,o]',
  domain: { x: reals, w: reals, bias: reals },
  attrs: CONVOLUTION_ATTRS,
  examples: [
    {
      inputs: { x: [[[[1], [2]]]], w: [[[[1, 10]]]], bias: [3, 4] },
      attrs: convolution('conv2d', [1, 1, 2, 1], [1, 1, 1, 2], {}),
      z: [
        [
          [
            [4, 14],
            [5, 24],
          ],
        ],
      ],
    },
  ],
  sample(rng) {
    const { x, w, g } = sampleConvolution(rng)
    return { shapes: { x, w, bias: [g.outChannels] }, attrs: g }
  },
  shape({ x, w, bias }, g) {
    bind('conv2d', 'bias[O] w[KH,KW,I,O] -> [O]', { bias, w })
    return agreeing('conv2d', g, { x, w }, zShape(g))
  },
  forward: (k, { x, w, bias }, g, shape) =>
    empty(x, w, shape) ? k.broadcastTo(bias, shape) : k.conv2d(x, w, g, bias),
  reads: { x: ['w'], w: ['x'], bias: [] },
  vjp: {
    x: ({ dz, inputs: { w }, attrs: g }) => apply(conv2dInputGradOp, { dz, w }, g),
    w: ({ dz, inputs: { x }, attrs: g }) => apply(conv2dWeightGradOp, { x, dz }, g),
    bias: ({ dz }) => sum(dz, { axis: [0, 1, 2] }),
  },
})

export const { conv2dInputGradOp, conv2dWeightGradOp } = conv2dGradsOf((x, w, g) =>
  apply(conv2dOp, { x, w }, g),
)

/** The adjoint of conv2d in x.  dz[N,P,Q,O] w[KH,KW,C/groups,O] -> [N,H,W,C] */
export function conv2dInputGrad(dz: Tensor, w: Tensor, inputShape: Shape, options: ConvOptions = {}): Tensor {
  checkTensor('conv2dInputGrad', 'w', w)
  checkShape('conv2dInputGrad', inputShape)
  checkOptions('conv2dInputGrad', options, CONV)
  return apply(conv2dInputGradOp, { dz, w }, convolution('conv2dInputGrad', inputShape, w.shape, options))
}

/** The adjoint of conv2d in w.  x[N,H,W,C] dz[N,P,Q,O] -> [KH,KW,C/groups,O] */
export function conv2dWeightGrad(
  x: Tensor,
  dz: Tensor,
  weightShape: Shape,
  options: ConvOptions = {},
): Tensor {
  checkTensor('conv2dWeightGrad', 'x', x)
  checkShape('conv2dWeightGrad', weightShape)
  checkOptions('conv2dWeightGrad', options, CONV)
  return apply(conv2dWeightGradOp, { x, dz }, convolution('conv2dWeightGrad', x.shape, weightShape, options))
}
