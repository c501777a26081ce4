import type { Shape } from '../../../engine/index.ts'
import type { Kind } from '../../layers/index.ts'
import { axes, type Features, featureLayout, type Layout, same } from './layout.ts'

/** A tensor of a layer under its name in PyTorch. */
export interface Mapping {
  readonly theirs: string
  readonly ours: string
  readonly layout: Layout
}

export interface Module {
  readonly mappings: readonly Mapping[]
  /** Names of whole numbers that PyTorch keeps and we do not. */
  readonly counters?: readonly string[]
  /** What comes out. */
  readonly features: Features
}

/** What a layer is in PyTorch: from the shapes of its tensors and what goes in. */
type ToModule = (shapes: Readonly<Record<string, Shape>>, features: Features) => Module

/** Layers made of layers are taken apart. */
type Leaf = Exclude<Kind, 'sequential' | 'residual'>

const plain: ToModule = (_, features) => ({ mappings: [], features })
const pooling: ToModule = (_, { channels }) => ({ mappings: [], features: { of: 'map', channels } })

/** One number a feature. */
const vectors =
  (names: Readonly<Record<string, string>>, counters: readonly string[] = []): ToModule =>
  (shapes, features) => ({
    mappings: Object.entries(names).map(([ours, theirs]) => {
      const shape = shapes[ours]
      return { theirs, ours, layout: shape[0] === 1 ? same(shape) : featureLayout(shape, features) }
    }),
    counters,
    features: known(features, shapes[Object.keys(names)[0]][0]),
  })

/** What goes in, now that a layer says how long it is; a single number may be shared by all. */
const known = (features: Features, n: number): Features =>
  features.of === 'flattened' || n === 1 ? features : { of: features.of, channels: n }

const toVector: ToModule = (_, { channels }) => ({ mappings: [], features: { of: 'vector', channels } })

/** gamma and beta, or nothing. */
const affine: ToModule = (shapes, features) =>
  shapes.gamma === undefined
    ? plain(shapes, features)
    : vectors({ gamma: 'weight', beta: 'bias' })(shapes, features)

const bias = ({ bias }: Readonly<Record<string, Shape>>): Mapping[] =>
  bias === undefined ? [] : [{ theirs: 'bias', ours: 'bias', layout: same(bias) }]

/**
 * Every layer in PyTorch's terms: the names of its tensors and their layouts. Weights of convolutions are
 * [KH,KW,in/groups,out] here and [out,in/groups,KH,KW] there; those of linear layers [in,out] and [out,in].
 */
export const MODULES: { readonly [K in Leaf]: ToModule } = {
  conv2d: shapes => ({
    mappings: [
      { theirs: 'weight', ours: 'weight', layout: axes(shapes.weight, [3, 2, 0, 1]) },
      ...bias(shapes),
    ],
    features: { of: 'map', channels: shapes.weight[3] },
  }),
  linear(shapes, features) {
    if (features.of === 'map') {
      throw new Error(
        'a flattened map expected: on a map, Linear of PyTorch takes the rows, not the channels',
      )
    }
    const [size, out] = shapes.weight
    const { split } = featureLayout(shapes.weight, features)
    return {
      mappings: [
        { theirs: 'weight', ours: 'weight', layout: { split, order: [2, 1, 0], shape: [out, size] } },
        ...bias(shapes),
      ],
      features: { of: 'vector', channels: out },
    }
  },
  batchNorm: vectors(
    { gamma: 'weight', beta: 'bias', runningMean: 'running_mean', runningVariance: 'running_var' },
    ['num_batches_tracked'],
  ),
  groupNorm: affine,
  instanceNorm: affine,
  rmsNorm: vectors({ gamma: 'weight' }),
  prelu: vectors({ slope: 'weight' }),
  maxPool2d: pooling,
  avgPool2d: pooling,
  globalAvgPool: toVector,
  globalMaxPool: toVector,
  gem: (shapes, features) => ({
    ...toVector(shapes, features),
    mappings: [{ theirs: 'p', ours: 'p', layout: same(shapes.p) }],
  }),
  flatten: (_, { of, channels }) => ({
    mappings: [],
    features: of === 'vector' || of === 'flattened' ? { of, channels } : { of: 'flattened', channels },
  }),
  relu: plain,
  leakyRelu: plain,
  gelu: plain,
  silu: plain,
  elu: plain,
  celu: plain,
  selu: plain,
  mish: plain,
  hardsigmoid: plain,
  hardswish: plain,
  softsign: plain,
  sigmoid: plain,
  tanh: plain,
  softplus: plain,
  dropout: plain,
  maxFeatureMap(_, { of, channels }) {
    if (of === 'flattened') {
      throw new Error('a map or a vector expected: the halves of a flattened map are others in PyTorch')
    }
    return { mappings: [], features: { of, channels: channels === undefined ? undefined : channels / 2 } }
  },
  // A sequence is [N,L,E] in both, and flattened in one order.
  multiHeadAttention: shapes => ({
    mappings: (['in', 'out'] as const).flatMap(part => {
      const [weight, bias] = [shapes[`${part}.weight`], shapes[`${part}.bias`]]
      const theirs = (name: string): string => (part === 'in' ? `in_proj_${name}` : `out_proj.${name}`)
      return [
        { theirs: theirs('weight'), ours: `${part}.weight`, layout: axes(weight, [1, 0]) },
        ...(bias === undefined ? [] : [{ theirs: theirs('bias'), ours: `${part}.bias`, layout: same(bias) }]),
      ]
    }),
    features: { of: 'vector', channels: shapes['out.weight'][1] },
  }),
  squeezeExcite: shapes => ({
    mappings: Object.entries(shapes).map(([name, shape]) => ({
      theirs: name,
      ours: name,
      layout:
        shape.length === 1 ? same(shape) : { split: shape, order: [1, 0], shape: [shape[1], shape[0], 1, 1] },
    })),
    features: { of: 'map', channels: shapes['fc2.weight'][1] },
  }),
}
