import type { Convolution, NDArray } from '../backends/backend.ts'
import { checkInteger, checkOptions, type OptionNames } from '../check.ts'
import { reals } from '../domain.ts'
import { apply, defineOp, type OpSpec } from '../op.ts'
import type { Generator } from '../random.ts'
import { bind, checkShape, format, type Shape, sameShape } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { sum } from './reduce.ts'
import {
  CONVOLUTION_ATTRS,
  checkOutput,
  outputSize,
  type Pair,
  WINDOW,
  type WindowOptions,
} from './window.ts'

export interface ConvOptions extends WindowOptions {
  /** Channels are split in this many groups that do not see each other. Default 1. */
  groups?: number
}

type BiasedOptions = ConvOptions & { bias?: Tensor }

const CONV = { ...WINDOW, groups: true } as const satisfies OptionNames<ConvOptions>
const BIASED = { ...CONV, bias: true } as const satisfies OptionNames<BiasedOptions>

/**
 * Cross-correlation, NHWC by HWIO:
 * z[n,p,q,o] = bias[o] + sum over i,j,c of x[n, p stride + i dilation - padding, .., c] w[i,j,c,o].
 * x[N,H,W,C] w[KH,KW,C/groups,O] bias[O] -> [N,P,Q,O],
 * P = floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1, or ceil(H / stride) where padding is 'same';
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
  vjp: {
    x: (dz, { w }, _, g) => apply(conv2dInputOp, { dz, w }, g),
    w: (dz, { x }, _, g) => apply(conv2dWeightOp, { x, dz }, g),
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
  vjp: {
    x: (dz, { w }, _, g) => apply(conv2dInputOp, { dz, w }, g),
    w: (dz, { x }, _, g) => apply(conv2dWeightOp, { x, dz }, g),
    bias: dz => sum(dz, { axis: [0, 1, 2] }),
  },
})

/** The adjoint of conv2d in x.  dz[N,P,Q,O] w[KH,KW,C/groups,O] -> [N,H,W,C] */
export function conv2dInput(dz: Tensor, w: Tensor, inputShape: Shape, options: ConvOptions = {}): Tensor {
  checkTensor('conv2dInput', 'w', w)
  checkShape('conv2dInput', inputShape)
  checkOptions('conv2dInput', options, CONV)
  return apply(conv2dInputOp, { dz, w }, convolution('conv2dInput', inputShape, w.shape, options))
}
export const conv2dInputOp: OpSpec<'dz' | 'w', Convolution> = defineOp<'dz' | 'w', Convolution>({
  name: 'conv2dInput',
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
  shape: ({ dz, w }, g) => agreeing('conv2dInput', g, { dz, w }, xShape(g)),
  forward: (k, { dz, w }, g, shape) =>
    empty(dz, w, shape) ? k.fill(0, shape, dz.dtype) : k.conv2dInput(dz, w, g),
  vjp: {
    dz: (dx, { w }, _, g) => apply(conv2dOp, { x: dx, w }, g),
    w: (dx, { dz }, _, g) => apply(conv2dWeightOp, { x: dx, dz }, g),
  },
})

/** The adjoint of conv2d in w.  x[N,H,W,C] dz[N,P,Q,O] -> [KH,KW,C/groups,O] */
export function conv2dWeight(x: Tensor, dz: Tensor, weightShape: Shape, options: ConvOptions = {}): Tensor {
  checkTensor('conv2dWeight', 'x', x)
  checkShape('conv2dWeight', weightShape)
  checkOptions('conv2dWeight', options, CONV)
  return apply(conv2dWeightOp, { x, dz }, convolution('conv2dWeight', x.shape, weightShape, options))
}
export const conv2dWeightOp: OpSpec<'x' | 'dz', Convolution> = defineOp<'x' | 'dz', Convolution>({
  name: 'conv2dWeight',
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
  shape: ({ x, dz }, g) => agreeing('conv2dWeight', g, { x, dz }, wShape(g)),
  forward: (k, { x, dz }, g, shape) =>
    empty(x, dz, shape) ? k.fill(0, shape, x.dtype) : k.conv2dWeight(x, dz, g),
  vjp: {
    x: (dw, { dz }, _, g) => apply(conv2dInputOp, { dz, w: dw }, g),
    dz: (dw, { x }, _, g) => apply(conv2dOp, { x, w: dw }, g),
  },
})

/** The geometry of a convolution of these shapes; throws when they do not fit. */
function convolution(op: string, x: Shape, w: Shape, options: ConvOptions): Convolution {
  const { groups = 1 } = options
  bind(op, 'x[N,H,W,C] w[KH,KW,I,O] -> [N]', { x, w })
  const [batch, height, width, inChannels] = x
  const [kh, kw, perGroup, outChannels] = w
  checkInteger(op, 'groups', groups, 1)
  if (inChannels !== perGroup * groups || outChannels % groups !== 0) {
    throw new Error(
      `${op}: C = I groups and O a multiple of groups expected, got C = ${inChannels}, I = ${perGroup}, O = ${outChannels}, groups = ${groups}`,
    )
  }
  const window = outputSize(op, [height, width], [kh, kw], options)
  // The spread comes last: V8 makes a hidden class of its own for each object whose first part is spread.
  return { batch, groups, inChannels, outChannels, ...window }
}

/** Is there nothing to add up, or nowhere to put it? Kernels need not know of such. */
const empty = (x: NDArray, y: NDArray, z: Shape): boolean =>
  [x.shape, y.shape, z].some(shape => shape.includes(0))

const xShape = (g: Convolution): Shape => [g.batch, ...g.input, g.inChannels]
const wShape = (g: Convolution): Shape => [...g.kernel, g.inChannels / g.groups, g.outChannels]
const zShape = (g: Convolution): Shape => [g.batch, ...g.output, g.outChannels]
const SHAPES = { x: xShape, w: wShape, dz: zShape }

/** `output`. Throws unless the inputs have the shapes of `g`, and its window the output that it says. */
function agreeing(
  op: string,
  g: Convolution,
  inputs: Readonly<Partial<Record<'x' | 'w' | 'dz', Shape>>>,
  output: Shape,
): Shape {
  checkOutput(op, g)
  for (const name in inputs) {
    const [given, expected] = [inputs[name as 'x'], SHAPES[name as 'x'](g)]
    if (given === undefined || sameShape(given, expected)) continue
    throw new Error(`${op}: ${name} of shape ${format(expected)} expected, got ${format(given)}`)
  }
  return output
}

function sampleConvolution(rng: Generator): { x: Shape; w: Shape; g: Convolution } {
  const groups = rng.integer(1, 2)
  const around: Pair = [rng.integer(0, 1), rng.integer(0, 2)]
  const options: ConvOptions = {
    stride: rng.integer(1, 2),
    padding: rng.uniform() < 0.4 ? 'same' : around,
    dilation: [rng.integer(1, 2), 1],
    groups,
  }
  const x = [rng.integer(1, 2), rng.integer(3, 5), rng.integer(3, 5), groups * rng.integer(1, 2)]
  const w = [rng.integer(1, 2), rng.integer(1, 3), x[3] / groups, groups * rng.integer(1, 2)]
  return { x, w, g: convolution('conv2d', x, w, options) }
}
