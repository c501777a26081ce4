import { checkFlag, checkFunction, checkGiven, checkSizes, type OptionNames } from '../../engine/check.ts'
import {
  add,
  type Chance,
  type ConvOptions,
  conv2d as conv2dOp,
  type Generator,
  matmul,
  type Pair,
  parameter,
  randn,
  type Shape,
  Tensor,
  type TensorOptions,
  tidy,
  uniform,
} from '../../engine/index.ts'
import { type Activation, conv2dActivated } from '../../engine/ops/conv2dActivated.ts'
import { CHANCE, generatorOf } from '../../engine/random.ts'
import { joins, type Layer, layer } from './layer.ts'
import { windowOf } from './window.ts'

/** `seed` or `rng` give the first values; layers side by side want one generator, or seeds of their own. */
export interface LinearOptions extends Chance, Pick<TensorOptions, 'dtype' | 'backend'> {
  /** Inputs and outputs: channels of a convolution, features of a linear layer. */
  in: number
  out: number
  /** Add a learned b[out]. Default true. */
  bias?: boolean
  /** Default `kaimingUniform()`, PyTorch's; the bias always starts uniform within 1 / sqrt(fanIn). */
  init?: Init
}

export interface Conv2dOptions extends LinearOptions, ConvOptions {
  /** Height and width of the kernel; a number stands for both. */
  kernel: number | Pair
}

const LINEAR = {
  in: ['inChannels', 'inFeatures', 'inputs'],
  out: ['outChannels', 'outFeatures', 'units', 'filters'],
  bias: true,
  init: true,
  dtype: true,
  backend: true,
  ...CHANCE,
} satisfies OptionNames<LinearOptions>

const CONV2D = {
  kernel: true,
  stride: true,
  padding: true,
  dilation: true,
  groups: true,
  ...LINEAR,
} satisfies OptionNames<Conv2dOptions>

/** z = conv2d(x, weight) + bias.  x[N,H,W,in] weight[KH,KW,in/groups,out] bias[out] -> [N,P,Q,out] */
export function conv2d(all: Conv2dOptions): Layer {
  checkGiven('layers.conv2d', all, CONV2D)
  const { groups = 1, ...rest } = all
  const { kernel, ...window } = windowOf('layers.conv2d', rest.kernel, rest)
  checkSizes('layers.conv2d', { in: rest.in, out: rest.out, groups })
  if (rest.in % groups !== 0 || rest.out % groups !== 0) {
    throw new Error(
      `layers.conv2d: in and out are multiples of groups, got ${rest.in}, ${rest.out} and ${groups}`,
    )
  }
  const parameters = weights('layers.conv2d', [...kernel, rest.in / groups, rest.out], rest)
  const { weight, bias } = parameters
  const options = { bias, groups, ...window }
  const images = (x: Tensor): Tensor => fitting('layers.conv2d', 'N,H,W,', x, rest.in)
  const made = layer('layers.conv2d', x => conv2dOp(images(x), weight, options), {
    parameters,
    description: { kind: 'conv2d', groups, ...window },
  })
  return joins(made, next => {
    const activation = activationOf(next)
    return activation && (x => conv2dActivated(images(x), weight, activation, options))
  })
}

/** What a layer does to each number by itself, where a convolution can do so before it stores it. */
function activationOf({ description, parameters }: Layer): Activation | undefined {
  switch (description?.kind) {
    case 'relu':
      return 'relu'
    case 'leakyRelu':
      return { slope: description.slope }
    case 'prelu':
      return { slope: parameters.slope }
  }
}

/** z = x weight + bias; the weight stands as HWIO does, inputs first.  x[...,in] weight[in,out] bias[out] -> [...,out] */
export function linear(options: LinearOptions): Layer {
  checkGiven('layers.linear', options, LINEAR)
  checkSizes('layers.linear', { in: options.in, out: options.out })
  const parameters = weights('layers.linear', [options.in, options.out], options)
  const { weight, bias } = parameters
  const product = (x: Tensor): Tensor => matmul(fitting('layers.linear', '...,', x, options.in), weight)
  return layer('layers.linear', bias === undefined ? product : x => add(product(x), bias), {
    parameters,
    description: { kind: 'linear' },
  })
}

/** x. Throws where its last axis is not `size`, with the option that says so. Channels first are left to the op, which knows the way out. */
function fitting(op: string, before: string, x: Tensor, size: number): Tensor {
  const shape = x instanceof Tensor ? x.shape : []
  if (shape.length < 2 || shape[shape.length - 1] === size || shape[1] === size) return x
  throw new Error(
    `${op}: x[${before}${size}] expected, got shape [${shape}] (option in: ${size}; of a net, input: [height, width, channels])`,
  )
}

/** The weight first, then the bias, so that a seed means the same numbers wherever it is used. */
export function weights(op: string, shape: Shape, all: LinearOptions) {
  const { bias = true, init = kaimingUniform(), ...rest } = all
  checkFlag(op, 'bias', bias)
  checkFunction(op, 'init', init)
  const rng = generatorOf(op, all)
  const options = { dtype: rest.dtype, backend: rest.backend }
  const fanIn = shape.slice(0, -1).reduce((n, size) => n * size, 1)
  // The first values are given back as soon as an optimiser puts others in their place.
  return tidy(() => {
    const weight = parameter(init(shape, fanIn, rng, options))
    const out: Record<string, Tensor> & { weight: Tensor; bias?: Tensor } = { weight }
    if (bias) out.bias = parameter(biasUniform([rest.out], fanIn, rng, options))
    return out
  })
}

/** First values of a weight; `fanIn` is how many inputs go into one output. */
export type Init = (shape: Shape, fanIn: number, rng: Generator, options?: TensorOptions) => Tensor

/**
 * U(-b, b), b = sqrt(6 / ((1 + a^2) fanIn)): He 2015 for a leaky ReLU of slope a. PyTorch's layers take a = sqrt 5,
 * the default here, which is b = 1 / sqrt(fanIn).
 */
export function kaimingUniform(a = Math.sqrt(5)): Init {
  return (shape, fanIn, rng, options) => {
    const bound = Math.sqrt(6 / ((1 + a * a) * fanIn))
    return uniform(shape, rng, { ...options, low: -bound, high: bound })
  }
}

/** N(0, 2 / ((1 + a^2) fanIn)): He 2015, equation 15, for a leaky ReLU of slope a (default 0, plain ReLU). */
export function kaimingNormal(a = 0): Init {
  return (shape, fanIn, rng, options) =>
    randn(shape, rng, { ...options, std: Math.sqrt(2 / ((1 + a * a) * fanIn)) })
}

/** U(-b, b), b = gain sqrt(6 / (fanIn + fanOut)): Glorot 2010, equation 16, as PyTorch's `xavier_uniform_`. */
export function xavierUniform(gain = 1): Init {
  return (shape, fanIn, rng, options) => {
    // Of a convolution: what one input goes into, at all places of the kernel.
    const fanOut = (fanIn / shape[shape.length - 2]) * shape[shape.length - 1]
    const bound = gain * Math.sqrt(6 / (fanIn + fanOut))
    return uniform(shape, rng, { ...options, low: -bound, high: bound })
  }
}

/** U(-1 / sqrt(fanIn), 1 / sqrt(fanIn)), as PyTorch starts a bias. */
const biasUniform: Init = kaimingUniform()
