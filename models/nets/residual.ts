import { checkGiven, checkOptions, checkSizes, type OptionNames, shown } from '../../engine/check.ts'
import { randn } from '../../engine/index.ts'
import * as layers from '../layers/index.ts'
import { checkpoints } from './checkpoints.ts'
import { embedding, NET, type NetOptions, netOf } from './netOptions.ts'

export interface ResNetOptions extends NetOptions {
  /** Blocks of each stage. Default [2, 2, 2]. */
  blocks?: readonly number[]
  /** Channels of the first stage, doubled in each of the others. Default 16. */
  width?: number
  /** Train with less memory and more time: each block but those of the last stage is a `layers.checkpoint`. Default false. */
  checkpoint?: boolean
}

const RESNET = { ...NET, blocks: true, width: true, checkpoint: true } satisfies OptionNames<ResNetOptions>

/**
 * A small residual net (He 2016) as re-identification takes it: a 3x3 convolution; stages of blocks
 * z = relu(g(x) + bn(conv(relu(bn(conv(x)))))), where g is x, or a 1x1 convolution and batch norm where the shape
 * changes; every stage but the first and the last halves the image, the last keeps it (Luo 2019, "last stride"); the mean
 * over the image; a linear layer. Convolutions start as N(0, 2 / fanIn), without a bias.  x[N,H,W,C] -> [N,D]
 */
export function resNet(options: ResNetOptions): layers.Layer {
  checkGiven('resNet', options, RESNET)
  const { blocks = [2, 2, 2], width = 16, checkpoint = false, ...rest } = options
  if (!Array.isArray(blocks) || blocks.length === 0 || !blocks.every(n => Number.isInteger(n) && n >= 1)) {
    throw new Error(`resNet: stages of at least one block expected, got ${shown(blocks)}`)
  }
  checkSizes('resNet', { width })
  const { dim, channels: pixel, tensorOptions, weightOptions } = netOf('resNet', rest, { input: [28, 28, 1] })
  const init = layers.kaimingNormal()
  const conv = (from: number, to: number, kernel: number, stride = 1) => {
    const padding = (kernel - 1) / 2
    return layers.conv2d({ ...weightOptions, in: from, out: to, kernel, stride, padding, bias: false, init })
  }
  const bn = (channels: number) => layers.batchNorm({ ...tensorOptions, channels })
  const block = (from: number, to: number, stride: number): layers.Layer => {
    const branch = layers.sequential({
      conv1: conv(from, to, 3, stride),
      bn1: bn(to),
      act: layers.relu(),
      conv2: conv(to, to, 3),
      bn2: bn(to),
    })
    const same = from === to && stride === 1
    const shortcut = same ? undefined : layers.sequential({ conv: conv(from, to, 1, stride), bn: bn(to) })
    return layers.sequential({ sum: layers.residual({ branch, shortcut }), act: layers.relu() })
  }
  const steps: Record<string, layers.Layer> = {
    conv: conv(pixel, width, 3),
    bn: bn(width),
    act: layers.relu(),
  }
  const again = checkpoints('resNet', checkpoint, blocks.length)
  let from = width
  blocks.forEach((count, i) => {
    const to = width * 2 ** i
    for (let b = 1; b <= count; b++) {
      const halves = b === 1 && i > 0 && i < blocks.length - 1
      steps[`block${i + 1}_${b}`] = again(i, block(from, to, halves ? 2 : 1))
      from = to
    }
  })
  return layers.sequential({
    ...steps,
    pool: layers.globalAvgPool(),
    fc: layers.linear({ ...weightOptions, in: from, out: dim }),
  })
}

/** Residual blocks of each stage (Liu 2017, table 2). */
const BLOCKS = { 4: [0, 0, 0, 0], 20: [1, 2, 4, 1] } as const

export interface SphereFaceNetOptions extends Omit<NetOptions, 'dim'> {
  /** How many convolutions. Default 20. */
  depth?: keyof typeof BLOCKS
  /** D. Default 512, the paper's. */
  dim?: number
  /** Channels of the first stage, doubled in each of the others. Default 64, the paper's. */
  width?: number
  /**
   * Train with less memory and more time: of each stage but the last, the first convolution with its PReLU and the branch of each
   * block are a `layers.checkpoint`. Default false.
   */
  checkpoint?: boolean
}

const SPHEREFACENET = {
  ...NET,
  depth: true,
  width: true,
  checkpoint: true,
} satisfies OptionNames<SphereFaceNetOptions>

/**
 * The residual nets of SphereFace (Liu 2017, table 2): four stages that open with a 3x3 convolution of stride 2, with 64,
 * 128, 256 and 512 channels; in the deeper one blocks z = x + prelu(conv(prelu(conv(x)))) follow; a PReLU with a slope a
 * channel after each convolution; then a linear layer. As the authors' models the convolutions of a block have no bias and
 * start as N(0, 0.01^2), the others as U(-b, b), b = sqrt(3 / fanIn).  x[N,H,W,C] -> [N,D]
 */
export function sphereFaceNet(options: SphereFaceNetOptions = {}): layers.Layer {
  checkOptions('sphereFaceNet', options, SPHEREFACENET)
  const { depth = 20, width = 64, checkpoint = false, ...rest } = options
  if (!Object.hasOwn(BLOCKS, depth)) {
    throw new Error(`sphereFaceNet: depth is ${Object.keys(BLOCKS).join(' or ')}, got ${shown(depth)}`)
  }
  checkSizes('sphereFaceNet', { width })
  const {
    dim,
    height,
    width: columns,
    channels,
    tensorOptions,
    weightOptions,
  } = netOf('sphereFaceNet', rest, { dim: 512, input: [112, 96, 3] })
  const act = (to: number): layers.Layer => layers.prelu({ ...tensorOptions, channels: to })
  const xavier = layers.kaimingUniform(1)
  const narrow: layers.Init = (shape, _, rng, options) => randn(shape, rng, { ...options, std: 0.01 })
  const stages: Record<string, layers.Layer> = {}
  const again = checkpoints('sphereFaceNet', checkpoint, BLOCKS[depth].length)
  let from = channels
  BLOCKS[depth].forEach((blocks, i) => {
    const to = width * 2 ** i
    const open = { ...weightOptions, in: from, out: to, kernel: 3, stride: 2, padding: 1, init: xavier }
    stages[`conv${i + 1}`] = again(i, layers.conv2d(open))
    stages[`act${i + 1}`] = act(to)
    for (let b = 1; b <= blocks; b++) {
      const conv = () =>
        layers.conv2d({ ...weightOptions, in: to, out: to, kernel: 3, padding: 1, bias: false, init: narrow })
      const branch = layers.sequential({ conv1: conv(), act1: act(to), conv2: conv(), act2: act(to) })
      stages[`block${i + 1}_${b}`] = layers.residual({ branch: again(i, branch) })
    }
    from = to
  })
  const side = (n: number): number => Math.ceil(n / 2 ** BLOCKS[depth].length)
  return layers.sequential({
    ...stages,
    ...embedding(side(height) * side(columns) * from, dim, { ...weightOptions, init: xavier }),
  })
}
