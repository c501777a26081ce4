import { checkList, checkOptions, checkSizes, type OptionNames, shown } from '../../engine/check.ts'
import { randn } from '../../engine/index.ts'
import * as layers from '../layers/index.ts'
import { NET, type NetOptions, netOf } from './netOptions.ts'

export interface MobileFaceNetOptions extends Omit<NetOptions, 'dim'> {
  /** D. Default 128, the paper's. */
  dim?: number
  /** Blocks of each stage. Default [1, 4, 6, 2], the paper's. */
  blocks?: readonly number[]
  /** Channels of the first stage. Default 64, the paper's. */
  width?: number
  /** What the channels between blocks are multiplied by; those within blocks stay. Default 1, the paper's. */
  scale?: number
}

const MOBILE_FACE_NET = {
  ...NET,
  blocks: true,
  width: true,
  scale: true,
} satisfies OptionNames<MobileFaceNetOptions>

/** Of a convolution and what stands around it. */
interface Convolution {
  from: number
  to: number
  kernel?: number | readonly [number, number]
  stride?: number
  padding?: number
  groups?: number
}

/**
 * MobileFaceNet (Chen 2018, arXiv:1804.07573, table 1): a 3x3 convolution and a depthwise one; stages of inverted residual
 * blocks, 1x1, depthwise 3x3, and 1x1 without an activation, the first of which halves the image and has no sum; a 1x1
 * convolution, a depthwise one over the whole map in place of a mean, and a linear layer to the embedding. Batch norm after
 * each, and a PReLU with a slope a channel after each but the linear ones. For RGB images of 112 x 112 that are
 * (pixels - 127.5) / 127.5: 995,584 parameters of convolutions, batch norms and the linear layer, and 7,552 slopes.
 *
 * As InsightFace writes it: `{ scale: 2, dim: 512 }` is its `mbf`, where the depthwise convolution of the beginning has 64
 * groups of two channels, and `{ scale: 4, dim: 512, blocks: [2, 8, 12, 4] }` its `mbf_large`. Its weights load with
 * `publishedNames.mobileFaceNet`. Weights start as N(0, 2 / fanOut).  x[N,H,W,C] -> [N,D]
 */
export function mobileFaceNet(options: MobileFaceNetOptions = {}): layers.Layer {
  checkOptions('mobileFaceNet', options, MOBILE_FACE_NET)
  const { blocks = [1, 4, 6, 2], width = 64, scale = 1, ...rest } = options
  checkList('mobileFaceNet', 'blocks', blocks, '[1, 4, 6, 2]', 4)
  const odd = blocks.find(n => !(Number.isInteger(n) && (n as number) >= 1))
  if (odd !== undefined) throw new Error(`mobileFaceNet: blocks >= 1 expected, got ${shown(odd)}`)
  checkSizes('mobileFaceNet', { width, scale })
  const net = netOf('mobileFaceNet', rest, { dim: 128, input: [112, 112, 3] })
  const { dim, channels, tensorOptions, weightOptions } = net
  const init: layers.Init = (shape, _, rng, place) => {
    const [height, columns] = shape.length === 4 ? shape : [1, 1]
    return randn(shape, rng, { ...place, std: Math.sqrt(2 / (height * columns * shape[shape.length - 1])) })
  }
  const linear = ({ from, to, kernel = 1, ...window }: Convolution) => ({
    conv: layers.conv2d({ ...weightOptions, ...window, in: from, out: to, kernel, bias: false, init }),
    bn: layers.batchNorm({ ...tensorOptions, channels: to }),
  })
  const conv = (convolution: Convolution): layers.Layer =>
    layers.sequential({
      ...linear(convolution),
      act: layers.prelu({ ...tensorOptions, channels: convolution.to }),
    })
  const three = { kernel: 3, padding: 1 }
  const block = (from: number, within: number, to: number, stride = 1): layers.Layer =>
    layers.sequential({
      expand: conv({ from, to: within }),
      depthwise: conv({ ...three, from: within, to: within, stride, groups: within }),
      project: layers.sequential(linear({ from: within, to })),
    })
  const stage = (count: number, n: number, within: number): layers.Layer =>
    layers.sequential(
      Object.fromEntries(
        Array.from({ length: count }, (_, b) => [
          `block${b + 1}`,
          layers.residual({ branch: block(n, within, n) }),
        ]),
      ),
    )
  const [first, second, last] = [width * scale, 2 * width * scale, 8 * width]
  const side = (n: number): number => Math.ceil(n / 16)
  return layers.sequential({
    stem: conv({ ...three, from: channels, to: first, stride: 2 }),
    stage1:
      blocks[0] === 1
        ? conv({ ...three, from: first, to: first, groups: width })
        : stage(blocks[0], first, 2 * width),
    down2: block(first, 2 * width, first, 2),
    stage2: stage(blocks[1], first, 2 * width),
    down3: block(first, 4 * width, second, 2),
    stage3: stage(blocks[2], second, 4 * width),
    down4: block(second, 8 * width, second, 2),
    stage4: stage(blocks[3], second, 4 * width),
    sep: conv({ from: second, to: last }),
    features: layers.sequential({
      gdc: layers.sequential(
        linear({ from: last, to: last, kernel: [side(net.height), side(net.width)], groups: last }),
      ),
      flatten: layers.flatten(),
      fc: layers.linear({ ...weightOptions, in: last, out: dim, bias: false, init }),
      norm: layers.batchNorm({ ...tensorOptions, channels: dim }),
    }),
  })
}
