import { checkOptions, checkSizes, type OptionNames, shown } from '../../engine/check.ts'
import { randn } from '../../engine/index.ts'
import * as layers from '../layers/index.ts'
import { checkpoints } from './checkpoints.ts'
import { NET, type NetOptions, netOf } from './netOptions.ts'

/** Blocks of each stage, as InsightFace has them. */
const BLOCKS = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 14, 3], 100: [3, 13, 30, 3] } as const

export interface IrNetOptions extends Omit<NetOptions, 'dim'> {
  /** IR-18, IR-34, IR-50 or IR-100. Default 18. */
  depth?: keyof typeof BLOCKS
  /** D. Default 512. */
  dim?: number
  /** Channels of the first stage, doubled in each of the others. Default 64. */
  width?: number
  /** Share of the features that training drops before the linear layer. Default 0. */
  dropout?: number
  /** Train with less memory and more time: each block but those of the last stage is a `layers.checkpoint`. Default false. */
  checkpoint?: boolean
}

const IR_NET = {
  ...NET,
  depth: true,
  width: true,
  dropout: true,
  checkpoint: true,
} satisfies OptionNames<IrNetOptions>

/**
 * The residual nets of ArcFace (Deng 2019, arXiv:1801.07698, "IResNet-E"), as InsightFace trains them: a 3x3 convolution; four
 * stages, each of which halves the image first, of blocks z = g(x) + bn(conv(prelu(bn(conv(bn(x)))))), g a 1x1 convolution
 * and batch norm where the shape changes; batch norm, a linear layer, and a batch norm with a fixed gamma as the embedding.
 * One slope a channel. Convolutions start as N(0, 0.1^2), without a bias. By default for RGB images of 112 x 112 that are
 * (pixels - 127.5) / 127.5: 24,025,600 parameters with depth 18, 43,590,848 with 50, gamma included. Weights of
 * InsightFace's load with `publishedNames.irNet`.  x[N,H,W,C] -> [N,D]
 */
export function irNet(options: IrNetOptions = {}): layers.Layer {
  checkOptions('irNet', options, IR_NET)
  const { depth = 18, width = 64, dropout = 0, checkpoint = false, ...rest } = options
  if (!Object.hasOwn(BLOCKS, depth)) {
    throw new Error(`irNet: depth as ${Object.keys(BLOCKS).join(', ')} expected, got ${shown(depth)}`)
  }
  checkSizes('irNet', { width })
  const net = netOf('irNet', rest, { dim: 512, input: [112, 112, 3] })
  const { dim, channels, tensorOptions, weightOptions } = net
  const init: layers.Init = (shape, _, rng, place) => randn(shape, rng, { ...place, std: 0.1 })
  const conv = (from: number, to: number, kernel: number, stride = 1) => {
    const padding = (kernel - 1) / 2
    return layers.conv2d({ ...weightOptions, in: from, out: to, kernel, stride, padding, bias: false, init })
  }
  const bn = (n: number) => layers.batchNorm({ ...tensorOptions, channels: n })
  const prelu = (n: number) => layers.prelu({ ...tensorOptions, channels: n })
  const block = (from: number, to: number, stride: number): layers.Layer => {
    const branch = layers.sequential({
      bn1: bn(from),
      conv1: conv(from, to, 3),
      bn2: bn(to),
      prelu: prelu(to),
      conv2: conv(to, to, 3, stride),
      bn3: bn(to),
    })
    const same = from === to && stride === 1
    const shortcut = same ? undefined : layers.sequential({ conv: conv(from, to, 1, stride), bn: bn(to) })
    return layers.residual({ branch, shortcut })
  }
  const stages = BLOCKS[depth]
  const again = checkpoints('irNet', checkpoint, stages.length)
  const steps: Record<string, layers.Layer> = {
    conv1: conv(channels, width, 3),
    bn1: bn(width),
    prelu: prelu(width),
  }
  let from = width
  stages.forEach((count, i) => {
    const to = width * 2 ** i
    const blocks: Record<string, layers.Layer> = {}
    for (let b = 1; b <= count; b++) {
      blocks[`block${b}`] = again(i, block(from, to, b === 1 ? 2 : 1))
      from = to
    }
    steps[`layer${i + 1}`] = layers.sequential(blocks)
  })
  const side = (n: number): number => Math.ceil(n / 2 ** stages.length)
  return layers.sequential({
    ...steps,
    bn2: bn(from),
    flatten: layers.flatten(),
    ...(dropout !== 0 && { dropout: layers.dropout({ p: dropout, rng: weightOptions.rng }) }),
    fc: layers.linear({ ...weightOptions, in: side(net.height) * side(net.width) * from, out: dim }),
    features: layers.batchNorm({ ...tensorOptions, channels: dim, fixGamma: true }),
  })
}
