import { checkFlag, checkOptions, type OptionNames } from '../engine/check.ts'
import { keepTransforms } from '../engine/hold.ts'
import { add, mul, noGrad, rsqrt, type State, sub, type Tensor, tidy, zeros } from '../engine/index.ts'
import { mapRecord } from '../engine/state.ts'
import { checkNet, descriptionOf, tensorsOf, under } from './interchange/net.ts'
import * as layers from './layers/index.ts'

type Layer = layers.Layer
type Tensors = Readonly<Record<string, Tensor>>

export interface FoldOptions {
  /** The net's values, where they are to come from elsewhere: `await moveState(net.state(), backend('auto'))`. */
  state?: State
  /**
   * Keep what minimal filtering makes of the weights, 4 numbers for each of a 3 x 3 convolution (5.4 of stride 2): on `wasm`,
   * as long as the parameters are not assigned to and there is room. Default true.
   */
  keepTransforms?: boolean
}

const OPTIONS = { state: true, keepTransforms: true } satisfies OptionNames<FoldOptions>

/**
 * The net for inference: each batch norm is folded into the convolution or the linear layer right before it (Jacob 2018,
 * section 3.2),
 * weight' = a weight, bias' = a (bias - runningMean) + beta, a = gamma / sqrt(runningVariance + eps),
 * by the output's channel, so that it computes what the net does outside training, but for rounding. Names of layers stay;
 * those of the folded are gone. A batch norm that does not follow one of the two in the same `sequential`, or in one that
 * ends right before it, stays. The parameters are copies: what is trained further on one side does not reach the other.
 * Throws on a layer that is not ours, naming it.
 */
export function fold(net: Layer, options: FoldOptions = {}): Layer {
  checkNet('fold', net)
  checkOptions('fold', options, OPTIONS)
  const { keepTransforms: keep = true, state } = options
  checkFlag('fold', 'keepTransforms', keep)
  const made = noGrad(() => tidy(() => folded(net, '', tensorsOf('fold', net, state))))
  if (keep) eachConvolution(made, keepOf)
  return made
}

/** Of a weight of its own, so that what is kept goes with this net. */
function keepOf({ parameters: { weight } }: Layer): void {
  if (weight.backend.keepTransforms === undefined) return
  noGrad(() => tidy(() => weight.assign(mul(weight, 1))))
  keepTransforms(weight)
}

function eachConvolution(layer: Layer, f: (convolution: Layer) => void): void {
  const own = layer.description
  if (own?.kind === 'conv2d') f(layer)
  else if (own?.kind === 'sequential') for (const step of Object.values(own.layers)) eachConvolution(step, f)
  else if (own?.kind === 'residual') {
    for (const part of [own.branch, own.shortcut]) if (part !== undefined) eachConvolution(part, f)
  }
}

/** The layer at `path`; `tensors` are the whole net's. */
function folded(layer: Layer, path: string, tensors: Tensors): Layer {
  const own = descriptionOf('fold', path, layer)
  const part = (name: string, inner: Layer): Layer => folded(inner, under(path, name), tensors)
  if (own.kind === 'sequential') return sequence(mapRecord(own.layers, (step, name) => part(name, step)))
  if (own.kind === 'residual') {
    const shortcut = own.shortcut && part('shortcut', own.shortcut)
    return layers.residual({ branch: part('branch', own.branch), shortcut })
  }
  const names = Object.keys(layer.state().tensors)
  // A layer that holds no tensor has nothing to copy.
  if (names.length === 0) return layer
  return copy(own, Object.fromEntries(names.map(name => [name, tensors[under(path, name)]])))
}

/** The layers one after another, each batch norm within the one before it where that takes it. */
function sequence(steps: Readonly<Record<string, Layer>>): Layer {
  const kept: [string, Layer][] = []
  for (const [name, step] of Object.entries(steps)) {
    const last = kept.at(-1)
    const both = last && step.description?.kind === 'batchNorm' ? after(last[1], step) : undefined
    if (last === undefined || both === undefined) kept.push([name, step])
    else last[1] = both
  }
  return layers.sequential(Object.fromEntries(kept))
}

/** `layer` and the batch norm after it as one layer; undefined where there is none. */
function after(layer: Layer, norm: Layer): Layer | undefined {
  const own = layer.description as layers.Description
  if (own.kind === 'sequential') {
    const steps = Object.entries(own.layers)
    const last = steps.pop()
    const both = last && after(last[1], norm)
    return both && layers.sequential(Object.fromEntries([...steps, [last[0], both]]))
  }
  if (own.kind !== 'conv2d' && own.kind !== 'linear') return undefined
  const { eps } = norm.description as layers.Kinds['batchNorm']
  const { gamma, beta, runningMean, runningVariance } = norm.state().tensors
  const { weight, bias } = layer.state().tensors
  const a = mul(gamma, rsqrt(add(runningVariance, eps)))
  const shift = mul(a, bias === undefined ? mul(runningMean, -1) : sub(bias, runningMean))
  return copy(own, { weight: mul(weight, a), bias: add(shift, beta) })
}

/** A new layer of the same kind that holds these tensors. */
function copy(own: layers.Description, tensors: Tensors): Layer {
  const made = layerLike(own, tensors)
  made.load({ tensors, values: {} })
  return made
}

function layerLike(own: layers.Description, tensors: Tensors): Layer {
  const { weight, bias, gamma, slope } = tensors
  const { dtype, backend } = Object.values(tensors)[0]
  const options = { dtype, backend }
  const init: layers.Init = (shape, _, __, place) => zeros(shape, place)
  const weighted = { ...options, bias: bias !== undefined, init, seed: 0 }
  if (own.kind === 'conv2d') {
    const { groups, stride, padding, dilation } = own
    const [height, width, perGroup, out] = weight.shape
    const window = { kernel: [height, width] as const, stride, padding, dilation }
    return layers.conv2d({ ...weighted, ...window, in: perGroup * groups, out, groups })
  }
  if (own.kind === 'linear') return layers.linear({ ...weighted, in: weight.shape[0], out: weight.shape[1] })
  if (own.kind === 'batchNorm')
    return layers.batchNorm({ ...options, channels: gamma.size, eps: own.eps, momentum: own.momentum })
  const norm = { ...options, channels: gamma?.size, affine: true }
  if (own.kind === 'groupNorm') return layers.groupNorm({ ...norm, groups: own.groups, eps: own.eps })
  if (own.kind === 'instanceNorm') return layers.instanceNorm({ ...norm, eps: own.eps })
  if (own.kind === 'rmsNorm') return layers.rmsNorm({ ...options, channels: gamma.size, eps: own.eps })
  if (own.kind === 'gem') return layers.gem({ ...options, learned: own.learned, eps: own.eps })
  if (own.kind === 'prelu') return layers.prelu({ ...options, channels: slope.size })
  if (own.kind === 'squeezeExcite') {
    const [channels, within] = tensors['fc1.weight'].shape
    const biased = tensors['fc1.bias'] !== undefined
    return layers.squeezeExcite({ ...weighted, bias: biased, channels, reduction: channels / within })
  }
  if (own.kind === 'multiHeadAttention') {
    const [dim] = tensors['out.weight'].shape
    const biased = tensors['out.bias'] !== undefined
    const { heads, causal } = own
    return layers.multiHeadAttention({ ...options, bias: biased, dim, heads, causal, seed: 0 })
  }
  throw new Error(`fold: a layer that holds tensors expected, got ${own.kind}`)
}
