import { checkFlag, checkGiven, checkSizes, type OptionNames } from '../../engine/check.ts'
import { add, matmul, mean, mul, relu, reshape, sigmoid, type Tensor } from '../../engine/index.ts'
import { CHANCE, generatorOf } from '../../engine/random.ts'
import { type Layer, layer } from './layer.ts'
import { type LinearOptions, weights } from './weighted.ts'

export interface SqueezeExciteOptions extends Omit<LinearOptions, 'in' | 'out'> {
  /** C. */
  channels: number
  /** What C is divided by between the two products. Default 16, the paper's. */
  reduction?: number
}

const KNOWN = {
  channels: ['in', 'inChannels'],
  reduction: ['ratio'],
  bias: true,
  init: true,
  dtype: true,
  backend: true,
  ...CHANCE,
} satisfies OptionNames<SqueezeExciteOptions>

/**
 * z = x s, s = sigmoid(W2 relu(W1 m + b1) + b2), m the mean over height and width (Hu 2018, arXiv:1709.01507, equations 2 to 4).
 * Parameters are `fc1.weight`[C,C/reduction], `fc1.bias`, `fc2.weight` and `fc2.bias`; in files of PyTorch the weights are
 * those of 1x1 convolutions, as timm, torchvision and InsightFace have them.  x[N,H,W,C] -> [N,H,W,C]
 */
export function squeezeExcite(all: SqueezeExciteOptions): Layer {
  const op = 'layers.squeezeExcite'
  checkGiven(op, all, KNOWN)
  const { channels, reduction = 16, bias = true, init, dtype, backend } = all
  checkSizes(op, { channels, reduction })
  checkFlag(op, 'bias', bias)
  if (channels % reduction !== 0) {
    throw new Error(`${op}: channels as a multiple of reduction expected, got ${channels} and ${reduction}`)
  }
  const within = channels / reduction
  const options = { bias, init, dtype, backend, rng: generatorOf(op, all) }
  const fc1 = weights(op, [channels, within], { ...options, in: channels, out: within })
  const fc2 = weights(op, [within, channels], { ...options, in: within, out: channels })
  const linear = (x: Tensor, { weight, bias: b }: typeof fc1): Tensor =>
    b === undefined ? matmul(x, weight) : add(matmul(x, weight), b)
  const forward = (x: Tensor): Tensor => {
    const s = sigmoid(linear(relu(linear(mean(x, { axis: [1, 2] }), fc1)), fc2))
    return mul(x, reshape(s, [x.shape[0], 1, 1, channels]))
  }
  const named = (name: string, { weight, bias: b }: typeof fc1): Record<string, Tensor> => ({
    [`${name}.weight`]: weight,
    ...(b !== undefined && { [`${name}.bias`]: b }),
  })
  return layer(op, forward, {
    parameters: { ...named('fc1', fc1), ...named('fc2', fc2) },
    description: { kind: 'squeezeExcite' },
  })
}
