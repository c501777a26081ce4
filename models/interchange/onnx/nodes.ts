import { div, mul, onesLike, permute, reshape, type Shape, type Tensor } from '../../../engine/index.ts'
import type { Kind, Kinds } from '../../layers/index.ts'
import { multiHeadAttention } from './attention.ts'
import type { Scope, Value } from './builder.ts'
import { channelsFirst, groupNorm, instanceNorm, rmsNorm } from './norms.ts'
import type { Attribute } from './proto.ts'

/** Layers made of layers are taken apart. */
type Leaf = Exclude<Kind, 'sequential' | 'residual'>

type Tensors = Readonly<Record<string, Tensor>>

/** A layer as nodes: from its input, its tensors and its description. */
type ToNodes<K extends Leaf> = (g: Scope, x: Value, tensors: Tensors, layer: Kinds[K]) => Value

const ints = (values: readonly number[]): Attribute => ({ ints: values })

/** One node, values of the same rank. */
const elementwise =
  <K extends Leaf>(
    op: string,
    attributes?: (layer: Kinds[K]) => Readonly<Record<string, Attribute>>,
  ): ToNodes<K> =>
  (g, x, _, layer) => ({ ...x, name: g.node(op, [x.name], attributes?.(layer)) })

/** Of a convolution or a pool. What is by default is left out: average pools know of dilations only since opset 19. */
const window = (
  kernel: readonly number[],
  { stride, dilation }: Pick<Kinds['conv2d'], 'stride' | 'dilation'>,
): Readonly<Record<string, Attribute>> => ({
  kernel_shape: ints(kernel),
  strides: ints(stride),
  ...(dilation.some(d => d > 1) && { dilations: ints(dilation) }),
})

/** Before height and width, then after them. */
const around = ([[top, bottom], [left, right]]: Kinds['conv2d']['padding']): number[] => [
  top,
  left,
  bottom,
  right,
]

const isPadded = ({ padding }: Pick<Kinds['conv2d'], 'padding'>): boolean => around(padding).some(p => p > 0)

const pads = ({ padding }: Pick<Kinds['conv2d'], 'padding'>): Readonly<Record<string, Attribute>> => ({
  pads: ints(around(padding)),
})

/** PyTorch's hard sigmoid; ONNX's default is another line. */
const SIXTH: Readonly<Record<string, Attribute>> = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }

const ceil = ({ ceilMode }: Kinds['maxPool2d']): Readonly<Record<string, Attribute>> =>
  ceilMode ? { ceil_mode: { int: 1 } } : {}

const toVector = (g: Scope, name: string): Value => ({ rank: 1, name: g.node('Flatten', [name]) })

/** Layers of ours hold what is one number a channel in the last axis; an image of the graph has channels first. */
const channelsLast = (g: Scope, x: Value): string =>
  x.rank === 3 ? g.node('Transpose', [x.name], { perm: ints([0, 2, 3, 1]) }) : x.name

const asImage = (g: Scope, name: string, rank: number): Value => ({
  rank,
  name: rank === 3 ? g.node('Transpose', [name], { perm: ints([0, 3, 1, 2]) }) : name,
})

/** [in,out] as the weights of a 1x1 convolution, [out,in,1,1]. */
const asConv = ([from, to]: Shape): Shape => [to, from, 1, 1]

/**
 * Every layer as nodes of ONNX (onnx.ai/onnx/operators), each what it is: what is to be folded is so before. Of the forms that ONNX
 * has for one thing, that which PyTorch's exporter writes, since all runtimes are tried with that.
 */
export const NODES: { readonly [K in Leaf]: ToNodes<K> } = {
  conv2d(g, x, { weight, bias }, layer) {
    const inputs = [x.name, g.constant('weight', permute(weight, [3, 2, 0, 1]))]
    if (bias !== undefined) inputs.push(g.constant('bias', bias))
    const kernel = weight.shape.slice(0, 2)
    const attributes = { ...window(kernel, layer), ...pads(layer), group: { int: layer.groups } }
    return { ...x, name: g.node('Conv', inputs, attributes) }
  },
  linear(g, x, { weight, bias }) {
    if (x.rank === 1) {
      // [out,in]: OpenCV up to 4.6 takes W so where transB, which is 0 by default, is not said.
      const inputs = [x.name, g.constant('weight', permute(weight, [1, 0]))]
      if (bias !== undefined) inputs.push(g.constant('bias', bias))
      return { rank: 1, name: g.node('Gemm', inputs, { transB: { int: 1 } }) }
    }
    const product = g.node('MatMul', [channelsLast(g, x), g.constant('weight', weight)])
    return asImage(
      g,
      bias === undefined ? product : g.node('Add', [product, g.constant('bias', bias)]),
      x.rank,
    )
  },
  batchNorm(g, x, { gamma, beta, runningMean, runningVariance }, { eps }) {
    const statistics = [
      g.constant('weight', gamma),
      g.constant('bias', beta),
      g.constant('running_mean', runningMean),
      g.constant('running_var', runningVariance),
    ]
    const normalize = (name: string): string =>
      g.node('BatchNormalization', [name, ...statistics], { epsilon: { float: eps } })
    return channelsFirst(g, x, normalize)
  },
  groupNorm,
  instanceNorm,
  rmsNorm,
  multiHeadAttention,
  relu: elementwise('Relu'),
  leakyRelu: elementwise('LeakyRelu', ({ slope }) => ({ alpha: { float: slope } })),
  prelu(g, x, { slope }) {
    const slopes = g.constant('weight', x.rank === 3 ? reshape(slope, [slope.size, 1, 1]) : slope)
    return { ...x, name: g.node('PRelu', [x.name, slopes]) }
  },
  gelu: elementwise('Gelu', ({ tanh }) => ({ approximate: { text: tanh ? 'tanh' : 'none' } })),
  sigmoid: elementwise('Sigmoid'),
  silu: (g, x) => ({ ...x, name: g.node('Mul', [x.name, g.node('Sigmoid', [x.name])]) }),
  elu: elementwise('Elu', ({ alpha }) => ({ alpha: { float: alpha } })),
  celu: elementwise('Celu', ({ alpha }) => ({ alpha: { float: alpha } })),
  selu: elementwise('Selu'),
  // Mish is a node of its own since opset 18 alone.
  mish: (g, x) => ({
    ...x,
    name: g.node('Mul', [x.name, g.node('Tanh', [g.node('Softplus', [x.name])])]),
  }),
  hardsigmoid: elementwise('HardSigmoid', () => SIXTH),
  // HardSwish is a node of its own since opset 14 alone.
  hardswish: (g, x) => ({ ...x, name: g.node('Mul', [x.name, g.node('HardSigmoid', [x.name], SIXTH)]) }),
  softsign: elementwise('Softsign'),
  tanh: elementwise('Tanh'),
  softplus: elementwise('Softplus'),
  maxFeatureMap(g, x, _, { channels }) {
    // The channels are the second axis of images and vectors, and of all else the last.
    const axis = g.integers('axis', [x.rank === 3 ? 1 : x.rank])
    const half = (name: string, from: number): string =>
      g.node('Slice', [x.name, g.integers(name, [from]), g.integers(`${name}End`, [from + channels]), axis])
    return { ...x, name: g.node('Max', [half('first', 0), half('second', channels)]) }
  },
  squeezeExcite(g, x, tensors) {
    const conv = (name: string, input: string): string => {
      const weight = tensors[`${name}.weight`]
      const inputs = [
        input,
        g.constant(`${name}.weight`, reshape(permute(weight, [1, 0]), asConv(weight.shape))),
      ]
      const bias = tensors[`${name}.bias`]
      if (bias !== undefined) inputs.push(g.constant(`${name}.bias`, bias))
      return g.node('Conv', inputs, { kernel_shape: ints([1, 1]) })
    }
    const within = g.node('Relu', [conv('fc1', g.node('GlobalAveragePool', [x.name]))])
    return { ...x, name: g.node('Mul', [x.name, g.node('Sigmoid', [conv('fc2', within)])]) }
  },
  dropout: elementwise('Identity'),
  maxPool2d: elementwise('MaxPool', layer => ({
    ...window(layer.kernel, layer),
    ...pads(layer),
    ...ceil(layer),
  })),
  avgPool2d(g, x, _, layer) {
    const attributes = { ...window(layer.kernel, layer), ...ceil(layer) }
    const counts = layer.countIncludePad && isPadded(layer)
    if (!counts || layer.ceilMode) {
      const all = { ...attributes, ...pads(layer), count_include_pad: { int: counts ? 1 : 0 } }
      return { ...x, name: g.node('AveragePool', [x.name], all) }
    }
    // Padding of its own: OpenCV passes over count_include_pad.
    const [top, left, bottom, right] = around(layer.padding)
    const padded = g.node('Pad', [x.name, g.integers('pads', [0, 0, top, left, 0, 0, bottom, right])])
    return { ...x, name: g.node('AveragePool', [padded], attributes) }
  },
  globalAvgPool: (g, x) => toVector(g, g.node('GlobalAveragePool', [x.name])),
  globalMaxPool: (g, x) => toVector(g, g.node('GlobalMaxPool', [x.name])),
  gem(g, x, { p }, { eps }) {
    // By relu: OpenCV 4.6 has neither the Max of a constant nor the Clip of opset 13.
    const bound = g.constant('eps', mul(onesLike(p), eps))
    const least = g.node('Add', [g.node('Relu', [g.node('Sub', [x.name, bound])]), bound])
    const mean = g.node('GlobalAveragePool', [g.node('Pow', [least, g.constant('p', p)])])
    return toVector(g, g.node('Pow', [mean, g.constant('root', div(1, p))]))
  },
  // Our order of the features, so that the weights after it are as they are: height, width, channels.
  flatten: (g, x) => ({ rank: 1, name: g.node('Flatten', [channelsLast(g, x)]) }),
}
