import {
  add,
  type ConvOptions,
  conv2d as conv2dOp,
  type Generator,
  matmul,
  type Pair,
  parameter,
  type Shape,
  type Tensor,
  type TensorOptions,
} from '../../engine/index.ts'
import { pair } from '../../engine/ops/window.ts'
import type { Description } from './description.ts'
import { biasUniform, type Init, kaimingUniform } from './init.ts'
import { type Layer, layer } from './layer.ts'
import { fixedPadding } from './padding.ts'

interface WeightOptions extends Pick<TensorOptions, 'dtype' | 'backend'> {
  /** Inputs and outputs: channels of a convolution, features of a linear layer. */
  in: number
  out: number
  /** Where the first values come from. */
  rng: Generator
  /** Add a learned b[out]. Default true. */
  bias?: boolean
  /** Default `kaimingUniform()`, PyTorch's; the bias always starts uniform within 1 / sqrt(fanIn). */
  init?: Init
}

export interface Conv2dOptions extends WeightOptions, ConvOptions {
  /** Height and width of the kernel; a number stands for both. */
  kernel: number | Pair
}

/** z = conv2d(x, weight) + bias.  x[N,H,W,in] weight[KH,KW,in/groups,out] bias[out] -> [N,P,Q,out] */
export function conv2d({ kernel, stride, dilation, groups = 1, ...options }: Conv2dOptions): Layer {
  const window = typeof kernel === 'number' ? [kernel, kernel] : kernel
  checkSizes('layers.conv2d', {
    in: options.in,
    out: options.out,
    groups,
    height: window[0],
    width: window[1],
  })
  if (options.in % groups !== 0 || options.out % groups !== 0) {
    throw new Error(
      `layers.conv2d: in and out are multiples of groups, got ${options.in}, ${options.out} and ${groups}`,
    )
  }
  const padding = fixedPadding('layers.conv2d', kernel, { stride, dilation, padding: options.padding })
  const shape = [...window, options.in / groups, options.out]
  const parameters = weights(shape, options)
  const convolve = { stride, padding, dilation, groups }
  const { weight, bias } = parameters
  const description: Description = {
    kind: 'conv2d',
    stride: pair(stride, 1),
    padding,
    dilation: pair(dilation, 1),
    groups,
  }
  return layer('layers.conv2d', x => conv2dOp(x, weight, { bias, ...convolve }), { parameters, description })
}

/** z = x weight + bias; the weight stands as HWIO does, inputs first.  x[...,in] weight[in,out] bias[out] -> [...,out] */
export function linear(options: WeightOptions): Layer {
  checkSizes('layers.linear', { in: options.in, out: options.out })
  const parameters = weights([options.in, options.out], options)
  const { weight, bias } = parameters
  const product = (x: Tensor): Tensor => matmul(x, weight)
  return layer('layers.linear', bias === undefined ? product : x => add(product(x), bias), {
    parameters,
    description: { kind: 'linear' },
  })
}

/** The weight first, then the bias, so that a seed means the same numbers wherever it is used. */
function weights(shape: Shape, { rng, bias = true, init = kaimingUniform(), ...rest }: WeightOptions) {
  const options = { dtype: rest.dtype, backend: rest.backend }
  const fanIn = shape.slice(0, -1).reduce((n, size) => n * size, 1)
  const weight = parameter(init(shape, fanIn, rng, options))
  const out: Record<string, Tensor> & { weight: Tensor; bias?: Tensor } = { weight }
  if (bias) out.bias = parameter(biasUniform([rest.out], fanIn, rng, options))
  return out
}

export function checkSizes(what: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, n] of Object.entries(sizes)) {
    if (!Number.isInteger(n) || n < 1) throw new Error(`${what}: ${name} is an integer >= 1, got ${n}`)
  }
}
