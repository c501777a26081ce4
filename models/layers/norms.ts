import { checkFlag, checkGiven, checkNumber, checkSizes, type OptionNames } from '../../engine/check.ts'
import * as ops from '../../engine/index.ts'
import { type Layer, layer } from './layer.ts'

interface NormOptions extends Pick<ops.TensorOptions, 'dtype' | 'backend'> {
  /** Size of the last axis. */
  channels: number
  /** Added to the variance, or to the mean square. Default 1e-5. */
  eps?: number
}

export interface RmsNormOptions extends NormOptions {}

export interface InstanceNormOptions extends NormOptions {
  /** Learn gamma and beta. Default false, as in PyTorch. */
  affine?: boolean
}

export interface GroupNormOptions extends NormOptions {
  /** The channels are split in this many groups that follow each other. */
  groups: number
  /** Learn gamma and beta. Default true. */
  affine?: boolean
}

const NORM = {
  channels: ['numFeatures', 'features', 'numChannels'],
  eps: true,
  dtype: true,
  backend: true,
} satisfies OptionNames<NormOptions>
const INSTANCE = { ...NORM, affine: true } satisfies OptionNames<InstanceNormOptions>
const GROUP = { ...INSTANCE, groups: ['numGroups'] } satisfies OptionNames<GroupNormOptions>

/** z = gamma (x - mean) / sqrt(variance + eps) + beta, by sample and group of channels (Wu 2018).  x[N,...,C] -> [N,...,C] */
export function groupNorm(options: GroupNormOptions): Layer {
  const name = 'layers.groupNorm'
  checkGiven(name, options, GROUP)
  const { groups, affine = true, channels, eps } = { ...options, eps: checkedEps(name, options) }
  checkSizes(name, { channels, groups })
  if (channels % groups !== 0) {
    throw new Error(`${name}: channels as a multiple of groups expected, got ${channels} and ${groups}`)
  }
  const { gamma, beta, parameters } = affineOf(name, affine, options)
  return layer(name, x => ops.groupNorm(x, gamma, beta, groups, eps), {
    parameters,
    description: { kind: 'groupNorm', groups, eps },
  })
}

/** The same with a group a channel (Ulyanov 2016); without gamma and beta by default.  x[N,...,C] -> [N,...,C] */
export function instanceNorm(options: InstanceNormOptions): Layer {
  const name = 'layers.instanceNorm'
  checkGiven(name, options, INSTANCE)
  const eps = checkedEps(name, options)
  const { affine = false, channels } = options
  checkSizes(name, { channels })
  const { gamma, beta, parameters } = affineOf(name, affine, options)
  return layer(name, x => ops.instanceNorm(x, gamma, beta, eps), {
    parameters,
    description: { kind: 'instanceNorm', channels, eps },
  })
}

/** z = gamma x / sqrt(mean of x^2 + eps) over the last axis (Zhang and Sennrich 2019).  x[...,C] -> [...,C] */
export function rmsNorm(options: RmsNormOptions): Layer {
  const name = 'layers.rmsNorm'
  checkGiven(name, options, NORM)
  const eps = checkedEps(name, options)
  const { channels, dtype, backend } = options
  checkSizes(name, { channels })
  const parameters = { gamma: ops.parameter(ops.ones([channels], { dtype, backend })) }
  return layer(name, x => ops.rmsNorm(x, parameters.gamma, eps), {
    parameters,
    description: { kind: 'rmsNorm', eps },
  })
}

function checkedEps(name: string, { eps = 1e-5 }: NormOptions): number {
  checkNumber(name, 'eps', eps, 0, Number.MAX_VALUE)
  return eps
}

function affineOf(
  name: string,
  affine: boolean,
  { channels, dtype, backend }: NormOptions,
): { gamma: ops.Tensor; beta: ops.Tensor; parameters: Record<string, ops.Tensor> } {
  checkFlag(name, 'affine', affine)
  const own = affine ? ops.parameter : ops.keep
  const gamma = own(ops.ones([channels], { dtype, backend }))
  const beta = own(ops.zeros([channels], { dtype, backend }))
  return { gamma, beta, parameters: affine ? { gamma, beta } : {} }
}
