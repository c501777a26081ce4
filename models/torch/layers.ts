import type { Shape } from '../../engine/index.ts'
import type { Kind, Kinds, Window } from '../layers/layer.ts'
import { call, literal, said, type Unsupported, unsupported } from './python.ts'

/** Layers made of layers are taken apart. */
type Leaf = Exclude<Kind, 'sequential' | 'residual'>

/** What goes into a layer: its rank without the batch, and its own tensors' shapes. */
export interface Place {
  readonly rank: number
  readonly shapes: Readonly<Record<string, Shape>>
}

/** The module of a layer, as a Python expression. */
type ToModule<K extends Leaf> = ((own: Kinds[K], place: Place) => string | Unsupported) | Unsupported

const nn =
  (name: string): (() => string) =>
  () =>
    `nn.${name}()`

/** As PyTorch has it: padding the same on both sides. */
function pairs({ stride, padding, dilation }: Omit<Window, 'kernel'>) {
  const [[top, bottom], [left, right]] = padding.map(side => (typeof side === 'number' ? [side, side] : side))
  if (top !== bottom || left !== right) return unsupported('more padding on one side than on the other')
  return { stride, padding: [top, left], dilation }
}

/** The call, unless its window has no form. */
const windowed = (
  name: string,
  args: Record<string, number | boolean | readonly number[]>,
  window: ReturnType<typeof pairs>,
) => ('unsupported' in window ? window : call(name, { ...args, ...window }))

/**
 * Every kind of layer as a module of PyTorch; a kind without a row does not compile. Names and layouts of its tensors are in
 * `models/interchange/pytorch/modules.ts`.
 */
export const TORCH_LAYERS: { readonly [K in Leaf]: ToModule<K> } = {
  conv2d({ groups, ...window }, { shapes: { weight, bias } }) {
    const [height, width, perGroup, out] = weight
    const sizes = { in_channels: perGroup * groups, out_channels: out, kernel_size: [height, width] }
    return windowed('nn.Conv2d', { ...sizes, groups, bias: bias !== undefined }, pairs(window))
  },
  linear(_, { rank, shapes: { weight, bias } }) {
    if (rank !== 1) return unsupported(`vectors expected, got samples of rank ${rank}`)
    return call('nn.Linear', { in_features: weight[0], out_features: weight[1], bias: bias !== undefined })
  },
  batchNorm({ eps, momentum }, { rank, shapes: { gamma } }) {
    if (rank !== 1 && rank !== 3)
      return unsupported(`vectors or images expected, got samples of rank ${rank}`)
    return call(`nn.BatchNorm${rank === 3 ? 2 : 1}d`, { num_features: gamma[0], eps, momentum })
  },
  groupNorm: ({ groups, eps }, { shapes: { gamma } }) =>
    gamma === undefined
      ? unsupported('channels that no gamma tells the number of')
      : call('nn.GroupNorm', { num_groups: groups, num_channels: gamma[0], eps }),
  instanceNorm: ({ channels, eps }, { rank, shapes: { gamma } }) =>
    rank === 3
      ? call('nn.InstanceNorm2d', { num_features: channels, eps, affine: gamma !== undefined })
      : unsupported(`images expected, got samples of rank ${rank}`),
  rmsNorm: ({ eps }, { shapes: { gamma } }) => call('RMSNorm', { channels: gamma[0], eps }),
  relu: nn('ReLU'),
  leakyRelu: ({ slope }) => call('nn.LeakyReLU', { negative_slope: slope }),
  prelu: (_, { shapes: { slope } }) => call('nn.PReLU', { num_parameters: slope[0] }),
  gelu: ({ tanh }) => `nn.GELU(approximate=${literal(tanh ? 'tanh' : 'none')})`,
  silu: nn('SiLU'),
  elu: ({ alpha }) => call('nn.ELU', { alpha }),
  celu: ({ alpha }) => call('nn.CELU', { alpha }),
  selu: nn('SELU'),
  mish: nn('Mish'),
  hardsigmoid: nn('Hardsigmoid'),
  hardswish: nn('Hardswish'),
  softsign: nn('Softsign'),
  sigmoid: nn('Sigmoid'),
  tanh: nn('Tanh'),
  softplus: nn('Softplus'),
  maxFeatureMap: () => 'MaxFeatureMap()',
  squeezeExcite(_, { shapes }) {
    const [channels, within] = shapes['fc1.weight']
    return call('SqueezeExcite', { channels, within, bias: shapes['fc1.bias'] !== undefined })
  },
  multiHeadAttention: ({ heads, causal }, { rank, shapes }) =>
    rank === 2
      ? call('SelfAttention', {
          dim: shapes['out.weight'][0],
          heads,
          bias: shapes['out.bias'] !== undefined,
          causal,
        })
      : unsupported(`sequences [L,E] expected, got samples of rank ${rank}`),
  dropout: ({ p }) => call('nn.Dropout', { p }),
  maxPool2d: ({ kernel, ceilMode, ...window }) =>
    windowed('nn.MaxPool2d', { kernel_size: kernel, ceil_mode: ceilMode }, pairs(window)),
  avgPool2d({ kernel, ceilMode, countIncludePad, ...window }) {
    const both = pairs(window)
    if ('unsupported' in both) return both
    const { dilation, ...rest } = both
    if (dilation.some(d => d !== 1)) return unsupported('nn.AvgPool2d has no dilation')
    return call('nn.AvgPool2d', {
      kernel_size: kernel,
      ceil_mode: ceilMode,
      count_include_pad: countIncludePad,
      ...rest,
    })
  },
  globalAvgPool: () => 'nn.Sequential(OrderedDict(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()))',
  globalMaxPool: () => 'nn.Sequential(OrderedDict(pool=nn.AdaptiveMaxPool2d(1), flatten=nn.Flatten()))',
  gem: ({ eps }) => call('GeM', { eps }),
  flatten: nn('Flatten'),
}

/** The module of a layer at `path`. Throws where PyTorch has none. */
export function moduleOf<K extends Leaf>(path: string, kind: K, own: Kinds[K], place: Place): string {
  const what = `${path || 'the net'} (${kind})`
  return said(
    what,
    said<(own: Kinds[K], place: Place) => string | Unsupported>(what, TORCH_LAYERS[kind])(own, place),
  )
}
