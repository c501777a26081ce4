import { permute, reshape, type Tensor } from '../../../engine/index.ts'
import type { Kind, Kinds } from '../../layers/index.ts'
import type { Scope, Value } from './builder.ts'
import type { Attribute } from './proto.ts'

/** Layers made of layers are walked through. */
type Leaf = Exclude<Kind, 'sequential' | 'residual'>

type Tensors = Readonly<Record<string, Tensor>>

/** A layer as nodes: from its input, its tensors and its description. */
type Rule<K extends Leaf> = (g: Scope, x: Value, tensors: Tensors, layer: Kinds[K]) => Value

const ints = (values: readonly number[]): Attribute => ({ ints: values })

/** One node, values of the same rank. */
const elementwise =
  <K extends Leaf>(
    op: string,
    attributes?: (layer: Kinds[K]) => Readonly<Record<string, Attribute>>,
  ): Rule<K> =>
  (g, x, _, layer) => ({ ...x, name: g.node(op, [x.name], attributes?.(layer)) })

const window = (
  kernel: readonly number[],
  { stride, padding, dilation }: Kinds['conv2d'] | Kinds['maxPool2d'],
) => ({
  kernel_shape: ints(kernel),
  strides: ints(stride),
  // Before height and width, then after them.
  pads: ints([...padding, ...padding]),
  dilations: ints(dilation),
})

/** Layers of ours hold what is one number a channel in the last axis; an image of the graph has channels first. */
const channelsLast = (g: Scope, x: Value): string =>
  x.rank === 3 ? g.node('Transpose', [x.name], { perm: ints([0, 2, 3, 1]) }) : x.name

const asImage = (g: Scope, name: string, rank: number): Value => ({
  rank,
  name: rank === 3 ? g.node('Transpose', [name], { perm: ints([0, 3, 1, 2]) }) : name,
})

/** Every layer as nodes of ONNX's opset 20 (onnx.ai/onnx/operators), nothing folded: a layer stays what it is. */
export const NODES: { readonly [K in Leaf]: Rule<K> } = {
  conv2d(g, x, { weight, bias }, layer) {
    const inputs = [x.name, g.constant('weight', permute(weight, [3, 2, 0, 1]))]
    if (bias !== undefined) inputs.push(g.constant('bias', bias))
    const attributes = { ...window(weight.shape.slice(0, 2), layer), group: { int: layer.groups } }
    return { ...x, name: g.node('Conv', inputs, attributes) }
  },
  linear(g, x, { weight, bias }) {
    const [w, b] = [g.constant('weight', weight), bias && g.constant('bias', bias)]
    if (x.rank === 1) return { rank: 1, name: g.node('Gemm', b === undefined ? [x.name, w] : [x.name, w, b]) }
    const product = g.node('MatMul', [channelsLast(g, x), w])
    return asImage(g, b === undefined ? product : g.node('Add', [product, b]), x.rank)
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
    if (x.rank === 1 || x.rank === 3) return { ...x, name: normalize(x.name) }
    // ONNX takes the second axis for the channels; here they are the last.
    const last = x.rank
    const between = Array.from({ length: x.rank - 1 }, (_, i) => i + 1)
    const first = g.node('Transpose', [x.name], { perm: ints([0, last, ...between]) })
    const back = [0, ...between.map(i => i + 1), 1]
    return { ...x, name: g.node('Transpose', [normalize(first)], { perm: ints(back) }) }
  },
  relu: elementwise('Relu'),
  leakyRelu: elementwise('LeakyRelu', ({ slope }) => ({ alpha: { float: slope } })),
  prelu(g, x, { slope }) {
    const slopes = g.constant('weight', x.rank === 3 ? reshape(slope, [slope.size, 1, 1]) : slope)
    return { ...x, name: g.node('PRelu', [x.name, slopes]) }
  },
  gelu: elementwise('Gelu', ({ tanh }) => ({ approximate: { text: tanh ? 'tanh' : 'none' } })),
  sigmoid: elementwise('Sigmoid'),
  tanh: elementwise('Tanh'),
  softplus: elementwise('Softplus'),
  dropout: elementwise('Identity'),
  maxPool2d: elementwise('MaxPool', layer => window(layer.kernel, layer)),
  avgPool2d: elementwise('AveragePool', layer => ({
    ...window(layer.kernel, layer),
    count_include_pad: { int: 1 },
  })),
  globalAvgPool: (g, x) => ({ rank: 1, name: g.node('Flatten', [g.node('GlobalAveragePool', [x.name])]) }),
  // Our order of the features, so that the weights after it are as they are: height, width, channels.
  flatten: (g, x) => ({ rank: 1, name: g.node('Flatten', [channelsLast(g, x)]) }),
}
