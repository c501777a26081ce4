import { mul, ones, reshape, type Tensor, zeros } from '../../../engine/index.ts'
import type { Kinds } from '../../layers/index.ts'
import type { Scope, Value } from './builder.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** `f` of the value with the channels as second axis, where ONNX has them; here they are the last. */
export function channelsFirst(g: Scope, x: Value, f: (name: string) => string): Value {
  if (x.rank === 1 || x.rank === 3) return { ...x, name: f(x.name) }
  const between = Array.from({ length: x.rank - 1 }, (_, i) => i + 1)
  const first = g.node('Transpose', [x.name], { perm: { ints: [0, x.rank, ...between] } })
  const back = [0, ...between.map(i => i + 1), 1]
  return { ...x, name: g.node('Transpose', [f(first)], { perm: { ints: back } }) }
}

/** One number a channel, for a value with the channels as second axis. */
const channelwise = (t: Tensor, rank: number): Tensor =>
  reshape(t, [t.size, ...Array.from({ length: rank - 1 }, () => 1)])

const instances = (g: Scope, x: string, weight: Tensor, bias: Tensor, eps: number): string =>
  g.node('InstanceNormalization', [x, g.constant('weight', weight), g.constant('bias', bias)], {
    epsilon: { float: eps },
  })

/**
 * All runtimes have InstanceNormalization, of [N,groups,..]. GroupNormalization is of opset 18 and another in 21, and onnxruntime
 * runs it with the variance as mean(x²) - mean(x)²: of features far from 0 nothing is left (findings/onnx-group-normalization.sh).
 */
export const groupNorm = (
  g: Scope,
  x: Value,
  { gamma, beta }: Tensors,
  { groups, eps }: Kinds['groupNorm'],
): Value =>
  channelsFirst(g, x, name => {
    const grouped = g.node('Reshape', [name, g.integers('groups', [0, groups, -1])])
    const normalized = instances(g, grouped, ones([groups]), zeros([groups]), eps)
    const z = g.node('Reshape', [normalized, g.node('Shape', [name])])
    if (gamma === undefined) return z
    const scaled = g.node('Mul', [z, g.constant('gamma', channelwise(gamma, x.rank))])
    return g.node('Add', [scaled, g.constant('beta', channelwise(beta, x.rank))])
  })

export const instanceNorm = (
  g: Scope,
  x: Value,
  { gamma, beta }: Tensors,
  { channels, eps }: Kinds['instanceNorm'],
): Value =>
  channelsFirst(g, x, name => instances(g, name, gamma ?? ones([channels]), beta ?? zeros([channels]), eps))

/** RMSNormalization is of opset 23 alone, and OpenCV 4.6 has no ReduceSum of opset 13: the mean is a product. */
export const rmsNorm = (g: Scope, x: Value, { gamma }: Tensors, { eps }: Kinds['rmsNorm']): Value => {
  const image = x.rank === 3
  const [squares, c] = [g.node('Mul', [x.name, x.name]), gamma.size]
  const shares = g.constant('shares', mul(ones(image ? [1, c, 1, 1] : [c, 1]), 1 / c))
  const mean = image
    ? g.node('Conv', [squares, shares], { kernel_shape: { ints: [1, 1] } })
    : g.node('MatMul', [squares, shares])
  const length = g.node('Sqrt', [g.node('Add', [mean, g.constant('eps', mul(ones([1]), eps))])])
  const weight = image ? channelwise(gamma, 3) : gamma
  return { ...x, name: g.node('Mul', [g.node('Div', [x.name, length]), g.constant('weight', weight)]) }
}
