import type { Convolution } from '../../backends/backend.ts'
import { reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { agreeing, convolution, empty, sampleConvolution, wShape, xShape, zShape } from '../convolution.ts'
import { CONVOLUTION_ATTRS } from '../window.ts'

/** The adjoints of conv2d in x and in w; each is the other's and conv2d's again. */
export function conv2dGradsOf(conv2d: (x: Tensor, w: Tensor, g: Convolution) => Tensor) {
  const conv2dInputGradOp: OpSpec<'dz' | 'w', Convolution> = defineOp<'dz' | 'w', Convolution>({
    name: 'conv2dInputGrad',
    signature: 'dz[N,P,Q,O] w[KH,KW,I,O] -> [N,H,W,C]',
    equation: 'dx[n, p s + i d - pad, .., c] = sum dz[n,p,q,o] w[i,j,c,o]',
    domain: { dz: reals, w: reals },
    attrs: CONVOLUTION_ATTRS,
    examples: [
      {
        inputs: { dz: [[[[1]], [[2]]]], w: [[[[1]], [[10]]]] },
        attrs: convolution('conv2d', [1, 2, 2, 1], [1, 2, 1, 1], {}),
        z: [
          [
            [[1], [10]],
            [[2], [20]],
          ],
        ],
      },
    ],
    sample(rng) {
      const { w, g } = sampleConvolution(rng)
      return { shapes: { dz: zShape(g), w }, attrs: g }
    },
    shape: ({ dz, w }, g) => agreeing('conv2dInputGrad', g, { dz, w }, xShape(g)),
    forward: (k, { dz, w }, g, shape) =>
      empty(dz, w, shape) ? k.fill(0, shape, dz.dtype) : k.conv2dInputGrad(dz, w, g),
    reads: { dz: ['w'], w: ['dz'] },
    vjp: {
      dz: ({ dz: dx, inputs: { w }, attrs: g }) => conv2d(dx, w, g),
      w: ({ dz: dx, inputs: { dz }, attrs: g }) => apply(conv2dWeightGradOp, { x: dx, dz }, g),
    },
  })

  const conv2dWeightGradOp: OpSpec<'x' | 'dz', Convolution> = defineOp<'x' | 'dz', Convolution>({
    name: 'conv2dWeightGrad',
    signature: 'x[N,H,W,C] dz[N,P,Q,O] -> [KH,KW,I,O]',
    equation: 'dw[i,j,c,o] = sum x[n, p s + i d - pad, .., c] dz[n,p,q,o]',
    domain: { x: reals, dz: reals },
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
          dz: [[[[1]], [[1]]]],
        },
        attrs: convolution('conv2d', [1, 2, 2, 1], [1, 2, 1, 1], {}),
        z: [[[[4]], [[6]]]],
      },
    ],
    sample(rng) {
      const { x, g } = sampleConvolution(rng)
      return { shapes: { x, dz: zShape(g) }, attrs: g }
    },
    shape: ({ x, dz }, g) => agreeing('conv2dWeightGrad', g, { x, dz }, wShape(g)),
    forward: (k, { x, dz }, g, shape) =>
      empty(x, dz, shape) ? k.fill(0, shape, x.dtype) : k.conv2dWeightGrad(x, dz, g),
    reads: { x: ['dz'], dz: ['x'] },
    vjp: {
      x: ({ dz: dw, inputs: { dz }, attrs: g }) => apply(conv2dInputGradOp, { dz, w: dw }, g),
      dz: ({ dz: dw, inputs: { x }, attrs: g }) => conv2d(x, dw, g),
    },
  })

  return { conv2dInputGradOp, conv2dWeightGradOp }
}
